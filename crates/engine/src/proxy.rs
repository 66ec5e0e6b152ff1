//! Looking behind proxies and into iterators, which JavaScript itself cannot.

use std::ffi::CStr;

use mozjs::glue::{GetProxyPrivate, GetProxyReservedSlot, JS_GetReservedSlot};
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

    /// Target and handler of a `Proxy`, both `null` of one that was revoked; `None` for everything else, namespaces of
    /// modules among it.
    pub fn proxy_parts(&mut self, value: Local<'_>) -> Option<[Local<'s>; 2]> {
        /// Of scripted proxies: `ScriptedProxyHandler::HANDLER_EXTRA`.
        const HANDLER: u32 = 0;
        if !value.is_object() || class_name(value) != c"Proxy" {
            return None;
        }
        let target = self.proxy_target(value)?;
        let mut handler = UndefinedValue();
        // SAFETY: a scripted proxy has this slot. The value is rooted before anything allocates.
        unsafe { GetProxyReservedSlot(value.value().to_object(), HANDLER, &mut handler) };
        Some([target, self.root(handler)])
    }

    /// What is left in an iterator of a `Map` or `Set`; `None` for everything else, and for one that has come to its end.
    pub fn collection_iterator(&mut self, value: Local<'_>) -> Option<CollectionIterator<'s>> {
        // Slots of `TableIteratorObject` (builtin/OrderedHashTableObject.h).
        const TARGET: u32 = 0;
        const KIND: u32 = 1;
        const COUNT: u32 = 3;
        if !is_collection_iterator(value) {
            return None;
        }
        let slot = |index| {
            let mut content = UndefinedValue();
            // SAFETY: objects of these classes have these slots, and nothing allocates.
            unsafe { JS_GetReservedSlot(value.value().to_object(), index, &mut content) };
            content
        };
        let target = slot(TARGET);
        if !target.is_object() {
            return None;
        }
        Some(CollectionIterator {
            yields: match slot(KIND).to_int32() {
                0 => Yields::Keys,
                1 => Yields::Values,
                _ => Yields::Entries,
            },
            // A private number is kept in the low half of the value's bits.
            passed: slot(COUNT).asBits_ as u32,
            target: self.root(target),
        })
    }

    /// Is it an iterator of a `Map` or `Set`, wherever it has come to?
    pub fn is_collection_iterator(&mut self, value: Local<'_>) -> bool {
        is_collection_iterator(value)
    }
}

/// The state of an iterator of a `Map` or `Set`.
pub struct CollectionIterator<'s> {
    /// The `Map` or `Set`.
    pub target: Local<'s>,
    /// What it gives of each entry.
    pub yields: Yields,
    /// How many of the entries that are there now it has given.
    pub passed: u32,
}

/// What an iterator of a `Map` or `Set` gives of each entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Yields {
    Keys,
    Values,
    Entries,
}

fn is_collection_iterator(value: Local<'_>) -> bool {
    value.is_object() && [c"Map Iterator", c"Set Iterator"].contains(&class_name(value))
}

/// The engine's name for the class of an object.
fn class_name(value: Local<'_>) -> &'static CStr {
    // SAFETY: a live object; classes and their names are static.
    unsafe { CStr::from_ptr((*get_object_class(value.value().to_object())).name) }
}
