//! Secret keys: HMAC, AES, and derivation.

use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};
use zeroize::Zeroizing;

use super::random::random_bytes;
use super::{
    buffer_to_js, bytes_from_js, bytes_if_any, hash_from_js, key_to_js, number_from_js,
    on_blocking_thread, secret_from_js, with_bytes,
};
use crate::crypto::cipher::Direction;
use crate::crypto::key::Key;
use crate::crypto::{aes, kdf, mac};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_secret_key", 2, new)
        .op("op_secret_key_random", 1, random)
        .op("op_secret_key_bytes", 1, bytes)
        .op("op_hmac", 3, hmac)
        .op("op_hmac_verify", 4, hmac_verify)
        .op("op_aes_cbc", 4, aes_cbc)
        .op("op_aes_ctr", 4, aes_ctr)
        .op("op_aes_gcm", 6, aes_gcm)
        .op("op_aes_kw", 3, aes_kw)
        .op("op_pbkdf2", 5, pbkdf2)
        .op("op_hkdf", 5, hkdf)
}

/// PBKDF2 with no more rounds of its hash than this is done in the turn: some hundred microseconds.
const ROUNDS_IN_TURN_MAX: u64 = 500;

/// `(bytes, length in bits)` → key. Bits beyond the length are cleared.
fn new<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let mut bytes = bytes_from_js(scope, args.get(0))?;
    let bits = number_from_js(scope, args.get(1))?;
    clear_rest(&mut bytes, bits);
    key_to_js(scope, Key::secret(bytes))
}

/// Length in bits → random key
fn random<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let bits = number_from_js(scope, args.get(0))?;
    let mut bytes = vec![0; bits.div_ceil(8) as usize];
    random_bytes(scope, &mut bytes)?;
    clear_rest(&mut bytes, bits);
    key_to_js(scope, Key::secret(bytes))
}

/// Clears the bits of the last byte that a length in bits leaves over.
fn clear_rest(bytes: &mut [u8], bits: u32) {
    if let Some(last) = bytes.last_mut()
        && !bits.is_multiple_of(8)
    {
        *last &= 0xff << (8 - bits % 8);
    }
}

/// Key → ArrayBuffer
fn bytes<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let key = secret_from_js(scope, args.get(0))?;
    scope.array_buffer(&**key)
}

/// `(key, hash, bytes)` → ArrayBuffer
fn hmac<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let key = secret_from_js(scope, args.get(0))?;
    let hash = hash_from_js(scope, args.get(1))?;
    let code = with_bytes(scope, args.get(2), |bytes| mac::hmac(hash, &key, bytes))?;
    scope.array_buffer(code)
}

/// `(key, hash, code, bytes)` → whether the code is that of the bytes
fn hmac_verify<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let key = secret_from_js(scope, args.get(0))?;
    let hash = hash_from_js(scope, args.get(1))?;
    let code = bytes_from_js(scope, args.get(2))?;
    let right = with_bytes(scope, args.get(3), |bytes| mac::hmac(hash, &key, bytes))?;
    Ok(scope.bool(mac::same(&code, &right)))
}

fn direction_from_js(value: Local<'_>) -> Direction {
    if value.as_bool() == Some(true) {
        Direction::Encrypt
    } else {
        Direction::Decrypt
    }
}

/// `(encrypt, key, iv, bytes)` → ArrayBuffer | undefined
fn aes_cbc<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let direction = direction_from_js(args.get(0));
    let key = secret_from_js(scope, args.get(1))?;
    let iv = bytes_from_js(scope, args.get(2))?;
    let output = with_bytes(scope, args.get(3), |bytes| {
        aes::cbc(direction, &key, &iv, bytes)
    })?;
    buffer_to_js(scope, output)
}

/// `(key, counter of 16 bytes, its length in bits, bytes)` → ArrayBuffer; undefined where a value of the counter would
/// come twice
fn aes_ctr<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let key = secret_from_js(scope, args.get(0))?;
    let counter = bytes_from_js(scope, args.get(1))?;
    let length = number_from_js(scope, args.get(2))?;
    let Ok(counter) = counter.try_into() else {
        return Err(scope.throw_type_error("The counter is not 16 bytes long."));
    };
    let output = with_bytes(scope, args.get(3), |bytes| {
        (!aes::ctr_repeats(length, bytes.len())).then(|| aes::ctr(&key, counter, length, bytes))
    })?;
    match output {
        Some(output) => buffer_to_js(scope, output),
        None => Ok(scope.undefined()),
    }
}

/// `(encrypt, key, iv, additional data | undefined, length of the tag in bytes, bytes)` → ArrayBuffer | undefined
fn aes_gcm<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let direction = direction_from_js(args.get(0));
    let key = secret_from_js(scope, args.get(1))?;
    let iv = bytes_from_js(scope, args.get(2))?;
    let additional = bytes_if_any(scope, args.get(3))?.unwrap_or_default();
    let tag_length = number_from_js(scope, args.get(4))? as usize;
    let output = with_bytes(scope, args.get(5), |bytes| match direction {
        Direction::Encrypt => aes::gcm_seal(&key, &iv, &additional, tag_length, bytes),
        Direction::Decrypt => aes::gcm_open(&key, &iv, &additional, tag_length, bytes),
    })?;
    buffer_to_js(scope, output)
}

/// `(wrap, key, bytes)` → ArrayBuffer | undefined
fn aes_kw<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let direction = direction_from_js(args.get(0));
    let key = secret_from_js(scope, args.get(1))?;
    let output = with_bytes(scope, args.get(2), |bytes| match direction {
        Direction::Encrypt => aes::wrap(&key, bytes),
        Direction::Decrypt => aes::unwrap(&key, bytes),
    })?;
    buffer_to_js(scope, output)
}

/// `(key, hash, salt, iterations, length in bytes)` → ArrayBuffer, or a promise for it
fn pbkdf2<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let (key, hash, salt) = derivation(scope, args)?;
    let iterations = number_from_js(scope, args.get(3))?;
    let length = number_from_js(scope, args.get(4))? as usize;
    let derive = move || kdf::pbkdf2(hash, &key, &salt, iterations, length);
    let blocks = length.div_ceil(hash.size()) as u64;
    if u64::from(iterations) * blocks <= ROUNDS_IN_TURN_MAX {
        return buffer_to_js(scope, derive());
    }
    on_blocking_thread(scope, derive, buffer_to_js)
}

/// `(key, hash, salt, info, length in bytes)` → ArrayBuffer; undefined where it is too long
fn hkdf<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let (key, hash, salt) = derivation(scope, args)?;
    let info = bytes_from_js(scope, args.get(3))?;
    let length = number_from_js(scope, args.get(4))? as usize;
    let derived = kdf::hkdf(hash, &key, &salt, &info, length);
    buffer_to_js(scope, derived)
}

type Derivation = (
    std::sync::Arc<Zeroizing<Vec<u8>>>,
    crate::crypto::hash::HashAlgorithm,
    Vec<u8>,
);

/// The first three arguments of a derivation.
fn derivation<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> Result<Derivation, Thrown> {
    let key = secret_from_js(scope, args.get(0))?;
    let hash = hash_from_js(scope, args.get(1))?;
    let salt = bytes_from_js(scope, args.get(2))?;
    Ok((key, hash, salt))
}

#[cfg(test)]
mod tests {
    use super::clear_rest;

    #[test]
    fn bits_beyond_the_length_are_cleared() {
        let mut bytes = [0xff, 0xff];
        clear_rest(&mut bytes, 16);
        assert_eq!(bytes, [0xff, 0xff]);
        clear_rest(&mut bytes, 11);
        assert_eq!(bytes, [0xff, 0xe0]);
    }
}
