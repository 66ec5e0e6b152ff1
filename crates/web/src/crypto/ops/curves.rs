//! Elliptic curves: those of NIST, Ed25519, X25519.

use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};

use super::keys::{numbers_to_js, pair_to_js};
use super::{
    buffer_to_js, bytes_from_js, bytes_if_any, key_from_js, key_to_js, private_from_js,
    public_from_js,
};
use crate::crypto::Failed;
use crate::crypto::ec::{self, Curve};
use crate::crypto::key::{self, Key, Kind, public_of};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_curve_generate", 1, generate)
        .op("op_curve_from_raw", 2, from_raw)
        .op("op_curve_from_numbers", 4, from_numbers)
        .op("op_curve_raw", 1, raw)
        .op("op_curve_numbers", 1, numbers)
        .op("op_curve_agree", 2, agree)
}

/// A curve of either family.
enum Named {
    Weierstrass(Curve),
    Raw(Kind),
}

fn curve_from_js(scope: &mut Scope<'_>, value: Local<'_>) -> Result<Named, Thrown> {
    let name = scope.to_string(value)?;
    match name.as_str() {
        "Ed25519" => return Ok(Named::Raw(Kind::Ed25519)),
        "X25519" => return Ok(Named::Raw(Kind::X25519)),
        _ => {}
    }
    match Curve::from_web_name(&name) {
        Some(curve) => Ok(Named::Weierstrass(curve)),
        None => Err(scope.throw_type_error(&format!("There is no curve {name:?}."))),
    }
}

/// The key, or OpenSSL's reason for refusing it as a string.
fn key_or_reason<'s>(scope: &mut Scope<'s>, key: Result<Key, Failed>) -> JsResult<'s> {
    match key {
        Ok(key) => key_to_js(scope, key),
        Err(failed) => scope.string(&failed.reason),
    }
}

/// Curve → `[private key, public key]`
fn generate<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let private = match curve_from_js(scope, args.get(0))? {
        Named::Weierstrass(curve) => ec::generate(curve),
        Named::Raw(kind) => key::generate_raw(kind),
    };
    let pair = private.and_then(|private| {
        let public = public_of(&private)?;
        Ok((private, public))
    });
    pair_to_js(scope, pair)
}

/// `(curve, bytes)` → public key | reason
fn from_raw<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let curve = curve_from_js(scope, args.get(0))?;
    let bytes = bytes_from_js(scope, args.get(1))?;
    let public = match curve {
        Named::Weierstrass(curve) => ec::public_from_point(curve, &bytes),
        Named::Raw(kind) => key::public_from_raw(kind, &bytes),
    };
    key_or_reason(scope, public.map(Key::Public))
}

/// `(curve, x, y | undefined, d | undefined)` → key | reason. Only the curves of NIST have a y, and only with them x
/// and d must belong together.
fn from_numbers<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let curve = curve_from_js(scope, args.get(0))?;
    let x = bytes_from_js(scope, args.get(1))?;
    let y = bytes_if_any(scope, args.get(2))?.unwrap_or_default();
    let d = bytes_if_any(scope, args.get(3))?;
    let key = match (curve, d) {
        (Named::Weierstrass(curve), None) => {
            ec::public_from_coordinates(curve, &x, &y).map(Key::Public)
        }
        (Named::Weierstrass(curve), Some(d)) => {
            ec::private_from_coordinates(curve, &x, &y, &d).map(Key::Private)
        }
        (Named::Raw(kind), None) => key::public_from_raw(kind, &x).map(Key::Public),
        (Named::Raw(kind), Some(d)) => key::private_from_raw(kind, &d).map(Key::Private),
    };
    key_or_reason(scope, key)
}

/// Public key → ArrayBuffer
fn raw<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let key = public_from_js(scope, args.get(0))?;
    let bytes = match key::kind(&key) {
        Kind::Ec(_) => ec::public_to_point(&key),
        _ => key.raw_public_key().map_err(Failed::from),
    };
    buffer_to_js(scope, bytes)
}

/// Key → texts of `[x, y]` or `[x, y, d]`; y is empty where the curve has none
fn numbers<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let numbers = match key_from_js(scope, args.get(0))? {
        Key::Public(key) => match key::kind(&key) {
            Kind::Ec(_) => ec::coordinates(&key).map(|(x, y)| vec![x, y]),
            _ => key
                .raw_public_key()
                .map(|x| vec![x, vec![]])
                .map_err(Failed::from),
        },
        Key::Private(key) => match key::kind(&key) {
            Kind::Ec(_) => {
                ec::coordinates(&key).and_then(|(x, y)| Ok(vec![x, y, ec::scalar(&key)?]))
            }
            _ => key
                .raw_public_key()
                .and_then(|x| Ok(vec![x, vec![], key.raw_private_key()?]))
                .map_err(Failed::from),
        },
        Key::Secret(_) => return Err(scope.throw_type_error("The key is no half of a pair.")),
    };
    match numbers {
        Ok(numbers) => numbers_to_js(scope, numbers),
        Err(_) => Err(scope.throw_type_error("The key is not on a curve.")),
    }
}

/// `(private key, public key)` → ArrayBuffer | undefined
fn agree<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let private = private_from_js(scope, args.get(0))?;
    let public = public_from_js(scope, args.get(1))?;
    let secret = key::agree(&private, &public);
    buffer_to_js(scope, secret)
}
