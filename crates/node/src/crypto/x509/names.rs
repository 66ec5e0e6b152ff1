//! Names in certificates, written as Node writes them.

use std::fmt::Write;

use openssl::asn1::Asn1Object;
use openssl::nid::Nid;

use super::super::der::{
    self, BMP_STRING, OBJECT_IDENTIFIER, SEQUENCE, SET, UNIVERSAL_STRING, UTF8_STRING, Value,
    constructed,
};

// --- distinguished names -------------------------------------------------------------------------

/// One attribute of a distinguished name.
pub(super) struct Attribute<'a> {
    /// OpenSSL's short name for its type, or the object identifier in digits.
    pub(super) key: String,
    is_known: bool,
    value: Value<'a>,
}

impl<'a> Attribute<'a> {
    fn read(attribute: &Value<'a>) -> Option<Attribute<'a>> {
        let parts = der::parts(attribute, SEQUENCE)?;
        let [oid, value] = parts[..] else {
            return None;
        };
        let dotted = identifier(&oid)?;
        let nid = Asn1Object::from_str(&dotted).ok()?.nid();
        let is_known = nid != Nid::UNDEF;
        let key = match is_known {
            true => nid.short_name().ok()?.to_owned(),
            false => dotted,
        };
        Some(Attribute {
            key,
            is_known,
            value,
        })
    }

    /// The value; `None` if it is not valid in its encoding.
    pub(super) fn text(&self) -> Option<String> {
        text_of(self.value)
    }
}

/// The attributes of a name (RFC 5280, 4.1.2.4), grouped as they are in it; `None` if it is malformed.
pub(super) fn attributes(name: Value<'_>) -> Option<Vec<Vec<Attribute<'_>>>> {
    let mut groups = Vec::new();
    for set in der::parts(&name, SEQUENCE)? {
        let set = der::parts(&set, SET)?;
        groups.push(
            set.iter()
                .map(Attribute::read)
                .collect::<Option<Vec<_>>>()?,
        );
    }
    Some(groups)
}

/// One line for each group, as in `subject` and `issuer`.
pub(super) fn in_lines(name: Value<'_>) -> Option<String> {
    let groups = attributes(name)?;
    let line = |group: Vec<Attribute<'_>>| -> Option<String> {
        let parts = group.iter().map(|attribute| {
            let text = escaped(&attribute.text()?, true);
            Some(format!("{}={text}", attribute.key))
        });
        Some(parts.collect::<Option<Vec<_>>>()?.join(" + "))
    };
    let lines = groups.into_iter().map(line);
    Some(lines.collect::<Option<Vec<_>>>()?.join("\n"))
}

/// As RFC 2253 has it, the last group first, but with control characters as they are.
fn in_one_line(name: Value<'_>) -> Option<String> {
    let groups = attributes(name)?;
    let part = |attribute: &Attribute<'_>| {
        let text = match attribute.is_known {
            true => escaped(&attribute.text()?, false),
            false => format!("#{}", hex(attribute.value.full_data())),
        };
        Some(format!("{}={text}", attribute.key))
    };
    let groups = groups.iter().rev().map(|group| {
        let parts = group.iter().rev().map(part).collect::<Option<Vec<_>>>();
        Some(parts?.join("+"))
    });
    Some(groups.collect::<Option<Vec<_>>>()?.join(","))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

/// What RFC 2253 wants escaped.
fn escaped(text: &str, controls: bool) -> String {
    let mut output = String::with_capacity(text.len());
    let last = text.chars().count().saturating_sub(1);
    for (index, char) in text.chars().enumerate() {
        let is_special = match char {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' => true,
            ' ' => index == 0 || index == last,
            '#' => index == 0,
            _ => false,
        };
        if controls && char.is_ascii_control() {
            let _ = write!(output, "\\{:02X}", u32::from(char));
            continue;
        }
        if is_special {
            output.push('\\');
        }
        output.push(char);
    }
    output
}

/// The text of a string of any type; those that are no strings are read as Latin-1, as OpenSSL does.
fn text_of(value: Value<'_>) -> Option<String> {
    let body = value.data();
    match value.tag().as_u8()? {
        UTF8_STRING => Some(std::str::from_utf8(body).ok()?.to_owned()),
        BMP_STRING => {
            let units = body.chunks(2).map(|unit| match unit {
                &[high, low] => char::from_u32(u32::from(u16::from_be_bytes([high, low]))),
                _ => None,
            });
            units.collect()
        }
        UNIVERSAL_STRING => {
            let units = body.chunks(4).map(|unit| {
                let unit = <[u8; 4]>::try_from(unit).ok()?;
                char::from_u32(u32::from_be_bytes(unit))
            });
            units.collect()
        }
        _ => Some(latin1(body)),
    }
}

pub(super) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// An object identifier in digits.
pub(super) fn identifier(oid: &Value<'_>) -> Option<String> {
    der::dotted(der::body(oid, OBJECT_IDENTIFIER)?)
}

// --- general names -------------------------------------------------------------------------------

/// Tags of the choices of a GeneralName (RFC 5280, 4.2.1.6).
pub(super) const EMAIL: u8 = 0x81;
pub(super) const DNS: u8 = 0x82;
pub(super) const URI: u8 = 0x86;
pub(super) const IP: u8 = 0x87;
const OTHER: u8 = constructed(0);
const X400: u8 = constructed(3);
const DIRECTORY: u8 = constructed(4);
const EDI_PARTY: u8 = constructed(5);
const REGISTERED_ID: u8 = 0x88;

/// A general name as in `subjectAltName`: what could be taken for several names is quoted (CVE-2021-44532).
pub(super) fn general_name(name: &Value<'_>) -> Option<String> {
    let body = name.data();
    Some(match name.tag().as_u8()? {
        DNS => format!("DNS:{}", quoted_ascii(body)),
        EMAIL => format!("email:{}", quoted_ascii(body)),
        URI => format!("URI:{}", quoted_ascii(body)),
        DIRECTORY => {
            let inner = der::first(body)?;
            format!("DirName:{}", quoted(&in_one_line(inner)?))
        }
        IP => format!("IP Address:{}", ip_address(body)),
        REGISTERED_ID => format!("Registered ID:{}", der::dotted(body)?),
        OTHER => "othername:<unsupported>".to_owned(),
        X400 => "X400Name:<unsupported>".to_owned(),
        EDI_PARTY => "EdiPartyName:<unsupported>".to_owned(),
        _ => return None,
    })
}

fn ip_address(bytes: &[u8]) -> String {
    match bytes.len() {
        4 => bytes
            .iter()
            .map(u8::to_string)
            .collect::<Vec<_>>()
            .join("."),
        16 => {
            let pairs = bytes.chunks(2);
            let pairs = pairs.map(|pair| format!("{:X}", u16::from_be_bytes([pair[0], pair[1]])));
            pairs.collect::<Vec<_>>().join(":")
        }
        _ => "<invalid>".to_owned(),
    }
}

fn is_unsafe(char: char) -> bool {
    matches!(char, '"' | '\\' | ',' | '\'') || char.is_ascii_control()
}

fn quoted(text: &str) -> String {
    match text.chars().any(is_unsafe) {
        true => quote(text, |char| char == ',' || char.is_ascii_control()),
        false => text.to_owned(),
    }
}

/// The same for bytes that should be ASCII.
fn quoted_ascii(bytes: &[u8]) -> String {
    let text = latin1(bytes);
    match text.chars().any(|char| is_unsafe(char) || !char.is_ascii()) {
        true => quote(&text, |char| {
            char == ',' || char.is_ascii_control() || !char.is_ascii()
        }),
        false => text,
    }
}

/// Text as JSON has it, in which these characters are written as numbers.
fn quote(text: &str, by_number: impl Fn(char) -> bool) -> String {
    let mut output = String::from("\"");
    for char in text.chars() {
        match char {
            '"' | '\\' => output.extend(['\\', char]),
            _ if by_number(char) => {
                let _ = write!(output, "\\u{:04x}", u32::from(char));
            }
            _ => output.push(char),
        }
    }
    output.push('"');
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_names_is_escaped() {
        assert_eq!(escaped(" a, b+c ", true), "\\ a\\, b\\+c\\ ");
        assert_eq!(escaped("#1#\n", true), "\\#1#\\0A");
        assert_eq!(escaped("ü\n", false), "ü\n");
        assert_eq!(escaped("", true), "");
    }

    #[test]
    fn a_name_that_looks_like_two_is_quoted() {
        assert_eq!(quoted_ascii(b"example.com"), "example.com");
        assert_eq!(
            quoted_ascii(b"a\", DNS:b\xe4"),
            "\"a\\\"\\u002c DNS:b\\u00e4\""
        );
        assert_eq!(quoted("ü"), "ü");
        assert_eq!(quoted("ü'\\"), "\"ü'\\\\\"");
    }

    #[test]
    fn strings_of_every_width() {
        let text = |tag, body: &[u8]| {
            let whole = [&[tag, body.len() as u8], body].concat();
            text_of(der::first(&whole).unwrap())
        };
        assert_eq!(text(UTF8_STRING, "ü".as_bytes()).as_deref(), Some("ü"));
        assert_eq!(text(UTF8_STRING, b"\xff"), None);
        assert_eq!(text(BMP_STRING, &[0, 0xfc]).as_deref(), Some("ü"));
        assert_eq!(text(BMP_STRING, &[0, 0xfc, 0]), None);
        assert_eq!(
            text(UNIVERSAL_STRING, &[0, 1, 0xf6, 0]).as_deref(),
            Some("😀")
        );
        assert_eq!(text(0x13, &[0xfc]).as_deref(), Some("ü"));
    }
}
