//! Messages of the DNS (RFC 1035): a question as bytes, and the records of an answer. No I/O.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The longest message that comes without saying that there is more.
pub(super) const DATAGRAM_MAX: usize = 4096;
const NAME_MAX: usize = 255;
const LABEL_MAX: usize = 63;
/// A name is made of pieces; each piece lies before the one that names it, so this is only against malice.
const POINTERS_MAX: usize = 64;
const HEADER: usize = 12;
const CLASS_INTERNET: u16 = 1;

const IS_RESPONSE: u16 = 1 << 15;
const IS_TRUNCATED: u16 = 1 << 9;
const RECURSION_DESIRED: u16 = 1 << 8;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub(super) enum Type {
    A = 1,
    Ns = 2,
    Cname = 5,
    Soa = 6,
    Ptr = 12,
    Mx = 15,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Naptr = 35,
    Caa = 257,
}

impl Type {
    pub(super) fn from_name(name: &str) -> Option<Type> {
        Some(match name {
            "A" => Type::A,
            "NS" => Type::Ns,
            "CNAME" => Type::Cname,
            "SOA" => Type::Soa,
            "PTR" => Type::Ptr,
            "MX" => Type::Mx,
            "TXT" => Type::Txt,
            "AAAA" => Type::Aaaa,
            "SRV" => Type::Srv,
            "NAPTR" => Type::Naptr,
            "CAA" => Type::Caa,
            _ => return None,
        })
    }
}

/// A part of a record, as its type has them one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    Number(u32),
    Text(String),
}

/// The time to live in seconds, then the fields.
pub(super) type Record = Vec<Field>;

/// Why there is no answer. [`Failure::code`] is Node's word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// The name cannot be asked for.
    BadName,
    /// The answer makes no sense.
    BadResponse,
    /// There is no such name, or it has no records of that type.
    NotFound,
    /// What the server says.
    Format,
    Server,
    NotImplemented,
    Refused,
    /// No server could be reached.
    Unreachable,
    /// No server answered in time.
    Timeout,
}

impl Failure {
    pub(super) fn code(self) -> &'static str {
        match self {
            Failure::BadName => "EBADNAME",
            Failure::BadResponse => "EBADRESP",
            Failure::NotFound => "ENOTFOUND",
            Failure::Format => "EFORMERR",
            Failure::Server => "ESERVFAIL",
            Failure::NotImplemented => "ENOTIMP",
            Failure::Refused => "EREFUSED",
            Failure::Unreachable => "ECONNREFUSED",
            Failure::Timeout => "ETIMEOUT",
        }
    }
}

/// The question for records of a name.
pub(super) fn question(id: u16, name: &str, kind: Type) -> Result<Vec<u8>, Failure> {
    let mut message = Vec::with_capacity(HEADER + name.len() + 6);
    for word in [id, RECURSION_DESIRED, 1, 0, 0, 0] {
        message.extend(word.to_be_bytes());
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    if !name.is_ascii() || name.len() + 2 > NAME_MAX {
        return Err(Failure::BadName);
    }
    for label in name.split('.') {
        if label.is_empty() || label.len() > LABEL_MAX {
            return Err(Failure::BadName);
        }
        message.push(label.len() as u8);
        message.extend(label.as_bytes());
    }
    message.push(0);
    for word in [kind as u16, CLASS_INTERNET] {
        message.extend(word.to_be_bytes());
    }
    Ok(message)
}

/// What an answer to a question is good for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It answers another question.
    Foreign,
    /// It did not fit: the server is to be asked by TCP.
    Truncated,
    /// These records of the type, or none.
    Is(Result<Vec<Record>, Failure>),
}

/// Reads the answer to `question`.
pub(super) fn answer(question: &[u8], message: &[u8], kind: Type) -> Answer {
    let mut reader = Reader { message, at: 0 };
    let header: Option<Vec<u16>> = (0..6).map(|_| reader.word()).collect();
    let Some(header) = header else {
        return Answer::Foreign;
    };
    let (flags, questions) = (header[1], header[2]);
    // Names may come back with other letters of the same kind.
    let asked = message.get(HEADER..question.len());
    let same = asked.is_some_and(|asked| asked.eq_ignore_ascii_case(&question[HEADER..]));
    if message[..2] != question[..2] || flags & IS_RESPONSE == 0 {
        return Answer::Foreign;
    }
    match flags & 0xf {
        0 if questions != 1 || !same => return Answer::Foreign,
        0 => {}
        1 => return Answer::Is(Err(Failure::Format)),
        2 => return Answer::Is(Err(Failure::Server)),
        3 => return Answer::Is(Err(Failure::NotFound)),
        4 => return Answer::Is(Err(Failure::NotImplemented)),
        5 => return Answer::Is(Err(Failure::Refused)),
        _ => return Answer::Is(Err(Failure::BadResponse)),
    }
    if flags & IS_TRUNCATED != 0 {
        return Answer::Truncated;
    }
    reader.at = question.len();
    Answer::Is(match records(&mut reader, header[3], kind) {
        None => Err(Failure::BadResponse),
        Some(records) if records.is_empty() => Err(Failure::NotFound),
        Some(records) => Ok(records),
    })
}

fn records(reader: &mut Reader<'_>, count: u16, kind: Type) -> Option<Vec<Record>> {
    let mut found = Vec::new();
    for _ in 0..count {
        reader.name()?;
        let (record_kind, class) = (reader.word()?, reader.word()?);
        let ttl = reader.double_word()?;
        let length = usize::from(reader.word()?);
        let end = reader.at.checked_add(length)?;
        if end > reader.message.len() {
            return None;
        }
        // Others lead there: aliases on the way to an address.
        if record_kind == kind as u16 && class == CLASS_INTERNET {
            let mut record = vec![Field::Number(ttl)];
            let mut data = Reader {
                message: &reader.message[..end],
                at: reader.at,
            };
            data.fields(kind, &mut record)?;
            found.push(record);
        }
        reader.at = end;
    }
    Some(found)
}

struct Reader<'a> {
    message: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let bytes = self.message.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(bytes)
    }

    fn byte(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    fn word(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    fn double_word(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    fn rest(&mut self) -> Option<&'a [u8]> {
        self.take(self.message.len() - self.at)
    }

    /// A text with its length before it.
    fn text(&mut self) -> Option<String> {
        let length = usize::from(self.byte()?);
        Some(text_of(self.take(length)?))
    }

    /// A name, without the dot at its end.
    fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        let mut end = None;
        let mut pointers = 0;
        loop {
            let length = self.byte()?;
            match length >> 6 {
                0 if length == 0 => break,
                0 => {
                    let label = self.take(usize::from(length))?;
                    if !name.is_empty() {
                        name.push('.');
                    }
                    name.push_str(&text_of(label));
                    if name.len() > 4 * NAME_MAX {
                        return None;
                    }
                }
                // The rest is elsewhere.
                3 => {
                    let low = self.byte()?;
                    end.get_or_insert(self.at);
                    self.at = usize::from(u16::from_be_bytes([length & 0x3f, low]));
                    pointers += 1;
                    if pointers > POINTERS_MAX {
                        return None;
                    }
                }
                _ => return None,
            }
        }
        if let Some(end) = end {
            self.at = end;
        }
        Some(name)
    }

    fn fields(&mut self, kind: Type, record: &mut Record) -> Option<()> {
        let number = |value: u16| Field::Number(u32::from(value));
        match kind {
            Type::A => {
                let bytes: [u8; 4] = self.rest()?.try_into().ok()?;
                record.push(Field::Text(Ipv4Addr::from(bytes).to_string()));
            }
            Type::Aaaa => {
                let bytes: [u8; 16] = self.rest()?.try_into().ok()?;
                record.push(Field::Text(Ipv6Addr::from(bytes).to_string()));
            }
            Type::Ns | Type::Cname | Type::Ptr => record.push(Field::Text(self.name()?)),
            Type::Mx => {
                record.push(number(self.word()?));
                record.push(Field::Text(self.name()?));
            }
            Type::Txt => {
                while self.at < self.message.len() {
                    record.push(Field::Text(self.text()?));
                }
            }
            Type::Soa => {
                record.push(Field::Text(self.name()?));
                record.push(Field::Text(self.name()?));
                for _ in 0..5 {
                    record.push(Field::Number(self.double_word()?));
                }
            }
            Type::Srv => {
                for _ in 0..3 {
                    record.push(number(self.word()?));
                }
                record.push(Field::Text(self.name()?));
            }
            Type::Naptr => {
                for _ in 0..2 {
                    record.push(number(self.word()?));
                }
                for _ in 0..3 {
                    record.push(Field::Text(self.text()?));
                }
                record.push(Field::Text(self.name()?));
            }
            Type::Caa => {
                record.push(number(u16::from(self.byte()?)));
                record.push(Field::Text(self.text()?));
                record.push(Field::Text(text_of(self.rest()?)));
            }
        }
        Some(())
    }
}

/// Records hold bytes; most are ASCII, and those of other texts UTF-8.
fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An answer as a server makes it: `records` are types and what is in them.
    pub(in crate::dns) fn answer_to(
        question: &[u8],
        flags: u16,
        records: &[(u16, &[u8])],
    ) -> Vec<u8> {
        let mut message = question[..2].to_vec();
        for word in [IS_RESPONSE | flags, 1, records.len() as u16, 0, 0] {
            message.extend(word.to_be_bytes());
        }
        message.extend(&question[HEADER..]);
        for (kind, data) in records {
            // The name of the question.
            message.extend([0xc0, HEADER as u8]);
            message.extend(kind.to_be_bytes());
            message.extend(CLASS_INTERNET.to_be_bytes());
            message.extend(60_u32.to_be_bytes());
            message.extend((data.len() as u16).to_be_bytes());
            message.extend(*data);
        }
        message
    }

    fn text(text: &str) -> Field {
        Field::Text(text.to_owned())
    }

    #[test]
    fn a_question_is_what_the_standard_says() {
        let message = question(0x1234, "a.example.", Type::Mx).unwrap();
        let expected = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01a\x07example\0\0\x0f\0\x01";
        assert_eq!(message, expected);
        let long = "a".repeat(64);
        let longer = vec!["a"; 130].join(".");
        for name in ["", ".", "a..b", "ä", &long, &longer] {
            assert_eq!(question(1, name, Type::A), Err(Failure::BadName), "{name}");
        }
    }

    #[test]
    fn records_of_every_type() {
        use Field::Number;
        let cases: [(Type, &[u8], Vec<Field>); 11] = [
            (Type::A, &[1, 2, 3, 4], vec![text("1.2.3.4")]),
            (
                Type::Aaaa,
                &[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
                vec![text("2001:db8::1")],
            ),
            (Type::Cname, b"\x01b\xc0\x0c", vec![text("b.a.example")]),
            (Type::Ns, b"\x02ns\x04test\0", vec![text("ns.test")]),
            (Type::Ptr, b"\x04host\0", vec![text("host")]),
            (
                Type::Mx,
                b"\0\x0a\x02mx\xc0\x0c",
                vec![Number(10), text("mx.a.example")],
            ),
            (Type::Txt, b"\x01a\x02bc", vec![text("a"), text("bc")]),
            (
                Type::Soa,
                b"\x01n\0\x01h\0\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0\0\x05",
                vec![
                    text("n"),
                    text("h"),
                    Number(1),
                    Number(2),
                    Number(3),
                    Number(4),
                    Number(5),
                ],
            ),
            (
                Type::Srv,
                b"\0\x05\0\x01\0\x50\x01t\0",
                vec![Number(5), Number(1), Number(80), text("t")],
            ),
            (
                Type::Naptr,
                b"\0\x01\0\x02\x01s\x03SIP\0\x01r\0",
                vec![
                    Number(1),
                    Number(2),
                    text("s"),
                    text("SIP"),
                    text(""),
                    text("r"),
                ],
            ),
            (
                Type::Caa,
                b"\x80\x05issueca.example",
                vec![Number(128), text("issue"), text("ca.example")],
            ),
        ];
        for (kind, data, expected) in cases {
            let question = question(7, "a.example", kind).unwrap();
            // An alias on the way is left out.
            let alias: (u16, &[u8]) = (5, b"\x01z\0");
            let records = match kind {
                Type::Cname => vec![(kind as u16, data)],
                _ => vec![alias, (kind as u16, data)],
            };
            let message = answer_to(&question, 0, &records);
            let mut record = vec![Number(60)];
            record.extend(expected);
            assert_eq!(
                answer(&question, &message, kind),
                Answer::Is(Ok(vec![record]))
            );
            // Cut off anywhere, it is refused and does no harm.
            for length in 0..message.len() {
                let cut = answer(&question, &message[..length], kind);
                assert!(
                    matches!(cut, Answer::Foreign | Answer::Is(Err(_))),
                    "{kind:?} {length}"
                );
            }
        }
    }

    #[test]
    fn what_a_server_says_and_what_is_not_for_us() {
        let question = question(7, "a.example", Type::A).unwrap();
        let read = |message: &[u8]| answer(&question, message, Type::A);
        let codes = [
            (1, Failure::Format),
            (2, Failure::Server),
            (3, Failure::NotFound),
            (4, Failure::NotImplemented),
            (5, Failure::Refused),
            (9, Failure::BadResponse),
        ];
        for (code, failure) in codes {
            assert_eq!(
                read(&answer_to(&question, code, &[])),
                Answer::Is(Err(failure))
            );
        }
        assert_eq!(
            read(&answer_to(&question, 0, &[])),
            Answer::Is(Err(Failure::NotFound))
        );
        assert_eq!(
            read(&answer_to(&question, IS_TRUNCATED, &[])),
            Answer::Truncated
        );

        let mut other = answer_to(&question, 0, &[]);
        other[0] ^= 1;
        assert_eq!(read(&other), Answer::Foreign);
        let mut other = answer_to(&question, 0, &[]);
        other[HEADER + 1] = b'b';
        assert_eq!(read(&other), Answer::Foreign);
        assert_eq!(read(&question), Answer::Foreign);
        // The same name in capitals.
        let mut same = answer_to(&question, 0, &[]);
        same[HEADER + 1] = b'A';
        assert_eq!(read(&same), Answer::Is(Err(Failure::NotFound)));
    }

    #[test]
    fn a_name_that_leads_to_itself_ends() {
        let question = question(7, "a.example", Type::Cname).unwrap();
        let at = (question.len() + 12) as u8;
        let message = answer_to(&question, 0, &[(5, &[0xc0, at])]);
        let read = answer(&question, &message, Type::Cname);
        assert_eq!(read, Answer::Is(Err(Failure::BadResponse)));
    }
}
