//! Strings across the border. They cross as Latin-1 when they can.

use encoding_rs::mem;
use mozjs::jsapi::{
    JS_DeprecatedStringHasLatin1Chars, JS_GetLatin1StringCharsAndLength,
    JS_GetTwoByteStringCharsAndLength, JS_NewStringCopyN, JS_NewUCStringCopyN, JSString,
    ToStringSlow,
};
use mozjs::jsval::StringValue;

use crate::handles::Local;
use crate::scope::{JsResult, Scope, Thrown};

impl<'s> Scope<'s> {
    /// A JavaScript string with the text of `text`.
    pub fn string(&mut self, text: &str) -> JsResult<'s> {
        if text.is_ascii() {
            return self.latin1(text.as_bytes());
        }
        if mem::is_str_latin1(text) {
            return self.latin1(&mem::encode_latin1_lossy(text));
        }
        // Never more units than bytes.
        let mut units = vec![0; text.len()];
        let length = mem::convert_str_to_utf16(text, &mut units);
        self.utf16(&units[..length])
    }

    /// A JavaScript string of code units below 256, one per byte.
    pub fn latin1(&mut self, bytes: &[u8]) -> JsResult<'s> {
        // SAFETY: pointer and length are those of `bytes`, which the call copies.
        let string = unsafe { JS_NewStringCopyN(self.cx(), bytes.as_ptr().cast(), bytes.len()) };
        self.root_string(string)
    }

    /// A JavaScript string of these UTF-16 code units; lone surrogates are kept.
    pub fn utf16(&mut self, units: &[u16]) -> JsResult<'s> {
        // SAFETY: pointer and length are those of `units`, which the call copies.
        let string = unsafe { JS_NewUCStringCopyN(self.cx(), units.as_ptr(), units.len()) };
        self.root_string(string)
    }

    pub(crate) fn root_string(&mut self, string: *mut JSString) -> JsResult<'s> {
        if string.is_null() {
            return Err(Thrown);
        }
        // SAFETY: a fresh string, rooted before anything can collect it.
        Ok(self.root(unsafe { StringValue(&*string) }))
    }

    /// `ToString(value)`; lone surrogates become U+FFFD.
    pub fn to_string(&mut self, value: Local<'_>) -> Result<String, Thrown> {
        self.with_chars(value, |chars| match chars {
            Chars::Latin1(bytes) => mem::decode_latin1(bytes).into_owned(),
            Chars::Utf16(units) => from_utf16_lossy(units),
        })
    }

    /// `ToString(value)` as UTF-16 code units, lone surrogates and all.
    pub fn string_utf16(&mut self, value: Local<'_>) -> Result<Vec<u16>, Thrown> {
        self.with_chars(value, |chars| match chars {
            Chars::Latin1(bytes) => bytes.iter().map(|&byte| u16::from(byte)).collect(),
            Chars::Utf16(units) => units.to_vec(),
        })
    }

    /// `ToString(value)` as bytes if all code units are below 256, else `None`.
    pub fn string_latin1(&mut self, value: Local<'_>) -> Result<Option<Vec<u8>>, Thrown> {
        self.with_chars(value, |chars| match chars {
            Chars::Latin1(bytes) => Some(bytes.to_vec()),
            Chars::Utf16(units) => units.iter().map(|&unit| u8::try_from(unit).ok()).collect(),
        })
    }

    /// A string as in a message: never throws, for diagnostics only.
    pub fn display(&mut self, value: Local<'_>) -> String {
        match self.to_string(value) {
            Ok(text) => text,
            Err(Thrown) => {
                self.take_exception();
                "(a value that cannot be converted to a string)".to_owned()
            }
        }
    }

    fn with_chars<R>(
        &mut self,
        value: Local<'_>,
        f: impl FnOnce(Chars<'_>) -> R,
    ) -> Result<R, Thrown> {
        let value = value.value();
        let string = if value.is_string() {
            value.to_string()
        } else {
            let rooted = self.root(value);
            // SAFETY: the slot is rooted; the call may run JavaScript, as the caller expects.
            unsafe { ToStringSlow(self.cx(), rooted.handle()) }
        };
        if string.is_null() {
            return Err(Thrown);
        }
        // Flattening a rope may collect, so keep the string in a slot until its chars are read.
        // SAFETY: `string` is a live string.
        let rooted = self.root(unsafe { StringValue(&*string) });
        let string = rooted.value().to_string();
        let mut length = 0;
        // SAFETY: `string` is rooted by `rooted`; the character pointers stay valid while nothing
        // collects, and `f` gets no access to the engine.
        unsafe {
            if JS_DeprecatedStringHasLatin1Chars(string) {
                let chars = JS_GetLatin1StringCharsAndLength(
                    self.cx(),
                    std::ptr::null(),
                    string,
                    &mut length,
                );
                if chars.is_null() {
                    return Err(Thrown);
                }
                Ok(f(Chars::Latin1(std::slice::from_raw_parts(chars, length))))
            } else {
                let chars = JS_GetTwoByteStringCharsAndLength(
                    self.cx(),
                    std::ptr::null(),
                    string,
                    &mut length,
                );
                if chars.is_null() {
                    return Err(Thrown);
                }
                Ok(f(Chars::Utf16(std::slice::from_raw_parts(chars, length))))
            }
        }
    }
}

enum Chars<'a> {
    Latin1(&'a [u8]),
    Utf16(&'a [u16]),
}

/// Lone surrogates become U+FFFD.
fn from_utf16_lossy(mut units: &[u16]) -> String {
    let mut text = String::with_capacity(units.len());
    let mut piece = [0; UTF8_PIECE_BYTES];
    while !units.is_empty() {
        let (read, written) = mem::convert_utf16_to_utf8_partial(units, &mut piece);
        // SAFETY: what was written is UTF-8, of whole characters.
        text.push_str(unsafe { str::from_utf8_unchecked(&piece[..written]) });
        units = &units[read..];
    }
    text
}

/// UTF-16 is converted in pieces of so many bytes, as it is not known how many it needs.
const UTF8_PIECE_BYTES: usize = 4 << 10;

#[cfg(test)]
mod tests {
    use super::{UTF8_PIECE_BYTES, from_utf16_lossy};

    #[test]
    fn pairs_at_the_end_of_a_piece_stay_together() {
        for before in [
            0,
            1,
            2,
            3,
            UTF8_PIECE_BYTES - 2,
            UTF8_PIECE_BYTES - 1,
            UTF8_PIECE_BYTES,
        ] {
            let text = format!("{}\u{1f600}\u{20ac}", "a".repeat(before)).repeat(3);
            let units: Vec<u16> = text.encode_utf16().collect();
            assert_eq!(from_utf16_lossy(&units), text);
        }
        let mut units = vec![u16::from(b'a'); UTF8_PIECE_BYTES - 2];
        units.extend([0xd83d, 0x20ac, 0xde00, 0xd83d]);
        assert_eq!(from_utf16_lossy(&units), String::from_utf16_lossy(&units));
    }
}
