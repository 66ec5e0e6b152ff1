//! Random values, and a comparison whose time tells nothing.

use holdfast_engine::{Args, Extension, JsResult, Scope, Thrown};

use super::{bytes_from_js, not_bytes, with_bytes};
use crate::crypto::mac::same;

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_random_fill", 1, random_fill)
        .op("op_random_uuid", 0, random_uuid)
        .op("op_timing_safe_equal", 2, timing_safe_equal)
}

/// The system's own source, which needs no seeding and survives a fork.
pub(super) fn random_bytes(scope: &mut Scope<'_>, bytes: &mut [u8]) -> Result<(), Thrown> {
    getrandom::fill(bytes).map_err(|error| {
        scope.throw_error(&format!(
            "The system's source of random numbers failed: {error}"
        ))
    })
}

/// Fills a view.
fn random_fill<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let length = with_bytes(scope, args.get(0), <[u8]>::len)?;
    let mut bytes = vec![0; length];
    random_bytes(scope, &mut bytes)?;
    if !scope.write_bytes(args.get(0), &bytes) {
        return Err(not_bytes(scope));
    }
    Ok(scope.undefined())
}

/// A version 4 UUID (RFC 9562) as text.
fn random_uuid<'s>(scope: &mut Scope<'s>, _args: &Args<'s>) -> JsResult<'s> {
    let mut bytes = [0; 16];
    random_bytes(scope, &mut bytes)?;
    let text = uuid_text(bytes);
    scope.latin1(text.as_bytes())
}

fn uuid_text(mut bytes: [u8; 16]) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    bytes[6] = bytes[6] & 0x0f | 0x40; // version 4
    bytes[8] = bytes[8] & 0x3f | 0x80; // variant of the RFC
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.into_iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push(char::from(HEX[usize::from(byte >> 4)]));
        text.push(char::from(HEX[usize::from(byte & 15)]));
    }
    text
}

/// Compares two buffers without stopping at the first difference.
fn timing_safe_equal<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let a = bytes_from_js(scope, args.get(0))?;
    let equal = with_bytes(scope, args.get(1), |b| same(&a, b))?;
    Ok(scope.bool(equal))
}

#[cfg(test)]
mod tests {
    use super::uuid_text;

    #[test]
    fn uuids_carry_version_and_variant() {
        assert_eq!(uuid_text([0; 16]), "00000000-0000-4000-8000-000000000000");
        assert_eq!(
            uuid_text([0xff; 16]),
            "ffffffff-ffff-4fff-bfff-ffffffffffff"
        );
    }
}
