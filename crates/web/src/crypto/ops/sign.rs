//! Signatures of RSA and of curves.

use holdfast_engine::{Args, Extension, JsResult, Scope, Thrown};

use super::{
    buffer_to_js, bytes_from_js, hash_from_js, number_from_js, on_blocking_thread, private_from_js,
    public_from_js, with_bytes,
};
use crate::crypto::ec::{self, Curve};
use crate::crypto::sign::{self, SaltLength, Scheme};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_sign", 5, op_sign)
        .op("op_verify", 6, op_verify)
}

/// The arguments `scheme, hash | undefined, length of the salt in bytes | undefined` from the second one on.
fn scheme_from_js<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> Result<Scheme, Thrown> {
    let name = scope.to_string(args.get(1))?;
    Ok(match name.as_str() {
        "RSASSA-PKCS1-v1_5" => Scheme::Pkcs1(hash_from_js(scope, args.get(2))?),
        "RSA-PSS" => Scheme::Pss {
            hash: hash_from_js(scope, args.get(2))?,
            salt: SaltLength::Bytes(number_from_js(scope, args.get(3))?),
        },
        "ECDSA" => Scheme::Ecdsa(hash_from_js(scope, args.get(2))?),
        "Ed25519" => Scheme::Eddsa,
        _ => return Err(scope.throw_type_error(&format!("There is no scheme {name:?}."))),
    })
}

/// `(private key, scheme, hash, salt, bytes)` → ArrayBuffer | undefined, or a promise for that
fn op_sign<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let key = private_from_js(scope, args.get(0))?;
    let scheme = scheme_from_js(scope, args)?;
    match scheme {
        Scheme::Pkcs1(_) | Scheme::Pss { .. } => {
            let message = bytes_from_js(scope, args.get(4))?;
            let work = move || sign::sign(&key, scheme, &message);
            on_blocking_thread(scope, work, buffer_to_js)
        }
        Scheme::Eddsa | Scheme::Ecdsa(_) => {
            let size = Curve::of(&key).map(Curve::size);
            let signature = with_bytes(scope, args.get(4), |bytes| {
                let signature = sign::sign(&key, scheme, bytes)?;
                match size {
                    Some(size) => ec::signature_from_der(&signature, size),
                    None => Ok(signature),
                }
            })?;
            buffer_to_js(scope, signature)
        }
    }
}

/// `(public key, scheme, hash, salt, signature, bytes)` → whether it fits; undefined where OpenSSL cannot tell
fn op_verify<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let key = public_from_js(scope, args.get(0))?;
    let scheme = scheme_from_js(scope, args)?;
    let mut signature = bytes_from_js(scope, args.get(4))?;
    if matches!(scheme, Scheme::Ecdsa(_)) {
        let size = Curve::of(&key).map_or(0, Curve::size);
        if signature.len() != 2 * size {
            return Ok(scope.bool(false));
        }
        match ec::signature_to_der(&signature) {
            Ok(der) => signature = der,
            Err(_) => return Ok(scope.bool(false)),
        }
    }
    let fits = with_bytes(scope, args.get(5), |bytes| {
        sign::verify(&key, scheme, &signature, bytes)
    })?;
    match fits {
        Ok(fits) => Ok(scope.bool(fits)),
        Err(_) => Ok(scope.undefined()),
    }
}
