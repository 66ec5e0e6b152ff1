//! Keys from passwords and from other keys.

use holdfast_engine::{Args, Extension, JsResult, Scope};
use holdfast_web::crypto::kdf::{self, ScryptCost};

use super::{buffer_to_js, bytes_from_js, hash_from_js, number_from_js, run};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_node_pbkdf2", 6, pbkdf2)
        .op("op_node_scrypt", 8, scrypt)
        .op("op_node_hkdf", 5, hkdf)
}

/// `(hash, password, salt, iterations, length, later)` → ArrayBuffer, or a promise of it
fn pbkdf2<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let hash = hash_from_js(scope, args.get(0))?;
    let password = bytes_from_js(scope, args.get(1))?;
    let salt = bytes_from_js(scope, args.get(2))?;
    let iterations = number_from_js(scope, args.get(3))?;
    let length = number_from_js(scope, args.get(4))? as usize;
    let work = move || kdf::pbkdf2(hash, &password, &salt, iterations, length);
    run(scope, args.get(5), work, buffer_to_js)
}

/// `(password, salt, n, r, p, most memory, length, later)` → ArrayBuffer or `undefined`, or a promise of it
fn scrypt<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let password = bytes_from_js(scope, args.get(0))?;
    let salt = bytes_from_js(scope, args.get(1))?;
    let cost = ScryptCost {
        n: scope.to_number(args.get(2))? as u64,
        r: scope.to_number(args.get(3))? as u64,
        p: scope.to_number(args.get(4))? as u64,
        memory_max: scope.to_number(args.get(5))? as u64,
    };
    let length = number_from_js(scope, args.get(6))? as usize;
    let work = move || kdf::scrypt(&password, &salt, cost, length);
    run(scope, args.get(7), work, buffer_to_js)
}

/// `(hash, key, salt, info, length)` → ArrayBuffer; `undefined` where the length is more than 255 digests
fn hkdf<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let hash = hash_from_js(scope, args.get(0))?;
    let key = bytes_from_js(scope, args.get(1))?;
    let salt = bytes_from_js(scope, args.get(2))?;
    let info = bytes_from_js(scope, args.get(3))?;
    let length = number_from_js(scope, args.get(4))? as usize;
    buffer_to_js(scope, kdf::hkdf(hash, &key, &salt, &info, length))
}
