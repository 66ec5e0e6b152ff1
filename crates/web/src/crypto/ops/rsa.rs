//! RSA: pairs, their numbers, encryption.

use holdfast_engine::{Args, Extension, JsResult, Scope};

use super::keys::{numbers_to_js, pair_to_js};
use super::{
    buffer_to_js, bytes_from_js, bytes_if_any, hash_from_js, key_from_js, key_to_js,
    number_from_js, on_blocking_thread, private_from_js, public_from_js, with_bytes,
};
use crate::crypto::key::{Key, public_of};
use crate::crypto::rsa::{self, Encryption, Numbers};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_rsa_generate", 2, generate)
        .op("op_rsa_from_numbers", 8, from_numbers)
        .op("op_rsa_details", 1, details)
        .op("op_rsa_numbers", 1, numbers)
        .op("op_rsa_oaep_encrypt", 4, oaep_encrypt)
        .op("op_rsa_oaep_decrypt", 4, oaep_decrypt)
        .op("op_rsa_raw_sign", 2, raw_sign)
}

/// `(length of the modulus in bits, public exponent)` → promise of `[private key, public key]` or undefined
fn generate<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let bits = number_from_js(scope, args.get(0))?;
    let exponent = bytes_from_js(scope, args.get(1))?;
    let work = move || {
        let private = rsa::generate(bits, &exponent)?;
        let public = public_of(&private)?;
        Ok((private, public))
    };
    on_blocking_thread(scope, work, pair_to_js)
}

/// `(n, e)` → public key; `(n, e, d)`, `(n, e, d, p, q, dp, dq, qi)` → private key; undefined where OpenSSL refused
fn from_numbers<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let n = bytes_from_js(scope, args.get(0))?;
    let e = bytes_from_js(scope, args.get(1))?;
    let key = match bytes_if_any(scope, args.get(2))? {
        None => rsa::public_from_numbers(&n, &e).map(Key::Public),
        Some(d) => {
            let mut factors = Vec::new();
            for index in 3..8 {
                factors.extend(bytes_if_any(scope, args.get(index))?);
            }
            let factors = factors.try_into().ok();
            rsa::private_from_numbers(&Numbers { n, e, d, factors }).map(Key::Private)
        }
    };
    match key {
        Ok(key) => key_to_js(scope, key),
        Err(_) => Ok(scope.undefined()),
    }
}

/// Key → `[length of the modulus in bits, rounded up to bytes, public exponent]`
fn details<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let numbers = match key_from_js(scope, args.get(0))? {
        Key::Private(key) => rsa::public_numbers(&key),
        Key::Public(key) => rsa::public_numbers(&key),
        Key::Secret(_) => return Err(scope.throw_type_error("The key is no half of a pair.")),
    };
    let Ok((n, e)) = numbers else {
        return Err(scope.throw_type_error("The key is not of RSA."));
    };
    let bits = scope.number(n.len() as f64 * 8.0);
    let exponent = scope.uint8_array(e)?;
    scope.array(&[bits, exponent])
}

/// Key → texts of `[n, e]`, or of `[n, e, d, p, q, dp, dq, qi]`; without the last five where it has no factors
fn numbers<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let numbers = match key_from_js(scope, args.get(0))? {
        Key::Public(key) => rsa::public_numbers(&key).map(|(n, e)| vec![n, e]),
        Key::Private(key) => rsa::private_numbers(&key).map(|numbers| {
            let Numbers { n, e, d, factors } = numbers;
            let mut list = vec![n, e, d];
            list.extend(factors.into_iter().flatten());
            list
        }),
        Key::Secret(_) => return Err(scope.throw_type_error("The key is no half of a pair.")),
    };
    match numbers {
        Ok(numbers) => numbers_to_js(scope, numbers),
        Err(_) => Err(scope.throw_type_error("The key is not of RSA.")),
    }
}

/// `(public key, hash, label | undefined, bytes)` → ArrayBuffer | undefined
fn oaep_encrypt<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let key = public_from_js(scope, args.get(0))?;
    let hash = hash_from_js(scope, args.get(1))?;
    let label = bytes_if_any(scope, args.get(2))?.unwrap_or_default();
    let label = label.as_slice();
    let sealed = with_bytes(scope, args.get(3), |bytes| {
        rsa::encrypt(&key, Encryption::Oaep { hash, label }, bytes)
    })?;
    buffer_to_js(scope, sealed)
}

/// `(private key, hash, label | undefined, bytes)` → promise of ArrayBuffer | undefined
fn oaep_decrypt<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let key = private_from_js(scope, args.get(0))?;
    let hash = hash_from_js(scope, args.get(1))?;
    let label = bytes_if_any(scope, args.get(2))?.unwrap_or_default();
    let sealed = bytes_from_js(scope, args.get(3))?;
    let work = move || {
        let label = label.as_slice();
        rsa::decrypt(&key, Encryption::Oaep { hash, label }, &sealed)
    };
    on_blocking_thread(scope, work, buffer_to_js)
}

/// `(private key, bytes as many as the modulus has)` → promise of ArrayBuffer; of undefined where the number that they are
/// is not below the modulus
fn raw_sign<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let key = private_from_js(scope, args.get(0))?;
    let bytes = bytes_from_js(scope, args.get(1))?;
    let work = move || rsa::decrypt(&key, Encryption::None, &bytes);
    on_blocking_thread(scope, work, buffer_to_js)
}
