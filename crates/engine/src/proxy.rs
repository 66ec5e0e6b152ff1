//! Looking behind proxies, which JavaScript itself cannot.

use mozjs::glue::GetProxyPrivate;
use mozjs::jsapi::JSCLASS_IS_PROXY;
use mozjs::jsval::UndefinedValue;
use mozjs::rust::get_object_class;

use crate::handles::Local;
use crate::scope::Scope;

impl<'s> Scope<'s> {
    /// Is it a `Proxy`, revoked or not?
    pub fn is_proxy(&mut self, value: Local<'_>) -> bool {
        // SAFETY: a live object; classes are static.
        value.is_object()
            && unsafe {
                (*get_object_class(value.value().to_object())).flags & JSCLASS_IS_PROXY != 0
            }
    }

    /// The target of a `Proxy`; `null` of one that was revoked, `None` for everything else.
    pub fn proxy_target(&mut self, value: Local<'_>) -> Option<Local<'s>> {
        if !self.is_proxy(value) {
            return None;
        }
        let mut target = UndefinedValue();
        // SAFETY: a proxy, which in a runtime with a single compartment is a scripted one: its private
        // value is its target or null. The value is rooted before anything allocates.
        unsafe { GetProxyPrivate(value.value().to_object(), &mut target) };
        Some(self.root(target))
    }
}
