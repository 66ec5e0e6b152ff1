//! `atob` and `btoa` (<https://infra.spec.whatwg.org/#forgiving-base64>).

use base64_simd::{STANDARD, forgiving_decode_to_vec};
use holdfast_engine::{Args, Extension, JsResult, Scope};

pub(super) fn register(extension: Extension) -> Extension {
    extension.op("op_atob", 1, atob).op("op_btoa", 1, btoa)
}

/// String of code units below 256 → Base64; undefined where one is above.
fn btoa<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    match scope.string_latin1(args.get(0))? {
        Some(bytes) => {
            let encoded = STANDARD.encode_to_string(bytes);
            scope.latin1(encoded.as_bytes())
        }
        None => Ok(scope.undefined()),
    }
}

/// Base64 → string of the bytes; undefined where it is no Base64.
fn atob<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let data = scope.string_latin1(args.get(0))?;
    match data.and_then(|data| forgiving_decode_to_vec(&data).ok()) {
        Some(bytes) => scope.latin1(&bytes),
        None => Ok(scope.undefined()),
    }
}
