//! Pairs of keys of any kind: their encodings and what they are.

use base64_simd::{URL_SAFE_NO_PAD, forgiving_decode_to_vec};
use holdfast_engine::{Args, Extension, JsResult, Local, Scope};
use openssl::pkey::PKey;

use super::{buffer_to_js, key_from_js, key_to_js, with_bytes};
use crate::crypto::Failed;
use crate::crypto::key::{self, Key, Kind};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_base64url_decode", 1, base64url_decode)
        .op("op_base64url_encode", 1, base64url_encode)
        .op("op_key_from_pkcs8", 1, from_pkcs8)
        .op("op_key_from_spki", 1, from_spki)
        .op("op_key_to_der", 1, to_der)
        .op("op_key_kind", 1, kind)
}

/// Text of a JSON Web Key → Uint8Array, or undefined. The other alphabet, padding that is right, and
/// white space pass, as in workerd.
fn base64url_decode<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let text = scope.to_string(args.get(0))?;
    let standard = |byte| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    };
    let text: Vec<u8> = text.bytes().map(standard).collect();
    match forgiving_decode_to_vec(&text) {
        Ok(bytes) => scope.uint8_array(bytes),
        Err(_) => Ok(scope.undefined()),
    }
}

/// Bytes → text of a JSON Web Key
fn base64url_encode<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let text = with_bytes(scope, args.get(0), |bytes| {
        URL_SAFE_NO_PAD.encode_to_string(bytes)
    })?;
    scope.latin1(text.as_bytes())
}

/// An array of texts of a JSON Web Key.
pub(super) fn numbers_to_js<'s>(
    scope: &mut Scope<'s>,
    numbers: impl IntoIterator<Item = Vec<u8>>,
) -> JsResult<'s> {
    let list = scope.array(&[])?;
    for (index, number) in numbers.into_iter().enumerate() {
        let text = scope.latin1(URL_SAFE_NO_PAD.encode_to_string(number).as_bytes())?;
        scope.set_index(list, index as u32, text)?;
    }
    Ok(list)
}

/// Bytes of PKCS #8 → key; undefined where they are malformed; the number of bytes behind it where there are any.
/// Like workerd it takes PKCS #1 and SEC 1, too.
fn from_pkcs8<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let parse = |der: &[u8]| key::private_from_any_der(der).map(Key::Private);
    from_der(scope, args.get(0), parse)
}

/// The same for a SubjectPublicKeyInfo.
fn from_spki<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let parse = |der: &[u8]| key::public_from_spki(der).map(Key::Public);
    from_der(scope, args.get(0), parse)
}

fn from_der<'s>(
    scope: &mut Scope<'s>,
    bytes: Local<'s>,
    parse: impl FnOnce(&[u8]) -> Result<Key, Failed>,
) -> JsResult<'s> {
    let parsed = with_bytes(scope, bytes, |bytes| {
        let length = key::der_length(bytes)?;
        let key = parse(&bytes[..length]).ok()?;
        Some((key, bytes.len() - length))
    })?;
    match parsed {
        None => Ok(scope.undefined()),
        Some((key, 0)) => key_to_js(scope, key),
        Some((_, rest)) => Ok(scope.number(rest as f64)),
    }
}

/// Private key → PKCS #8, public key → SubjectPublicKeyInfo
fn to_der<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let der = match key_from_js(scope, args.get(0))? {
        Key::Private(key) => key::private_to_pkcs8(&key),
        Key::Public(key) => key::public_to_spki(&key),
        Key::Secret(_) => return Err(scope.throw_type_error("The key is no half of a pair.")),
    };
    buffer_to_js(scope, der)
}

/// Key → `rsa`, `ed25519` and the like, for elliptic curves the name of the curve; undefined for others
fn kind<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let name = match key_from_js(scope, args.get(0))?.kind() {
        Some(Kind::Ec(curve)) => curve.map_or("ec", |curve| curve.web_name()),
        Some(kind) => kind.node_name().unwrap_or("other"),
        None => return Ok(scope.undefined()),
    };
    scope.string(name)
}

/// `[private key, public key]`, or undefined where OpenSSL refused.
pub(super) fn pair_to_js<'s>(
    scope: &mut Scope<'s>,
    pair: Result<(PKey<openssl::pkey::Private>, PKey<openssl::pkey::Public>), Failed>,
) -> JsResult<'s> {
    let Ok((private, public)) = pair else {
        return Ok(scope.undefined());
    };
    let private = key_to_js(scope, Key::Private(private))?;
    let public = key_to_js(scope, Key::Public(public))?;
    scope.array(&[private, public])
}
