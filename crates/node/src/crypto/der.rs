//! Reading DER (X.690), as far as certificates need it and OpenSSL's safe interface does not give it.

/// A value with its tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Value<'a> {
    /// The identifier octet; those of more octets are not read.
    pub(super) tag: u8,
    /// What is in it.
    pub(super) body: &'a [u8],
    /// All of it, with the tag and the length.
    pub(super) whole: &'a [u8],
}

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const UTF8_STRING: u8 = 0x0c;
pub(super) const IA5_STRING: u8 = 0x16;
pub(super) const UNIVERSAL_STRING: u8 = 0x1c;
pub(super) const BMP_STRING: u8 = 0x1e;
pub(super) const SEQUENCE: u8 = 0x30;

/// The tag of `[number]`, of a value with other values in it.
pub(super) const fn constructed(number: u8) -> u8 {
    0xa0 | number
}

/// The first value, and what follows it; `None` if it is malformed.
pub(super) fn first(bytes: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let &[tag, short, ..] = bytes else {
        return None;
    };
    if tag & 0x1f == 0x1f {
        return None;
    }
    let (header, length) = match short {
        0..0x80 => (2, usize::from(short)),
        // No length given, which DER does not know.
        0x80 => return None,
        _ => {
            let digits = bytes.get(2..2 + usize::from(short & 0x7f))?;
            let fold =
                |length: usize, digit: &u8| Some(length.checked_mul(256)? + usize::from(*digit));
            (2 + digits.len(), digits.iter().try_fold(0, fold)?)
        }
    };
    let end = header.checked_add(length)?;
    let (whole, rest) = bytes.split_at_checked(end)?;
    let body = &whole[header..];
    Some((Value { tag, body, whole }, rest))
}

/// All values, one behind the other; `None` if one is malformed.
pub(super) fn all(mut bytes: &[u8]) -> Option<Vec<Value<'_>>> {
    let mut values = Vec::new();
    while !bytes.is_empty() {
        let (value, rest) = first(bytes)?;
        values.push(value);
        bytes = rest;
    }
    Some(values)
}

impl<'a> Value<'a> {
    /// The values in it, if it has this tag.
    pub(super) fn parts(self, tag: u8) -> Option<Vec<Value<'a>>> {
        (self.tag == tag).then(|| all(self.body))?
    }
}

/// An object identifier in digits, `1.2.3`; `None` if it is malformed.
pub(super) fn dotted(oid: &[u8]) -> Option<String> {
    let mut arcs: Vec<u64> = Vec::new();
    let mut arc = 0_u64;
    for byte in oid {
        arc = arc.checked_mul(128)? | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            arcs.push(arc);
            arc = 0;
        }
    }
    if oid.last()? & 0x80 != 0 {
        return None;
    }
    // The first two share a number.
    let top = (arcs[0] / 40).min(2);
    let mut text = format!("{top}.{}", arcs[0] - 40 * top);
    for arc in &arcs[1..] {
        text.push_str(&format!(".{arc}"));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_follow_each_other() {
        let bytes = [0x30, 0x03, 0x02, 0x01, 0x05, 0x01, 0x81, 0x01, 0xff];
        let values = all(&bytes).unwrap();
        assert_eq!(values.len(), 2);
        assert_eq!(values[0].parts(SEQUENCE).unwrap()[0].body, [5]);
        assert_eq!(values[0].parts(BOOLEAN), None);
        assert_eq!((values[1].tag, values[1].body), (BOOLEAN, &[0xff][..]));
        assert_eq!(values[1].whole, &bytes[5..]);
    }

    #[test]
    fn what_is_cut_off_or_has_no_length_is_refused() {
        let cases: [&[u8]; 7] = [
            &[0x30],
            &[0x30, 0x01],
            &[0x30, 0x80, 0, 0],
            &[0x30, 0x82, 0x01],
            &[0x1f, 0x20, 0x00],
            &[0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1],
            &[0x30, 0x88, 255, 255, 255, 255, 255, 255, 255, 255],
        ];
        for bytes in cases {
            assert_eq!(all(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn object_identifiers_in_digits() {
        assert_eq!(dotted(&[0x55, 0x1d, 0x11]).as_deref(), Some("2.5.29.17"));
        assert_eq!(dotted(&[0x2a, 0x86, 0x48]).as_deref(), Some("1.2.840"));
        assert_eq!(dotted(&[0x88, 0x37, 0x01]).as_deref(), Some("2.999.1"));
        assert_eq!(dotted(&[]), None);
        assert_eq!(dotted(&[0x55, 0x86]), None);
    }
}
