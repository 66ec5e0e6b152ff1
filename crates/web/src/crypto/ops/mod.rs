//! The operations behind `js/crypto/`.
//!
//! JavaScript has checked what it gives: an operation that is given something else throws a `TypeError`, which is a
//! mistake of the platform. What only OpenSSL can tell (a tag that does not match, malformed data) is answered by
//! `undefined`, so that the caller words the error.

mod curves;
mod digest;
mod keys;
mod random;
mod rsa;
mod secret;
mod sign;

use std::rc::Rc;
use std::sync::Arc;

use holdfast_engine::{Extension, JsResult, Local, Scope, Thrown};
use openssl::pkey::{PKey, Private, Public};
use zeroize::Zeroizing;

use super::Failed;
use super::hash::HashAlgorithm;
use super::key::Key;
use crate::io::{Host, promise_from_blocking};

/// Adds the operations of this part to `extension`.
#[must_use]
pub(crate) fn register(extension: Extension) -> Extension {
    let groups = [
        curves::register,
        digest::register,
        keys::register,
        random::register,
        rsa::register,
        secret::register,
        sign::register,
    ];
    groups
        .into_iter()
        .fold(extension, |extension, register| register(extension))
}

/// A key as JavaScript holds it: opaque, in a private field.
#[derive(Debug, Clone)]
pub struct HostKey(pub Key);

fn key_to_js<'s>(scope: &mut Scope<'s>, key: Key) -> JsResult<'s> {
    scope.wrap(Rc::new(HostKey(key)))
}

fn key_from_js(scope: &mut Scope<'_>, value: Local<'_>) -> Result<Key, Thrown> {
    Ok(scope.unwrap::<HostKey>(value)?.0.clone())
}

fn secret_from_js(
    scope: &mut Scope<'_>,
    value: Local<'_>,
) -> Result<Arc<Zeroizing<Vec<u8>>>, Thrown> {
    match key_from_js(scope, value)? {
        Key::Secret(bytes) => Ok(bytes),
        _ => Err(scope.throw_type_error("The key is no secret key.")),
    }
}

fn private_from_js(scope: &mut Scope<'_>, value: Local<'_>) -> Result<PKey<Private>, Thrown> {
    match key_from_js(scope, value)? {
        Key::Private(key) => Ok(key),
        _ => Err(scope.throw_type_error("The key is no private key.")),
    }
}

fn public_from_js(scope: &mut Scope<'_>, value: Local<'_>) -> Result<PKey<Public>, Thrown> {
    match key_from_js(scope, value)? {
        Key::Public(key) => Ok(key),
        _ => Err(scope.throw_type_error("The key is no public key.")),
    }
}

/// A hash by its name in WebCrypto.
fn hash_from_js(scope: &mut Scope<'_>, value: Local<'_>) -> Result<HashAlgorithm, Thrown> {
    let name = scope.to_string(value)?;
    HashAlgorithm::from_web_name(&name)
        .ok_or_else(|| scope.throw_type_error(&format!("There is no hash {name:?}.")))
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

/// A promise for what `work` gives on a thread that may block. No other event reaches the object meanwhile, as if the
/// work had been done in the turn.
///
/// A module's top level has no context that a turn could belong to: there the work is done at once, as in workerd,
/// which knows nothing else.
fn on_blocking_thread<'s, T: Send + 'static>(
    scope: &mut Scope<'s>,
    work: impl FnOnce() -> T + Send + 'static,
    to_js: impl for<'b> FnOnce(&mut Scope<'b>, T) -> JsResult<'b> + 'static,
) -> JsResult<'s> {
    let host = scope.state::<Host>();
    if let Err(Thrown) = host.require_context(scope) {
        scope.take_exception();
        let value = to_js(scope, work())?;
        return scope.promise_resolve(value);
    }
    promise_from_blocking(scope, work, to_js)
}
