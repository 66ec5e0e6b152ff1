//! Encryption with RSA, either way round.

use holdfast_engine::{Args, Extension, JsResult, Scope};
use holdfast_web::crypto::Failed;
use holdfast_web::crypto::key::Key;
use holdfast_web::crypto::rsa::{self, Encryption};
use openssl::pkey::{PKeyRef, Private, Public};
use openssl::rsa::Padding;

use super::{
    buffer_to_js, bytes_if_any, hash_from_js, key_from_js, number_from_js, public_half, with_bytes,
};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_node_rsa_encrypt", 5, encrypt)
        .op("op_node_rsa_decrypt", 5, decrypt)
        .op("op_node_rsa_private_encrypt", 3, private_encrypt)
        .op("op_node_rsa_public_decrypt", 3, public_decrypt)
}

/// By Node's constant.
fn padding(number: u32) -> Option<Padding> {
    Some(match number {
        1 => Padding::PKCS1,
        3 => Padding::NONE,
        4 => Padding::PKCS1_OAEP,
        _ => return None,
    })
}

/// Calls `$work` with what `(key, padding, hash, label | undefined, bytes)` say; `undefined` where that is nothing.
macro_rules! with_encryption {
    ($scope:ident, $args:ident, |$how:ident, $bytes:ident| $work:expr) => {{
        let number = number_from_js($scope, $args.get(1))?;
        let hash = hash_from_js($scope, $args.get(2))?;
        let label = bytes_if_any($scope, $args.get(3))?.unwrap_or_default();
        let $how = match number {
            1 => Encryption::Pkcs1,
            3 => Encryption::None,
            4 => Encryption::Oaep {
                hash,
                label: &label,
            },
            _ => return Ok($scope.undefined()),
        };
        let output = with_bytes($scope, $args.get(4), |$bytes| $work)?;
        buffer_to_js($scope, output)
    }};
}

/// `(key, padding, hash, label | undefined, bytes)` → ArrayBuffer | undefined
fn encrypt<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let Some(key) = public_half(key_from_js(scope, args.get(0))?) else {
        return Ok(scope.undefined());
    };
    with_encryption!(scope, args, |how, bytes| rsa::encrypt(&key, how, bytes))
}

/// `(private key, padding, hash, label | undefined, bytes)` → ArrayBuffer | undefined
fn decrypt<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let Key::Private(key) = key_from_js(scope, args.get(0))? else {
        return Ok(scope.undefined());
    };
    with_encryption!(scope, args, |how, bytes| rsa::decrypt(&key, how, bytes))
}

fn seal(key: &PKeyRef<Private>, padding: Padding, bytes: &[u8]) -> Result<Vec<u8>, Failed> {
    let key = key.rsa()?;
    let mut output = vec![0; key.size() as usize];
    let length = key.private_encrypt(bytes, &mut output, padding)?;
    output.truncate(length);
    Ok(output)
}

fn open(key: &PKeyRef<Public>, padding: Padding, bytes: &[u8]) -> Result<Vec<u8>, Failed> {
    let key = key.rsa()?;
    let mut output = vec![0; key.size() as usize];
    let length = key.public_decrypt(bytes, &mut output, padding)?;
    output.truncate(length);
    Ok(output)
}

/// `(private key, padding, bytes)` → ArrayBuffer | undefined
fn private_encrypt<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let key = key_from_js(scope, args.get(0))?;
    let padding = padding(number_from_js(scope, args.get(1))?);
    let (Key::Private(key), Some(padding)) = (key, padding) else {
        return Ok(scope.undefined());
    };
    let output = with_bytes(scope, args.get(2), |bytes| seal(&key, padding, bytes))?;
    buffer_to_js(scope, output)
}

/// `(key, padding, bytes)` → ArrayBuffer | undefined
fn public_decrypt<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let key = public_half(key_from_js(scope, args.get(0))?);
    let padding = padding(number_from_js(scope, args.get(1))?);
    let (Some(key), Some(padding)) = (key, padding) else {
        return Ok(scope.undefined());
    };
    let output = with_bytes(scope, args.get(2), |bytes| open(&key, padding, bytes))?;
    buffer_to_js(scope, output)
}
