//! Ids of objects.

use holdfast_engine::{Args, Extension, JsResult, Scope};
use holdfast_object::NamespaceKey;

use crate::facets::ShownId;
use crate::instance::Instance;
use crate::program::Class;

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_id_from_name", 2, from_name)
        .op("op_id_parse", 2, parse)
        .op("op_id_unique", 1, unique)
        .op("op_id_own", 0, own)
}

fn namespace<R>(scope: &Scope<'_>, class: f64, f: impl FnOnce(&NamespaceKey) -> R) -> R {
    let plan = super::plan(scope);
    let class: &Class = &plan.classes[class as usize];
    f(&class.namespace)
}

/// `(class, name)` → hex
fn from_name<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let class = scope.to_number(args.get(0))?;
    let name = scope.to_string(args.get(1))?;
    let id = namespace(scope, class, |namespace| namespace.id_from_name(&name));
    scope.string(&id.to_hex())
}

/// `(class, text)` → hex in lower case; throws if the text is no id of this class.
fn parse<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let class = scope.to_number(args.get(0))?;
    let text = scope.to_string(args.get(1))?;
    match namespace(scope, class, |namespace| namespace.parse(&text)) {
        Ok(id) => scope.string(&id.to_hex()),
        Err(error) => Err(scope.throw_type_error(&error.to_string())),
    }
}

/// `(class)` → hex
fn unique<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let class = scope.to_number(args.get(0))?;
    let host = scope.state::<holdfast_web::io::Host>();
    host.require_context(scope)?;
    let mut entropy = [0; 16];
    if getrandom::fill(&mut entropy).is_err() {
        return Err(scope.throw_error("the operating system gives no random bytes"));
    }
    let id = namespace(scope, class, |namespace| namespace.unique_id(entropy));
    scope.string(&id.to_hex())
}

/// `()` → the text of the id of the object that runs; undefined in a Worker's own code
fn own<'s>(scope: &mut Scope<'s>, _: &Args<'s>) -> JsResult<'s> {
    let context = super::context(scope)?;
    match context.instance().map(Instance::shown_id) {
        Some(ShownId::Object { hex: text, .. } | ShownId::Text(text)) => scope.string(&text),
        None => Ok(scope.undefined()),
    }
}
