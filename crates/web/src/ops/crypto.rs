//! Random values and digests.

use holdfast_engine::{Args, Extension, JsResult, Scope, Thrown};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_random_fill", 1, random_fill)
        .op("op_random_uuid", 0, random_uuid)
        .op("op_digest", 2, digest)
        .op("op_timing_safe_equal", 2, timing_safe_equal)
}

fn random_bytes(scope: &mut Scope<'_>, bytes: &mut [u8]) -> Result<(), Thrown> {
    getrandom::fill(bytes).map_err(|error| {
        scope.throw_error(&format!(
            "The system's source of random numbers failed: {error}"
        ))
    })
}

/// Fills a view.
fn random_fill<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let Some(length) = scope.with_bytes(args.get(0), <[u8]>::len) else {
        return Err(not_bytes(scope));
    };
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

/// `(name in upper case, bytes)` → ArrayBuffer, or undefined for an algorithm that is not known.
fn digest<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let name = scope.to_string(args.get(0))?;
    let hash: fn(&[u8]) -> Vec<u8> = match name.as_str() {
        "SHA-1" => |bytes| Sha1::digest(bytes).to_vec(),
        "SHA-256" => |bytes| Sha256::digest(bytes).to_vec(),
        "SHA-384" => |bytes| Sha384::digest(bytes).to_vec(),
        "SHA-512" => |bytes| Sha512::digest(bytes).to_vec(),
        "MD5" => |bytes| Md5::digest(bytes).to_vec(),
        _ => return Ok(scope.undefined()),
    };
    match scope.with_bytes(args.get(1), hash) {
        Some(digest) => scope.array_buffer(digest),
        None => Err(not_bytes(scope)),
    }
}

/// Compares two buffers without stopping at the first difference.
fn timing_safe_equal<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let (Some(a), Some(b)) = (scope.bytes(args.get(0)), scope.bytes(args.get(1))) else {
        return Err(not_bytes(scope));
    };
    let equal = a.len() == b.len() && same_bytes(&a, &b);
    Ok(scope.bool(equal))
}

fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    // The hint keeps the compiler from turning the fold into a loop that stops early.
    let difference = a
        .iter()
        .zip(b)
        .fold(0, |bits, (a, b)| std::hint::black_box(bits | (a ^ b)));
    difference == 0
}

fn not_bytes(scope: &mut Scope<'_>) -> Thrown {
    scope.throw_type_error(
        "The value is neither an ArrayBuffer nor a view of one (shared memory is not supported).",
    )
}

#[cfg(test)]
mod tests {
    use super::{same_bytes, uuid_text};

    #[test]
    fn uuids_carry_version_and_variant() {
        assert_eq!(uuid_text([0; 16]), "00000000-0000-4000-8000-000000000000");
        assert_eq!(
            uuid_text([0xff; 16]),
            "ffffffff-ffff-4fff-bfff-ffffffffffff"
        );
    }

    #[test]
    fn every_byte_counts() {
        assert!(same_bytes(b"abc", b"abc"));
        assert!(!same_bytes(b"abc", b"abd"));
        assert!(!same_bytes(b"abc", b"bbc"));
    }
}
