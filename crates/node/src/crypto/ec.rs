//! Secrets that two parties share, and keys of elliptic curves as points and numbers.

use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};
use holdfast_web::crypto::ec::{self, Curve};
use holdfast_web::crypto::key::{Key, agree};

use super::{buffer_to_js, bytes_from_js, key_from_js, key_result_to_js, public_half, with_bytes};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_node_agree", 2, op_agree)
        .op("op_node_ec_from_point", 2, from_point)
        .op("op_node_ec_from_scalar", 2, from_scalar)
        .op("op_node_ec_point", 1, point)
        .op("op_node_ec_scalar", 1, scalar)
}

fn curve_from_js(scope: &mut Scope<'_>, value: Local<'_>) -> Result<Curve, Thrown> {
    let name = scope.to_string(value)?;
    Curve::from_node_name(&name)
        .ok_or_else(|| scope.throw_type_error(&format!("There is no curve {name:?}.")))
}

/// `(private key, public key of another pair)` → ArrayBuffer | undefined
fn op_agree<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let private = key_from_js(scope, args.get(0))?;
    let public = key_from_js(scope, args.get(1))?;
    let (Key::Private(private), Key::Public(public)) = (private, public) else {
        return Ok(scope.undefined());
    };
    buffer_to_js(scope, agree(&private, &public))
}

/// `(curve, encoded point)` → public key | undefined
fn from_point<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let curve = curve_from_js(scope, args.get(0))?;
    let key = with_bytes(scope, args.get(1), |point| {
        ec::public_from_point(curve, point).map(Key::Public)
    })?;
    key_result_to_js(scope, key)
}

/// `(curve, number)` → private key | undefined
fn from_scalar<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let curve = curve_from_js(scope, args.get(0))?;
    let number = bytes_from_js(scope, args.get(1))?;
    let key = ec::private_from_scalar(curve, &number).map(Key::Private);
    key_result_to_js(scope, key)
}

/// `(half of a pair)` → its point as ArrayBuffer, not compressed
fn point<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    match public_half(key_from_js(scope, args.get(0))?) {
        Some(key) => buffer_to_js(scope, ec::public_to_point(&key)),
        None => Ok(scope.undefined()),
    }
}

/// `(private key)` → its number as ArrayBuffer
fn scalar<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    match key_from_js(scope, args.get(0))? {
        Key::Private(key) => buffer_to_js(scope, ec::scalar(&key)),
        _ => Ok(scope.undefined()),
    }
}
