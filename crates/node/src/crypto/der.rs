//! Values in DER (X.690), as far as certificates need them and OpenSSL's safe interface does not give them.

use asn1::ObjectIdentifier;
pub(super) use asn1::Tlv as Value;

// Tags, as the octets that they are written as.
pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const UTF8_STRING: u8 = 0x0c;
pub(super) const IA5_STRING: u8 = 0x16;
pub(super) const UNIVERSAL_STRING: u8 = 0x1c;
pub(super) const BMP_STRING: u8 = 0x1e;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// The tag of `[number]`, of a value with other values in it.
pub(super) const fn constructed(number: u8) -> u8 {
    0xa0 | number
}

/// The first value, whatever follows it; `None` if it is malformed.
pub(super) fn first(bytes: &[u8]) -> Option<Value<'_>> {
    asn1::strip_tlv(bytes).ok().map(|(value, _)| value)
}

pub(super) fn has_tag(value: &Value<'_>, tag: u8) -> bool {
    value.tag().as_u8() == Some(tag)
}

/// What is in a value, if it has this tag.
pub(super) fn body<'a>(value: &Value<'a>, tag: u8) -> Option<&'a [u8]> {
    has_tag(value, tag).then(|| value.data())
}

/// The values in a value, if it has this tag; `None` if one is malformed. The order in a set is not looked at: OpenSSL
/// takes certificates with any.
pub(super) fn parts<'a>(value: &Value<'a>, tag: u8) -> Option<Vec<Value<'a>>> {
    let mut rest = body(value, tag)?;
    let mut values = Vec::new();
    while !rest.is_empty() {
        let (value, after) = asn1::strip_tlv(rest).ok()?;
        values.push(value);
        rest = after;
    }
    Some(values)
}

/// An object identifier in digits, `1.2.3`; `None` if it is malformed.
pub(super) fn dotted(oid: &[u8]) -> Option<String> {
    Some(ObjectIdentifier::from_der(oid).ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_follow_each_other() {
        let bytes = [0x30, 6, 0x02, 1, 5, 0x01, 1, 0xff, 0x00];
        let value = first(&bytes).unwrap();
        assert_eq!(value.full_data(), &bytes[..8]);
        assert_eq!(parts(&value, SET), None);
        let values = parts(&value, SEQUENCE).unwrap();
        assert_eq!(values.len(), 2);
        assert_eq!(values[0].data(), [5]);
        assert_eq!(body(&values[1], BOOLEAN), Some(&[0xff][..]));
        assert_eq!(body(&values[1], BIT_STRING), None);
        assert_eq!(values[1].full_data(), &bytes[5..8]);
        // The second one is longer than what it is in.
        let bytes = [0x30, 5, 0x02, 1, 5, 0x01, 1];
        assert_eq!(parts(&first(&bytes).unwrap(), SEQUENCE), None);
    }

    #[test]
    fn what_is_cut_off_or_has_no_length_is_refused() {
        let cases: [&[u8]; 7] = [
            &[],
            &[0x30],
            &[0x30, 0x01],
            &[0x30, 0x80, 0, 0],
            &[0x30, 0x82, 0x01],
            &[0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1],
            &[0x30, 0x88, 255, 255, 255, 255, 255, 255, 255, 255],
        ];
        for bytes in cases {
            assert_eq!(first(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_tag_of_more_octets_is_none_of_those_looked_for() {
        let value = first(&[0x1f, 0x20, 0x00]).unwrap();
        assert!(!has_tag(&value, 0x1f));
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
