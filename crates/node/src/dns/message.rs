//! Messages of the DNS (RFC 1035): a question as bytes, and the records of an answer. No I/O.

use domain::base::iana::{Class, Rcode, Rtype};
use domain::base::wire::ParseError;
use domain::base::{Message, MessageBuilder, Name, ParsedName};
use domain::rdata::ZoneRecordData;

/// The longest message that comes without saying that there is more.
pub(super) const DATAGRAM_MAX: usize = 4096;

/// What can be asked for, by its name.
pub(super) fn type_named(name: &str) -> Option<Rtype> {
    const TYPES: [Rtype; 11] = [
        Rtype::A,
        Rtype::NS,
        Rtype::CNAME,
        Rtype::SOA,
        Rtype::PTR,
        Rtype::MX,
        Rtype::TXT,
        Rtype::AAAA,
        Rtype::SRV,
        Rtype::NAPTR,
        Rtype::CAA,
    ];
    let kind = Rtype::from_mnemonic(name.as_bytes())?;
    TYPES.contains(&kind).then_some(kind)
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

impl From<ParseError> for Failure {
    fn from(_: ParseError) -> Failure {
        Failure::BadResponse
    }
}

/// The question for records of a name, which is written as in zone files, with or without the dot at its end.
pub(super) fn question(id: u16, name: &str, kind: Rtype) -> Result<Message<Vec<u8>>, Failure> {
    let name: Name<Vec<u8>> = name.parse().map_err(|_| Failure::BadName)?;
    // The root is nothing that a program means.
    if name.is_root() {
        return Err(Failure::BadName);
    }
    let mut message = MessageBuilder::new_vec();
    message.header_mut().set_id(id);
    message.header_mut().set_rd(true);
    let mut message = message.question();
    message.push((name, kind)).map_err(|_| Failure::BadName)?;
    Ok(message.into_message())
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
pub(super) fn answer(question: &Message<Vec<u8>>, bytes: &[u8]) -> Answer {
    let Ok(message) = Message::from_slice(bytes) else {
        return Answer::Foreign;
    };
    let header = message.header();
    if !header.qr() || header.id() != question.header().id() {
        return Answer::Foreign;
    }
    let failure = match header.rcode() {
        // A server that fails need not repeat the question.
        Rcode::NOERROR if !message.is_answer(question) => return Answer::Foreign,
        Rcode::NOERROR if header.tc() => return Answer::Truncated,
        Rcode::NOERROR => {
            return Answer::Is(match records(message, question.qtype()) {
                Ok(records) if records.is_empty() => Err(Failure::NotFound),
                result => result,
            });
        }
        Rcode::FORMERR => Failure::Format,
        Rcode::SERVFAIL => Failure::Server,
        Rcode::NXDOMAIN => Failure::NotFound,
        Rcode::NOTIMP => Failure::NotImplemented,
        Rcode::REFUSED => Failure::Refused,
        _ => Failure::BadResponse,
    };
    Answer::Is(Err(failure))
}

fn records(message: &Message<[u8]>, kind: Option<Rtype>) -> Result<Vec<Record>, Failure> {
    let mut found = Vec::new();
    for record in message.answer()? {
        let record = record?;
        // Others lead there: aliases on the way to an address.
        if Some(record.rtype()) != kind || record.class() != Class::IN {
            continue;
        }
        let data = record.to_record()?;
        let data = data.as_ref().and_then(|record| fields_of(record.data()));
        let mut fields = vec![Field::Number(record.ttl().as_secs())];
        fields.extend(data.ok_or(Failure::NotImplemented)?);
        found.push(fields);
    }
    Ok(found)
}

/// What a record of a type that can be asked for holds.
fn fields_of(data: &ZoneRecordData<&[u8], ParsedName<&[u8]>>) -> Option<Vec<Field>> {
    use ZoneRecordData as Data;
    let number = |value: u16| Field::Number(value.into());
    // Without the dot at its end.
    let name = |name: &ParsedName<&[u8]>| Field::Text(name.to_string());
    Some(match data {
        Data::A(data) => vec![Field::Text(data.addr().to_string())],
        Data::Aaaa(data) => vec![Field::Text(data.addr().to_string())],
        Data::Ns(data) => vec![name(data.nsdname())],
        Data::Cname(data) => vec![name(data.cname())],
        Data::Ptr(data) => vec![name(data.ptrdname())],
        Data::Mx(data) => vec![number(data.preference()), name(data.exchange())],
        Data::Txt(data) => data.iter().map(text_of).collect(),
        Data::Soa(data) => vec![
            name(data.mname()),
            name(data.rname()),
            Field::Number(data.serial().into_int()),
            Field::Number(data.refresh().as_secs()),
            Field::Number(data.retry().as_secs()),
            Field::Number(data.expire().as_secs()),
            Field::Number(data.minimum().as_secs()),
        ],
        Data::Srv(data) => vec![
            number(data.priority()),
            number(data.weight()),
            number(data.port()),
            name(data.target()),
        ],
        Data::Naptr(data) => vec![
            number(data.order()),
            number(data.preference()),
            text_of(data.flags().as_slice()),
            text_of(data.services().as_slice()),
            text_of(data.regexp().as_slice()),
            name(data.replacement()),
        ],
        Data::Caa(data) => vec![
            number(data.flags().bits().into()),
            Field::Text(data.tag().to_string()),
            text_of(data.value()),
        ],
        _ => return None,
    })
}

/// Records hold bytes; most are ASCII, and those of other texts UTF-8.
fn text_of(bytes: &[u8]) -> Field {
    Field::Text(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use domain::base::UnknownRecordData;

    /// An answer as a server makes it: `records` are types and what is in them, as bytes.
    pub(in crate::dns) fn answer_to(
        question: &[u8],
        code: Rcode,
        records: &[(Rtype, &[u8])],
    ) -> Message<Vec<u8>> {
        let question = Message::from_slice(question).unwrap();
        let name = question.sole_question().unwrap().into_qname();
        let message = MessageBuilder::new_vec();
        let mut message = message.start_answer(question, code).unwrap();
        for (kind, data) in records {
            let data = UnknownRecordData::from_octets(*kind, *data).unwrap();
            message.push((&name, 60, data)).unwrap();
        }
        message.into_message()
    }

    fn text(text: &str) -> Field {
        Field::Text(text.to_owned())
    }

    #[test]
    fn a_question_is_what_the_standard_says() {
        let message = question(0x1234, "a.example.", Rtype::MX).unwrap();
        let expected = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x01a\x07example\0\0\x0f\0\x01";
        assert_eq!(message.as_slice(), expected);
        let long = "a".repeat(64);
        let longer = vec!["a"; 130].join(".");
        for name in ["", ".", "a..b", "ä", &long, &longer] {
            let refused = question(1, name, Rtype::A).err();
            assert_eq!(refused, Some(Failure::BadName), "{name}");
        }
        // No host is called that, but records are.
        for name in ["_sip._tcp.example", "*.example", "a b"] {
            assert!(question(1, name, Rtype::A).is_ok(), "{name}");
        }
    }

    #[test]
    fn records_of_every_type() {
        use Field::Number;
        let cases: [(&str, &[u8], Vec<Field>); 11] = [
            ("A", &[1, 2, 3, 4], vec![text("1.2.3.4")]),
            (
                "AAAA",
                &[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
                vec![text("2001:db8::1")],
            ),
            ("CNAME", b"\x01b\xc0\x0c", vec![text("b.a.example")]),
            ("NS", b"\x02ns\x04test\0", vec![text("ns.test")]),
            ("PTR", b"\x04host\0", vec![text("host")]),
            (
                "MX",
                b"\0\x0a\x02mx\xc0\x0c",
                vec![Number(10), text("mx.a.example")],
            ),
            ("TXT", b"\x01a\x02bc", vec![text("a"), text("bc")]),
            (
                "SOA",
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
                "SRV",
                b"\0\x05\0\x01\0\x50\x01t\0",
                vec![Number(5), Number(1), Number(80), text("t")],
            ),
            (
                "NAPTR",
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
                "CAA",
                b"\x80\x05issueca.example",
                vec![Number(128), text("issue"), text("ca.example")],
            ),
        ];
        for (kind, data, expected) in cases {
            let kind = type_named(kind).unwrap();
            let question = question(7, "a.example", kind).unwrap();
            // An alias on the way is left out.
            let alias: (Rtype, &[u8]) = (Rtype::CNAME, b"\x01z\0");
            let records = match kind {
                Rtype::CNAME => vec![(kind, data)],
                _ => vec![alias, (kind, data)],
            };
            let message = answer_to(question.as_slice(), Rcode::NOERROR, &records);
            let message = message.as_slice();
            let mut record = vec![Number(60)];
            record.extend(expected);
            let read = answer(&question, message);
            assert_eq!(read, Answer::Is(Ok(vec![record])));
            // Cut off anywhere, it is refused and does no harm.
            for length in 0..message.len() {
                let cut = answer(&question, &message[..length]);
                assert!(
                    matches!(cut, Answer::Foreign | Answer::Is(Err(_))),
                    "{kind:?} {length}"
                );
            }
        }
    }

    #[test]
    fn types_that_cannot_be_asked_for() {
        for name in ["ANY", "DNSKEY", "TYPE1", ""] {
            assert_eq!(type_named(name), None, "{name}");
        }
    }

    #[test]
    fn names_are_written_as_in_zone_files() {
        let question = question(7, r"a\.b.example", Rtype::PTR).unwrap();
        let records: [(Rtype, &[u8]); 2] =
            [(Rtype::PTR, b"\x03a.b\x02\xc3\xbc\0"), (Rtype::PTR, b"\0")];
        let message = answer_to(question.as_slice(), Rcode::NOERROR, &records);
        let expected = [r"a\.b.\195\188", ""].map(|name| vec![Field::Number(60), text(name)]);
        let read = answer(&question, message.as_slice());
        assert_eq!(read, Answer::Is(Ok(expected.to_vec())));
    }

    #[test]
    fn what_a_server_says_and_what_is_not_for_us() {
        let question = question(7, "a.example", Rtype::A).unwrap();
        let read = |message: &Message<Vec<u8>>| answer(&question, message.as_slice());
        let answer_with = |code| answer_to(question.as_slice(), code, &[]);
        let codes = [
            (Rcode::FORMERR, Failure::Format),
            (Rcode::SERVFAIL, Failure::Server),
            (Rcode::NXDOMAIN, Failure::NotFound),
            (Rcode::NOTIMP, Failure::NotImplemented),
            (Rcode::REFUSED, Failure::Refused),
            (Rcode::NOTAUTH, Failure::BadResponse),
        ];
        for (code, failure) in codes {
            assert_eq!(read(&answer_with(code)), Answer::Is(Err(failure)));
        }
        let nothing = answer_with(Rcode::NOERROR);
        assert_eq!(read(&nothing), Answer::Is(Err(Failure::NotFound)));
        // Without the question.
        let mut bare = answer_with(Rcode::NXDOMAIN).into_octets();
        bare.truncate(12);
        bare[5] = 0;
        let bare = Message::from_octets(bare).unwrap();
        assert_eq!(read(&bare), Answer::Is(Err(Failure::NotFound)));
        let mut truncated = nothing.clone();
        truncated.header_mut().set_tc(true);
        assert_eq!(read(&truncated), Answer::Truncated);

        let mut other = nothing.clone();
        other.header_mut().set_id(8);
        assert_eq!(read(&other), Answer::Foreign);
        let with_first_letter = |letter: u8| {
            let mut message = nothing.clone().into_octets();
            message[13] = letter;
            Message::from_octets(message).unwrap()
        };
        assert_eq!(read(&with_first_letter(b'b')), Answer::Foreign);
        assert_eq!(read(&question), Answer::Foreign);
        // The same name in capitals.
        let same = with_first_letter(b'A');
        assert_eq!(read(&same), Answer::Is(Err(Failure::NotFound)));
    }

    #[test]
    fn a_name_that_leads_to_itself_ends() {
        let question = question(7, "a.example", Rtype::CNAME).unwrap();
        // Its place, behind the header, the question and the rest of the record.
        let at = (question.as_slice().len() + b"\x01a\x07example\0".len() + 10) as u8;
        let message = |at| {
            let records: [(Rtype, &[u8]); 1] = [(Rtype::CNAME, &[0xc0, at])];
            answer_to(question.as_slice(), Rcode::NOERROR, &records)
        };
        let read = |at| answer(&question, message(at).as_slice());
        assert_eq!(read(at), Answer::Is(Err(Failure::BadResponse)));
        assert_eq!(message(at).as_slice()[usize::from(at)], 0xc0);
    }
}
