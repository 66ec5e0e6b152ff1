//! HMAC in pieces.

use std::cell::RefCell;
use std::rc::Rc;

use holdfast_engine::{Args, Extension, JsResult, Scope};
use holdfast_web::crypto::key::Key;
use holdfast_web::crypto::mac::Hmac;

use super::{hash_from_js, key_from_js, with_bytes};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_node_hmac_new", 2, new)
        .op("op_node_hmac_update", 2, update)
        .op("op_node_hmac_finish", 1, finish)
}

/// Taken when it is finished.
struct HostHmac(RefCell<Option<Hmac>>);

/// `(hash, secret key)` → code of nothing so far
fn new<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let hash = hash_from_js(scope, args.get(0))?;
    let Key::Secret(key) = key_from_js(scope, args.get(1))? else {
        return Err(scope.throw_type_error("The key is no secret key."));
    };
    let mac = Hmac::new(hash, &key);
    scope.wrap(Rc::new(HostHmac(RefCell::new(Some(mac)))))
}

/// `(code, bytes)`
fn update<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let mac = scope.unwrap::<HostHmac>(args.get(0))?;
    let mut mac = mac.0.borrow_mut();
    let Some(mac) = mac.as_mut() else {
        return Err(scope.throw_type_error("The code is finished."));
    };
    with_bytes(scope, args.get(1), |bytes| mac.update(bytes))?;
    Ok(scope.undefined())
}

/// `(code)` → ArrayBuffer
fn finish<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let mac = scope.unwrap::<HostHmac>(args.get(0))?;
    match mac.0.take() {
        Some(mac) => scope.array_buffer(mac.finish()),
        None => Err(scope.throw_type_error("The code is finished.")),
    }
}
