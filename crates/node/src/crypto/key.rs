//! Pairs of keys: reading, writing, generating.

use holdfast_engine::{Args, Extension, JsResult, Scope};
use holdfast_web::crypto::ec::{self, Curve};
use holdfast_web::crypto::key::{self, Key, Kind};
use holdfast_web::crypto::{Failed, rsa};
use openssl::pkey::{PKeyRef, Private, Public};

use super::{
    buffer_to_js, bytes_from_js, bytes_if_any, key_from_js, key_result_to_js, key_to_js,
    number_from_js, public_half, run,
};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_node_key_read_private", 3, read_private)
        .op("op_node_key_read_public", 2, read_public)
        .op("op_node_key_public_half", 1, op_public_half)
        .op("op_node_key_write", 5, write)
        .op("op_node_key_type", 1, key_type)
        .op("op_node_key_equal", 2, equal)
        .op("op_node_key_generate", 5, generate)
}

/// `(bytes, whether PEM, passphrase | undefined)` → private key | undefined
fn read_private<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let bytes = bytes_from_js(scope, args.get(0))?;
    let passphrase = bytes_if_any(scope, args.get(2))?;
    let key = match (args.get(1).as_bool() == Some(true), &passphrase) {
        (true, passphrase) => key::private_from_pem(&bytes, passphrase.as_deref()),
        (false, Some(passphrase)) => key::private_from_encrypted_pkcs8(&bytes, passphrase),
        (false, None) => key::private_from_any_der(&bytes),
    };
    key_result_to_js(scope, key.map(Key::Private))
}

/// `(bytes, whether PEM)` → public key | undefined
fn read_public<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let bytes = bytes_from_js(scope, args.get(0))?;
    let key = match args.get(1).as_bool() == Some(true) {
        true => key::public_from_pem(&bytes),
        false => key::public_from_spki(&bytes).or_else(|_| key::public_from_pkcs1(&bytes)),
    };
    key_result_to_js(scope, key.map(Key::Public))
}

/// `(private key)` → public key | undefined
fn op_public_half<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    match public_half(key_from_js(scope, args.get(0))?) {
        Some(key) => key_to_js(scope, Key::Public(key)),
        None => Ok(scope.undefined()),
    }
}

/// `(half of a pair, whether PEM, `pkcs1` | `pkcs8` | `sec1` | `spki`, cipher | undefined, passphrase | undefined)` →
/// ArrayBuffer | undefined
fn write<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let key = key_from_js(scope, args.get(0))?;
    let pem = args.get(1).as_bool() == Some(true);
    let form = scope.to_string(args.get(2))?;
    let cipher = match args.get(3).is_undefined() {
        true => None,
        false => Some(scope.to_string(args.get(3))?),
    };
    let passphrase = bytes_if_any(scope, args.get(4))?.unwrap_or_default();
    let encrypt = cipher.as_deref().map(|cipher| (cipher, &passphrase[..]));
    let written = match &key {
        Key::Private(key) => write_private(key, pem, &form, encrypt),
        Key::Public(key) => write_public(key, pem, &form),
        Key::Secret(_) => None,
    };
    match written {
        Some(written) => buffer_to_js(scope, written),
        None => Ok(scope.undefined()),
    }
}

fn write_private(
    key: &PKeyRef<Private>,
    pem: bool,
    form: &str,
    encrypt: Option<(&str, &[u8])>,
) -> Option<Result<Vec<u8>, Failed>> {
    Some(match (form, pem, encrypt) {
        ("pkcs8", true, _) => key::private_to_pem(key, encrypt),
        ("pkcs8", false, None) => key::private_to_pkcs8(key),
        ("pkcs8", false, Some((cipher, passphrase))) => {
            key::private_to_encrypted_pkcs8(key, cipher, passphrase)
        }
        ("pkcs1", true, None) => Ok(key.rsa().ok()?.private_key_to_pem().ok()?),
        ("pkcs1", true, Some((cipher, passphrase))) => {
            let (rsa, cipher) = (key.rsa().ok()?, key::encryption(cipher).ok()?);
            Ok(rsa.private_key_to_pem_passphrase(cipher, passphrase).ok()?)
        }
        // These two have no room for how they would be encrypted; as in Workers they are written as they are.
        ("pkcs1", false, _) => Ok(key.rsa().ok()?.private_key_to_der().ok()?),
        ("sec1", false, _) => Ok(key.ec_key().ok()?.private_key_to_der().ok()?),
        ("sec1", true, None) => Ok(key.ec_key().ok()?.private_key_to_pem().ok()?),
        ("sec1", true, Some((cipher, passphrase))) => {
            let (ec, cipher) = (key.ec_key().ok()?, key::encryption(cipher).ok()?);
            Ok(ec.private_key_to_pem_passphrase(cipher, passphrase).ok()?)
        }
        _ => return None,
    })
}

fn write_public(key: &PKeyRef<Public>, pem: bool, form: &str) -> Option<Result<Vec<u8>, Failed>> {
    Some(match (form, pem) {
        ("spki", true) => key::public_to_pem(key),
        ("spki", false) => key::public_to_spki(key),
        ("pkcs1", true) => Ok(key.rsa().ok()?.public_key_to_pem_pkcs1().ok()?),
        ("pkcs1", false) => Ok(key.rsa().ok()?.public_key_to_der_pkcs1().ok()?),
        _ => return None,
    })
}

/// `(half of a pair)` → `[Node's name of its algorithm, Node's name of the curve | undefined]`, or `undefined` for
/// others
fn key_type<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let kind = key_from_js(scope, args.get(0))?.kind();
    let Some(name) = kind.and_then(Kind::node_name) else {
        return Ok(scope.undefined());
    };
    let name = scope.string(name)?;
    let curve = match kind {
        Some(Kind::Ec(Some(curve))) => scope.string(curve.node_name())?,
        _ => scope.undefined(),
    };
    scope.array(&[name, curve])
}

/// `(key, key)` → whether they are the same
fn equal<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let a = key_from_js(scope, args.get(0))?;
    let b = key_from_js(scope, args.get(1))?;
    Ok(scope.bool(a.equals(&b)))
}

/// `(algorithm, bits, public exponent, curve, later)` → `[private key, public key]` or `undefined`, or a promise of it
fn generate<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let algorithm = scope.to_string(args.get(0))?;
    let bits = number_from_js(scope, args.get(1))?;
    let exponent = bytes_if_any(scope, args.get(2))?.unwrap_or_default();
    let curve = Curve::from_node_name(&scope.to_string(args.get(3))?);
    let work = move || {
        let private = match (algorithm.as_str(), curve) {
            ("rsa", _) => rsa::generate(bits, &exponent).ok()?,
            ("ec", Some(curve)) => ec::generate(curve).ok()?,
            ("ed25519", _) => key::generate_raw(Kind::Ed25519).ok()?,
            ("x25519", _) => key::generate_raw(Kind::X25519).ok()?,
            _ => return None,
        };
        let public = key::public_of(&private).ok()?;
        Some((private, public))
    };
    run(scope, args.get(4), work, |scope, pair| match pair {
        Some((private, public)) => {
            let private = key_to_js(scope, Key::Private(private))?;
            let public = key_to_js(scope, Key::Public(public))?;
            scope.array(&[private, public])
        }
        None => Ok(scope.undefined()),
    })
}
