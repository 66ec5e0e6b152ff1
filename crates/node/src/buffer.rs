//! What `Buffer` does natively: text to bytes and back, searching, comparing, swapping.

use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};
use memchr::memmem;

use crate::encodings::{
    Encoding, decode_base64, decode_hex, encode_base64, encode_base64_url, encode_hex,
};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_buffer_encode", 2, encode)
        .op("op_buffer_write", 3, write)
        .op("op_buffer_decode", 4, decode)
        .op("op_buffer_byte_length", 1, byte_length)
        .op("op_buffer_compare", 2, compare)
        .op("op_buffer_index_of", 5, index_of)
        .op("op_buffer_swap", 2, swap)
        .op("op_buffer_is_ascii", 1, is_ascii)
        .op("op_buffer_is_utf8", 1, is_utf8)
}

fn encoding_of(scope: &mut Scope<'_>, number: Local<'_>) -> Result<Encoding, Thrown> {
    number
        .as_int()
        .and_then(Encoding::from_number)
        .ok_or_else(|| scope.throw_type_error("there is no encoding of this number"))
}

fn not_bytes(scope: &mut Scope<'_>) -> Thrown {
    scope.throw_type_error(
        "The value is neither an ArrayBuffer nor a view of one (shared memory is not supported).",
    )
}

/// A string's bytes in `encoding`.
fn bytes_of_text(
    scope: &mut Scope<'_>,
    text: Local<'_>,
    encoding: Encoding,
) -> Result<Vec<u8>, Thrown> {
    Ok(match encoding {
        Encoding::Utf8 => scope.to_string(text)?.into_bytes(),
        Encoding::Latin1 | Encoding::Ascii => low_bytes(scope, text)?,
        Encoding::Utf16Le => {
            let units = scope.string_utf16(text)?;
            units.iter().flat_map(|unit| unit.to_le_bytes()).collect()
        }
        Encoding::Base64 | Encoding::Base64Url => decode_base64(&low_bytes(scope, text)?),
        Encoding::Hex => decode_hex(&low_bytes(scope, text)?),
    })
}

fn low_bytes(scope: &mut Scope<'_>, text: Local<'_>) -> Result<Vec<u8>, Thrown> {
    if let Some(bytes) = scope.string_latin1(text)? {
        return Ok(bytes);
    }
    let units = scope.string_utf16(text)?;
    Ok(units.iter().map(|&unit| unit as u8).collect())
}

/// `(string, encoding)` → Uint8Array.
fn encode<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let encoding = encoding_of(scope, args.get(1))?;
    let bytes = bytes_of_text(scope, args.get(0), encoding)?;
    scope.uint8_array(bytes)
}

/// `(view, string, encoding)` → how many bytes of the string were written to the view's start. Characters that do not
/// fit wholly are left out.
fn write<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let encoding = encoding_of(scope, args.get(2))?;
    let Some(room) = scope.with_bytes(args.get(0), <[u8]>::len) else {
        return Err(not_bytes(scope));
    };
    let bytes = match encoding {
        // Here characters that have no byte are skipped as others that are no digits.
        Encoding::Base64 | Encoding::Base64Url => {
            decode_base64(scope.to_string(args.get(1))?.as_bytes())
        }
        _ => bytes_of_text(scope, args.get(1), encoding)?,
    };
    let length = match encoding {
        _ if bytes.len() <= room => bytes.len(),
        Encoding::Utf8 => whole_characters(&bytes, room),
        Encoding::Utf16Le => room & !1,
        _ => room,
    };
    if !scope.write_bytes(args.get(0), &bytes[..length]) {
        return Err(not_bytes(scope));
    }
    Ok(scope.number(length as f64))
}

/// The greatest length up to `room` that cuts no character of the UTF-8 `bytes`.
fn whole_characters(bytes: &[u8], room: usize) -> usize {
    (0..=room)
        .rev()
        .find(|&end| bytes.get(end).is_none_or(|byte| byte & 0xc0 != 0x80))
        .unwrap_or(0)
}

/// `(bytes, start, end, encoding)` → string; start and end lie within the bytes.
fn decode<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let encoding = encoding_of(scope, args.get(3))?;
    let (Some(start), Some(end)) = (args.get(1).as_number(), args.get(2).as_number()) else {
        return Err(scope.throw_type_error("start and end must be numbers"));
    };
    let (start, end) = (start as usize, end as usize);
    let decoded = scope.with_bytes(args.get(0), |bytes| {
        let bytes = bytes.get(start..end)?;
        Some(match encoding {
            Encoding::Utf8 if !bytes.is_ascii() => {
                Text::Unicode(String::from_utf8_lossy(bytes).into_owned())
            }
            Encoding::Utf8 | Encoding::Latin1 => Text::Latin1(bytes.to_vec()),
            Encoding::Ascii => Text::Latin1(bytes.iter().map(|byte| byte & 0x7f).collect()),
            Encoding::Utf16Le => Text::Units(
                bytes
                    .chunks_exact(2)
                    .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
                    .collect(),
            ),
            Encoding::Base64 => Text::Latin1(encode_base64(bytes)),
            Encoding::Base64Url => Text::Latin1(encode_base64_url(bytes)),
            Encoding::Hex => Text::Latin1(encode_hex(bytes)),
        })
    });
    match decoded {
        Some(Some(Text::Unicode(text))) => scope.string(&text),
        Some(Some(Text::Latin1(bytes))) => scope.latin1(&bytes),
        Some(Some(Text::Units(units))) => scope.utf16(&units),
        Some(None) => Err(scope.throw_range_error("start and end lie outside of the buffer")),
        None => Err(not_bytes(scope)),
    }
}

enum Text {
    Latin1(Vec<u8>),
    Units(Vec<u16>),
    Unicode(String),
}

/// String → length of its UTF-8.
fn byte_length<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let length = scope.to_string(args.get(0))?.len();
    Ok(scope.number(length as f64))
}

/// `(bytes, bytes)` → -1, 0 or 1.
fn compare<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let Some(right) = scope.bytes(args.get(1)) else {
        return Err(not_bytes(scope));
    };
    match scope.with_bytes(args.get(0), |left| left.cmp(&right[..])) {
        Some(order) => Ok(scope.int(order as i32)),
        None => Err(not_bytes(scope)),
    }
}

/// `(haystack, needle, from, forward, width)` → where the needle, which is not empty, first begins at or after `from`,
/// or last begins at or before it; -1 if nowhere. Matches begin at multiples of `width` bytes.
fn index_of<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let Some(needle) = scope.bytes(args.get(1)) else {
        return Err(not_bytes(scope));
    };
    let (Some(from), Some(width)) = (args.get(2).as_number(), args.get(4).as_int()) else {
        return Err(scope.throw_type_error("from and width must be numbers"));
    };
    let (from, width) = (from as usize, width as usize);
    let forward = args.get(3).as_bool() == Some(true);
    let found = scope.with_bytes(args.get(0), |haystack| {
        if forward {
            first_at_or_after(haystack, &needle, from, width)
        } else {
            last_at_or_before(haystack, &needle, from, width)
        }
    });
    match found {
        Some(found) => Ok(scope.number(found.map_or(-1.0, |index| index as f64))),
        None => Err(not_bytes(scope)),
    }
}

fn first_at_or_after(
    haystack: &[u8],
    needle: &[u8],
    mut from: usize,
    width: usize,
) -> Option<usize> {
    let finder = memmem::Finder::new(needle);
    loop {
        let index = from + finder.find(haystack.get(from..)?)?;
        if index.is_multiple_of(width) {
            return Some(index);
        }
        from = index + 1;
    }
}

fn last_at_or_before(haystack: &[u8], needle: &[u8], from: usize, width: usize) -> Option<usize> {
    let finder = memmem::FinderRev::new(needle);
    let mut end = haystack.len().min(from.saturating_add(needle.len()));
    loop {
        let index = finder.rfind(&haystack[..end])?;
        if index.is_multiple_of(width) {
            return Some(index);
        }
        end = (index + needle.len()).checked_sub(1)?;
    }
}

/// `(view, width)`: reverses the bytes of each group of `width`.
fn swap<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let width = args.get(1).as_int().unwrap_or(0);
    if width < 2 {
        return Err(scope.throw_type_error("width must be at least 2"));
    }
    let Some(mut bytes) = scope.bytes(args.get(0)) else {
        return Err(not_bytes(scope));
    };
    for group in bytes.chunks_exact_mut(width as usize) {
        group.reverse();
    }
    if !scope.write_bytes(args.get(0), &bytes) {
        return Err(not_bytes(scope));
    }
    Ok(scope.undefined())
}

fn is_ascii<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    match scope.with_bytes(args.get(0), <[u8]>::is_ascii) {
        Some(answer) => Ok(scope.bool(answer)),
        None => Err(not_bytes(scope)),
    }
}

fn is_utf8<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    match scope.with_bytes(args.get(0), |bytes| std::str::from_utf8(bytes).is_ok()) {
        Some(answer) => Ok(scope.bool(answer)),
        None => Err(not_bytes(scope)),
    }
}

#[cfg(test)]
mod tests {
    use super::{first_at_or_after, last_at_or_before, whole_characters};

    #[test]
    fn matches_begin_at_whole_units() {
        // 61 62 61 00 61 00: "a" of two bytes at 2 and 4.
        let haystack = b"\x61\x62\x61\x00\x61\x00";
        assert_eq!(first_at_or_after(haystack, b"a\0", 0, 2), Some(2));
        assert_eq!(first_at_or_after(haystack, b"a\0", 3, 2), Some(4));
        assert_eq!(first_at_or_after(haystack, b"a\0", 5, 2), None);
        assert_eq!(last_at_or_before(haystack, b"a\0", 5, 2), Some(4));
        assert_eq!(last_at_or_before(haystack, b"a\0", 3, 2), Some(2));
        assert_eq!(last_at_or_before(haystack, b"a\0", 1, 2), None);
        assert_eq!(first_at_or_after(b"\0a\0a", b"a\0", 0, 2), None);
        assert_eq!(last_at_or_before(b"\0a\0a", b"a\0", 3, 2), None);
    }

    #[test]
    fn characters_are_not_cut() {
        let text = "aé€".as_bytes();
        let lengths: Vec<_> = (0..=6).map(|room| whole_characters(text, room)).collect();
        assert_eq!(lengths, [0, 1, 1, 3, 3, 3, 6]);
    }
}
