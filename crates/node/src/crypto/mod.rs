//! The operations behind `js/internal/crypto/`, over `holdfast_web::crypto`.
//!
//! JavaScript has checked what it gives: an operation that is given something else throws a `TypeError`, which is a
//! mistake of the module. What only OpenSSL can tell (a tag that does not match, malformed data) is answered by
//! `undefined`, so that the caller words the error.

mod cipher;
mod der;
mod dh;
mod ec;
mod hash;
mod kdf;
mod key;
mod mac;
mod prime;
mod rsa;
mod sign;
mod spkac;
mod x509;

use std::rc::Rc;

use holdfast_engine::{Extension, JsResult, Local, Scope, Thrown};
use holdfast_web::crypto::hash::HashAlgorithm;
use holdfast_web::crypto::key::{Key, public_of};
use holdfast_web::crypto::{Failed, HostKey};
use holdfast_web::io::{Host, promise_from_blocking};
use openssl::pkey::{PKey, Public};

pub(super) fn register(extension: Extension) -> Extension {
    let groups = [
        cipher::register,
        dh::register,
        ec::register,
        hash::register,
        kdf::register,
        key::register,
        mac::register,
        prime::register,
        rsa::register,
        sign::register,
        spkac::register,
        x509::register,
    ];
    groups
        .into_iter()
        .fold(extension, |extension, register| register(extension))
}

fn key_to_js<'s>(scope: &mut Scope<'s>, key: Key) -> JsResult<'s> {
    scope.wrap(Rc::new(HostKey(key)))
}

fn key_from_js(scope: &mut Scope<'_>, value: Local<'_>) -> Result<Key, Thrown> {
    Ok(scope.unwrap::<HostKey>(value)?.0.clone())
}

/// The half of a pair that everybody may know; `None` for bytes.
fn public_half(key: Key) -> Option<PKey<Public>> {
    match key {
        Key::Private(key) => public_of(&key).ok(),
        Key::Public(key) => Some(key),
        Key::Secret(_) => None,
    }
}

/// A hash by its name in Node; JavaScript knows which names there are.
fn hash_from_js(scope: &mut Scope<'_>, value: Local<'_>) -> Result<HashAlgorithm, Thrown> {
    let name = scope.to_string(value)?;
    HashAlgorithm::from_node_name(&name)
        .ok_or_else(|| scope.throw_type_error(&format!("There is no hash {name:?}.")))
}

/// A hash, or none for `undefined`.
fn hash_if_any(scope: &mut Scope<'_>, value: Local<'_>) -> Result<Option<HashAlgorithm>, Thrown> {
    if value.is_undefined() {
        return Ok(None);
    }
    hash_from_js(scope, value).map(Some)
}

/// A whole number that JavaScript has brought into the range of `u32`.
fn number_from_js(scope: &mut Scope<'_>, value: Local<'_>) -> Result<u32, Thrown> {
    Ok(scope.to_number(value)? as u32)
}

fn bytes_from_js(scope: &mut Scope<'_>, value: Local<'_>) -> Result<Vec<u8>, Thrown> {
    scope.bytes(value).ok_or_else(|| not_bytes(scope))
}

/// The bytes, or none for `undefined`.
fn bytes_if_any(scope: &mut Scope<'_>, value: Local<'_>) -> Result<Option<Vec<u8>>, Thrown> {
    if value.is_undefined() {
        return Ok(None);
    }
    bytes_from_js(scope, value).map(Some)
}

/// Lets `f` look at the bytes in place.
fn with_bytes<R>(
    scope: &mut Scope<'_>,
    value: Local<'_>,
    f: impl FnOnce(&[u8]) -> R,
) -> Result<R, Thrown> {
    scope.with_bytes(value, f).ok_or_else(|| not_bytes(scope))
}

fn not_bytes(scope: &mut Scope<'_>) -> Thrown {
    scope.throw_type_error(
        "The value is neither an ArrayBuffer nor a view of one (shared memory is not supported).",
    )
}

/// An ArrayBuffer, or `undefined` where OpenSSL refused.
fn buffer_to_js<'s>(scope: &mut Scope<'s>, bytes: Result<Vec<u8>, Failed>) -> JsResult<'s> {
    match bytes {
        Ok(bytes) => scope.array_buffer(bytes),
        Err(_) => Ok(scope.undefined()),
    }
}

/// The key, or `undefined` where OpenSSL refused.
fn key_result_to_js<'s>(scope: &mut Scope<'s>, key: Result<Key, Failed>) -> JsResult<'s> {
    match key {
        Ok(key) => key_to_js(scope, key),
        Err(_) => Ok(scope.undefined()),
    }
}

/// Does `work` at once, or for functions with a callback on a thread that may block: then it answers a promise. At a
/// module's top level there is no context that a later turn could belong to, and the promise is one of what is done.
fn run<'s, T: Send + 'static>(
    scope: &mut Scope<'s>,
    later: Local<'s>,
    work: impl FnOnce() -> T + Send + 'static,
    to_js: impl for<'b> FnOnce(&mut Scope<'b>, T) -> JsResult<'b> + 'static,
) -> JsResult<'s> {
    if later.as_bool() != Some(true) {
        return to_js(scope, work());
    }
    let host = scope.state::<Host>();
    if let Err(Thrown) = host.require_context(scope) {
        scope.take_exception();
        let value = to_js(scope, work())?;
        return scope.promise_resolve(value);
    }
    promise_from_blocking(scope, work, to_js)
}
