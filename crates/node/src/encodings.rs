//! Node's encodings of text, with its lenient way of reading Base64 and hexadecimal digits.
//!
//! Code units above 255 count by their low byte where an encoding knows bytes only, as in Node.

use base64_simd::{STANDARD, URL_SAFE_NO_PAD};

/// The number that JavaScript (`js/internal/encodings.js`) gives to each encoding is its place here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Encoding {
    /// Lone surrogates become U+FFFD.
    Utf8,
    /// One byte for each code unit.
    Latin1,
    /// As Latin-1, but the highest bit is dropped when bytes become text.
    Ascii,
    /// Code units, the low byte first.
    Utf16Le,
    /// Either alphabet is read.
    Base64,
    /// Without padding.
    Base64Url,
    /// Digits, two for each byte.
    Hex,
}

impl Encoding {
    /// The encoding with this number.
    pub(crate) fn from_number(number: i32) -> Option<Self> {
        Some(match number {
            0 => Encoding::Utf8,
            1 => Encoding::Latin1,
            2 => Encoding::Ascii,
            3 => Encoding::Utf16Le,
            4 => Encoding::Base64,
            5 => Encoding::Base64Url,
            6 => Encoding::Hex,
            _ => return None,
        })
    }
}

/// Base64 of either alphabet: what is no digit is skipped, `=` ends it, and so does the end of the text in the middle
/// of a group.
pub(crate) fn decode_base64(text: &[u8]) -> Vec<u8> {
    // Strict reading is many times faster and gives the same wherever it succeeds.
    if let Ok(bytes) = STANDARD.decode_to_vec(text) {
        return bytes;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut count) = (0_u32, 0);
    for value in text
        .iter()
        .take_while(|&&byte| byte != b'=')
        .filter_map(|&byte| base64_digit(byte))
    {
        bits = (bits << 6) | u32::from(value);
        count += 1;
        if count == 4 {
            bytes.extend_from_slice(&bits.to_be_bytes()[1..]);
            (bits, count) = (0, 0);
        }
    }
    match count {
        2 => bytes.push((bits >> 4) as u8),
        3 => bytes.extend_from_slice(&[(bits >> 10) as u8, (bits >> 2) as u8]),
        _ => {}
    }
    bytes
}

fn base64_digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Pairs of digits up to the first that is none.
pub(crate) fn decode_hex(text: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    text.chunks_exact(2)
        .map_while(|pair| Some((digit(pair[0])? << 4) | digit(pair[1])?))
        .collect()
}

/// Lower-case digits.
pub(crate) fn encode_hex(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| {
            [
                DIGITS[usize::from(byte >> 4)],
                DIGITS[usize::from(byte & 15)],
            ]
        })
        .collect()
}

/// With padding.
pub(crate) fn encode_base64(bytes: &[u8]) -> Vec<u8> {
    STANDARD.encode_type::<Vec<u8>>(bytes)
}

/// In the alphabet of URLs, without padding.
pub(crate) fn encode_base64_url(bytes: &[u8]) -> Vec<u8> {
    URL_SAFE_NO_PAD.encode_type::<Vec<u8>>(bytes)
}

#[cfg(test)]
mod tests {
    use super::{decode_base64, decode_hex, encode_base64, encode_base64_url, encode_hex};

    #[test]
    fn base64_is_read_leniently() {
        let cases: [(&str, &[u8]); 12] = [
            ("YWJj", b"abc"),
            ("YQ==", b"a"),
            ("YQ", b"a"),
            ("YW", b"a"),
            ("YWJ", b"ab"),
            ("Y", b""),
            ("YWJjZ", b"abc"),
            ("YW Jj\nZA", b"abcd"),
            ("YW!J@j", b"abc"),
            ("YQ==YQ==", b"a"),
            ("=YQ", b""),
            ("+/-_", b"\xfb\xff\xbf"),
        ];
        for (text, bytes) in cases {
            assert_eq!(decode_base64(text.as_bytes()), bytes, "{text}");
        }
    }

    #[test]
    fn hex_ends_at_the_first_pair_that_is_none() {
        assert_eq!(decode_hex(b"abCD1"), [0xab, 0xcd]);
        assert_eq!(decode_hex(b"abx012"), [0xab]);
        assert!(decode_hex(b"a").is_empty());
    }

    #[test]
    fn bytes_as_text() {
        assert_eq!(encode_hex(b"\x00\xff\x1a"), b"00ff1a");
        assert_eq!(encode_base64(b"\xfb\xffa"), b"+/9h");
        assert_eq!(encode_base64(b"a"), b"YQ==");
        assert_eq!(encode_base64_url(b"\xfb\xff"), b"-_8");
    }
}
