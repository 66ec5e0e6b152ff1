//! Signatures of whole messages.

use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};
use holdfast_web::crypto::ec;
use holdfast_web::crypto::hash::HashAlgorithm;
use holdfast_web::crypto::key::{Key, Kind};
use holdfast_web::crypto::sign::{SaltLength, Scheme, sign, verify};

use super::{buffer_to_js, bytes_from_js, hash_if_any, key_from_js, public_half, with_bytes};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_node_sign", 6, op_sign)
        .op("op_node_verify", 7, op_verify)
}

const RSA_PKCS1_PADDING: f64 = 1.0;
const RSA_PKCS1_PSS_PADDING: f64 = 6.0;

/// What the key, the hash, Node's constant for the padding and the length of the salt make; `None` if they do not go
/// together.
fn scheme(
    kind: Option<Kind>,
    hash: Option<HashAlgorithm>,
    padding: Option<f64>,
    salt: Option<f64>,
) -> Option<Scheme> {
    let salt = match salt {
        None | Some(-2.0) => SaltLength::Maximum,
        Some(-1.0) => SaltLength::Digest,
        Some(length) if length >= 0.0 => SaltLength::Bytes(length as u32),
        Some(_) => return None,
    };
    match (kind?, hash, padding) {
        (Kind::Rsa, Some(hash), None | Some(RSA_PKCS1_PADDING)) => Some(Scheme::Pkcs1(hash)),
        (Kind::Rsa | Kind::RsaPss, Some(hash), Some(RSA_PKCS1_PSS_PADDING))
        | (Kind::RsaPss, Some(hash), None) => Some(Scheme::Pss { hash, salt }),
        (Kind::Ec(_) | Kind::Dsa, Some(hash), _) => Some(Scheme::Ecdsa(hash)),
        (Kind::Ed25519 | Kind::Ed448, None, _) => Some(Scheme::Eddsa),
        _ => None,
    }
}

/// Length of each half of a signature, if it is to be in two halves and not DER.
fn half_of(kind: Option<Kind>, halves: Local<'_>) -> Option<usize> {
    match kind {
        Some(Kind::Ec(Some(curve))) if halves.as_bool() == Some(true) => Some(curve.size()),
        _ => None,
    }
}

fn scheme_from_js(
    scope: &mut Scope<'_>,
    key: &Key,
    args: &Args<'_>,
) -> Result<Option<Scheme>, Thrown> {
    let hash = hash_if_any(scope, args.get(1))?;
    let (padding, salt) = (args.get(2).as_number(), args.get(3).as_number());
    Ok(scheme(key.kind(), hash, padding, salt))
}

/// `(private key, hash | undefined, padding | undefined, salt | undefined, whether in two halves, message)` →
/// ArrayBuffer | undefined
fn op_sign<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let key = key_from_js(scope, args.get(0))?;
    let scheme = scheme_from_js(scope, &key, args)?;
    let half = half_of(key.kind(), args.get(4));
    let (Key::Private(key), Some(scheme)) = (key, scheme) else {
        return Ok(scope.undefined());
    };
    let signature = with_bytes(scope, args.get(5), |message| {
        let signature = sign(&key, scheme, message)?;
        match half {
            Some(size) => ec::signature_from_der(&signature, size),
            None => Ok(signature),
        }
    })?;
    buffer_to_js(scope, signature)
}

/// The same for a pair's public key or the private one, then the message and the signature → whether it is right;
/// `undefined` if the key cannot tell
fn op_verify<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let key = key_from_js(scope, args.get(0))?;
    let Some(scheme) = scheme_from_js(scope, &key, args)? else {
        return Ok(scope.undefined());
    };
    let mut signature = bytes_from_js(scope, args.get(6))?;
    if let Some(size) = half_of(key.kind(), args.get(4)) {
        let der = match signature.len() == 2 * size {
            true => ec::signature_to_der(&signature).ok(),
            false => None,
        };
        let Some(der) = der else {
            return Ok(scope.bool(false));
        };
        signature = der;
    }
    let Some(key) = public_half(key) else {
        return Ok(scope.undefined());
    };
    let right = with_bytes(scope, args.get(5), |message| {
        verify(&key, scheme, &signature, message)
    })?;
    Ok(match right {
        Ok(right) => scope.bool(right),
        Err(_) => scope.undefined(),
    })
}
