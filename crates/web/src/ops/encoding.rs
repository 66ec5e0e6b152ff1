//! Text encodings (<https://encoding.spec.whatwg.org/>), by `encoding_rs`.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding};
use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_encode", 1, encode)
        .op("op_encode_into", 2, encode_into)
        .op("op_encoding_name", 1, encoding_name)
        .op("op_decode", 4, decode)
        .op("op_decoder_new", 3, decoder_new)
        .op("op_decoder_decode", 3, decoder_decode)
}

/// String → Uint8Array of its UTF-8.
fn encode<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let text = scope.to_string(args.get(0))?;
    scope.uint8_array(text)
}

/// `(string, Uint8Array)` → `[read, written]`: code units of UTF-16 read, bytes of UTF-8 written.
fn encode_into<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let text = scope.to_string(args.get(0))?;
    let Some(room) = scope.with_bytes(args.get(1), <[u8]>::len) else {
        return Err(not_bytes(scope));
    };
    let fitting = &text[..text.floor_char_boundary(room)];
    if !scope.write_bytes(args.get(1), fitting.as_bytes()) {
        return Err(not_bytes(scope));
    }
    let read: usize = if fitting.is_ascii() {
        fitting.len()
    } else {
        fitting.chars().map(char::len_utf16).sum()
    };
    let read = scope.number(read as f64);
    let written = scope.number(fitting.len() as f64);
    scope.array(&[read, written])
}

/// Label → name of the encoding in lower case, or undefined.
fn encoding_name<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let label = scope.to_string(args.get(0))?;
    match Encoding::for_label_no_replacement(label.as_bytes()) {
        Some(encoding) => scope.string(&encoding.name().to_ascii_lowercase()),
        None => Ok(scope.undefined()),
    }
}

/// The encoding that argument `index` names, as [`encoding_name`] answered it.
fn encoding_of(scope: &mut Scope<'_>, name: Local<'_>) -> Result<&'static Encoding, Thrown> {
    let name = scope.to_string(name)?;
    Encoding::for_label_no_replacement(name.as_bytes())
        .ok_or_else(|| scope.throw_range_error(&format!("\"{name}\" is not a valid encoding.")))
}

/// `(encoding, fatal, ignoreBOM, bytes)` → the text, or undefined where `fatal` forbids the bytes.
fn decode<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let encoding = encoding_of(scope, args.get(0))?;
    let fatal = args.get(1).as_bool() == Some(true);
    let ignore_bom = args.get(2).as_bool() == Some(true);
    let decoded = scope.with_bytes(args.get(3), |bytes| {
        let bytes = if ignore_bom {
            bytes
        } else {
            without_bom(encoding, bytes)
        };
        let text = if fatal {
            encoding.decode_without_bom_handling_and_without_replacement(bytes)?
        } else {
            encoding.decode_without_bom_handling(bytes).0
        };
        Some(Cow::into_owned(text))
    });
    match decoded {
        Some(Some(text)) => scope.string(&text),
        Some(None) => Ok(scope.undefined()),
        None => Err(not_bytes(scope)),
    }
}

/// The bytes after the byte order mark of `encoding`, if they start with it.
fn without_bom<'b>(encoding: &'static Encoding, bytes: &'b [u8]) -> &'b [u8] {
    match Encoding::for_bom(bytes) {
        Some((found, length)) if found == encoding => &bytes[length..],
        _ => bytes,
    }
}

/// A decoder in the middle of a stream.
struct StreamDecoder {
    decoder: RefCell<Decoder>,
    fatal: bool,
}

/// `(encoding, fatal, ignoreBOM)` → decoder.
fn decoder_new<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let encoding = encoding_of(scope, args.get(0))?;
    let decoder = if args.get(2).as_bool() == Some(true) {
        encoding.new_decoder_without_bom_handling()
    } else {
        encoding.new_decoder_with_bom_removal()
    };
    let fatal = args.get(1).as_bool() == Some(true);
    scope.wrap(Rc::new(StreamDecoder {
        decoder: RefCell::new(decoder),
        fatal,
    }))
}

/// `(decoder, bytes?, more)` → the text so far, or undefined where `fatal` forbids the bytes.
fn decoder_decode<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let stream = scope.unwrap::<StreamDecoder>(args.get(0))?;
    let last = args.get(2).as_bool() != Some(true);
    let input = args.get(1);
    let text = if input.is_undefined() {
        Some(stream.feed(&[], last))
    } else {
        scope.with_bytes(input, |bytes| stream.feed(bytes, last))
    };
    match text {
        Some(Some(text)) => scope.string(&text),
        Some(None) => Ok(scope.undefined()),
        None => Err(not_bytes(scope)),
    }
}

impl StreamDecoder {
    /// Decodes more bytes; `None` where they are malformed and the decoder is fatal.
    fn feed(&self, bytes: &[u8], last: bool) -> Option<String> {
        let mut decoder = self.decoder.borrow_mut();
        // Room for the worst case: the decoder then never stops for want of it.
        let capacity = if self.fatal {
            decoder.max_utf8_buffer_length_without_replacement(bytes.len())
        } else {
            decoder.max_utf8_buffer_length(bytes.len())
        };
        let mut text = String::with_capacity(capacity.expect("text below the address space"));
        if self.fatal {
            let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut text, last);
            match result {
                DecoderResult::InputEmpty => Some(text),
                DecoderResult::Malformed(..) => None,
                DecoderResult::OutputFull => unreachable!("the text has room for the worst case"),
            }
        } else {
            let (result, ..) = decoder.decode_to_string(bytes, &mut text, last);
            assert!(
                matches!(result, CoderResult::InputEmpty),
                "the text has room for the worst case"
            );
            Some(text)
        }
    }
}

fn not_bytes(scope: &mut Scope<'_>) -> Thrown {
    scope.throw_type_error(
        "The value is neither an ArrayBuffer nor a view of one (shared memory is not supported).",
    )
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use encoding_rs::{UTF_8, UTF_16LE};

    use super::{StreamDecoder, without_bom};

    #[test]
    fn only_the_encodings_own_mark_is_removed() {
        assert_eq!(without_bom(UTF_8, b"\xef\xbb\xbfa"), b"a");
        assert_eq!(without_bom(UTF_8, b"\xff\xfea"), b"\xff\xfea");
        assert_eq!(without_bom(UTF_16LE, b"\xff\xfea\0"), b"a\0");
    }

    #[test]
    fn a_character_cut_by_a_chunk_is_put_together() {
        let stream = |fatal| StreamDecoder {
            decoder: RefCell::new(UTF_8.new_decoder_with_bom_removal()),
            fatal,
        };
        for fatal in [false, true] {
            let stream = stream(fatal);
            assert_eq!(stream.feed(b"\xe2\x82", false).as_deref(), Some(""));
            assert_eq!(stream.feed(b"\xac", true).as_deref(), Some("\u{20ac}"));
        }
        assert_eq!(
            stream(false).feed(b"\xe2\x82", true).as_deref(),
            Some("\u{fffd}")
        );
        assert_eq!(stream(true).feed(b"\xe2\x82", true), None);
    }
}
