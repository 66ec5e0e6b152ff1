//! The decoder and the encoder by the categories of the Autobahn test suite, and against each other.
//!
//! The connection as a whole, over a real socket, is tested in `crates/server/tests/edge`.

mod compression;

use bytes::Bytes;

use super::frame::{Header, apply_mask};
use super::*;
use crate::websocket::message::{Frame, MESSAGE_BYTES_MAX, NO_STATUS};

const MASK: [u8; 4] = [0x12, 0x34, 0xf6, 0x78];

/// One frame as a client sends it.
fn client(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    Header {
        last: first & 0x80 != 0,
        compressed: first & 0x40 != 0,
        reserved: false,
        opcode: first & 0x0f,
        mask: Some(MASK),
        length: payload.len() as u64,
    }
    .write(&mut out);
    out[0] = first;
    let start = out.len();
    out.extend_from_slice(payload);
    apply_mask(&mut out[start..], MASK);
    out
}

fn agreed() -> Deflate {
    let agreed = Deflate::answer(["permessage-deflate"]).expect("it is known");
    agreed.deflate
}

/// All events of these bytes, and how it ended.
fn decode_with(
    deflate: Option<Deflate>,
    bytes: &[u8],
    step: usize,
) -> (Vec<Event>, Option<ProtocolError>) {
    let mut decoder = Decoder::new(Role::Server, deflate);
    let mut events = Vec::new();
    for part in bytes.chunks(step.max(1)) {
        decoder.buffer().extend_from_slice(part);
        loop {
            match decoder.next_event() {
                Ok(Some(event)) => events.push(event),
                Ok(None) => break,
                Err(error) => return (events, Some(error)),
            }
        }
    }
    (events, None)
}

/// However the bytes are cut, the outcome is the same.
fn decode(bytes: &[u8]) -> (Vec<Event>, Option<ProtocolError>) {
    let whole = decode_with(None, bytes, bytes.len());
    if bytes.len() < 4096 {
        for step in [1, 3, 7] {
            assert_eq!(decode_with(None, bytes, step), whole, "in steps of {step}");
        }
    }
    whole
}

fn fails(bytes: &[u8]) -> (u16, String) {
    let (_, error) = decode(bytes);
    let error = error.expect("it breaks the protocol");
    (error.code, error.reason)
}

fn text(text: &str) -> Event {
    Event::Frame(Frame::Text(text.to_owned()))
}

fn binary(bytes: &[u8]) -> Event {
    Event::Frame(Frame::Binary(Bytes::copy_from_slice(bytes)))
}

fn close(code: u16, reason: &str) -> Event {
    Event::Frame(Frame::Close {
        code,
        reason: reason.to_owned(),
    })
}

// --- 1: framing -----------------------------------------------------------------------------------

#[test]
fn messages_of_every_length_form_arrive_whole() {
    for length in [0, 1, 125, 126, 127, 128, 65_535, 65_536, 70_000] {
        let payload = vec![b'*'; length];
        let (events, error) = decode(&client(0x81, &payload));
        assert_eq!(error, None);
        assert_eq!(events, [text(&"*".repeat(length))], "{length} bytes");
        let (events, error) = decode(&client(0x82, &payload));
        assert_eq!(error, None);
        assert_eq!(events, [binary(&payload)], "{length} bytes");
    }
}

#[test]
fn lengths_need_not_be_in_their_shortest_form() {
    let mut bytes = vec![0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 2];
    bytes.extend_from_slice(&MASK);
    bytes.extend_from_slice(&[MASK[0] ^ 7, MASK[1] ^ 8]);
    assert_eq!(decode(&bytes), (vec![binary(&[7, 8])], None));
}

// --- 2: pings and pongs ---------------------------------------------------------------------------

#[test]
fn pings_are_given_out_and_pongs_pass() {
    let mut bytes = client(0x89, b"");
    bytes.extend(client(0x89, &[0xff; 125]));
    bytes.extend(client(0x8a, b"unasked"));
    let ping = |payload: &[u8]| Event::Ping(Bytes::copy_from_slice(payload));
    let pong = Event::Pong(Bytes::from_static(b"unasked"));
    assert_eq!(
        decode(&bytes),
        (vec![ping(b""), ping(&[0xff; 125]), pong], None)
    );
}

#[test]
fn long_pings_are_refused() {
    let (code, reason) = fails(&client(0x89, &[b'x'; 126]));
    assert_eq!(code, 1002);
    assert!(reason.contains("125"), "{reason}");
}

// --- 3: reserved bits -----------------------------------------------------------------------------

#[test]
fn reserved_bits_are_refused_after_what_came_before() {
    for bits in [0x10, 0x20, 0x30, 0x40, 0x50, 0x70] {
        for opcode in [1, 2, 8, 9, 10] {
            let mut bytes = client(0x81, b"before");
            bytes.extend(client(0x80 | bits | opcode, b""));
            let (events, error) = decode(&bytes);
            assert_eq!(events, [text("before")]);
            assert_eq!(
                error.map(|error| error.code),
                Some(1002),
                "{bits:x} {opcode}"
            );
        }
    }
}

#[test]
fn the_compression_bit_stands_on_first_data_frames_only() {
    let refused = |bytes: &[u8]| {
        let (_, error) = decode_with(Some(agreed()), bytes, usize::MAX);
        error.map(|error| error.code)
    };
    for control in [8, 9, 10] {
        assert_eq!(refused(&client(0xc0 | control, b"")), Some(1002));
    }
    let mut bytes = client(0x01, b"a");
    bytes.extend(client(0xc0, b"b"));
    assert_eq!(refused(&bytes), Some(1002));
}

// --- 4: opcodes -----------------------------------------------------------------------------------

#[test]
fn unknown_opcodes_are_refused() {
    for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
        assert_eq!(
            fails(&client(0x80 | opcode, b"")),
            (1002, format!("Unknown opcode {opcode}"))
        );
    }
}

// --- 5: fragments ---------------------------------------------------------------------------------

#[test]
fn fragments_are_joined_with_control_frames_between_them() {
    let mut bytes = client(0x01, b"frag");
    bytes.extend(client(0x89, b"p1"));
    bytes.extend(client(0x00, b""));
    bytes.extend(client(0x89, b"p2"));
    bytes.extend(client(0x80, b"ment"));
    let ping = |payload: &'static [u8]| Event::Ping(Bytes::from_static(payload));
    assert_eq!(
        decode(&bytes),
        (vec![ping(b"p1"), ping(b"p2"), text("fragment")], None)
    );
}

#[test]
fn fragments_out_of_place_are_refused() {
    let unexpected = (1002, "Unexpected continuation frame".to_owned());
    assert_eq!(fails(&client(0x80, b"x")), unexpected);
    assert_eq!(fails(&client(0x00, b"x")), unexpected);
    let mut bytes = client(0x01, b"a");
    bytes.extend(client(0x80, b"b"));
    bytes.extend(client(0x80, b"c"));
    assert_eq!(fails(&bytes), unexpected);
    let mut bytes = client(0x01, b"a");
    bytes.extend(client(0x81, b"b"));
    assert_eq!(
        fails(&bytes),
        (1002, "Missing continuation frame".to_owned())
    );
    for control in [8, 9, 10] {
        assert_eq!(
            fails(&client(control, b"x")),
            (1002, "Received fragmented control frame".to_owned())
        );
    }
}

// --- 6: UTF-8 -------------------------------------------------------------------------------------

/// Sequences that are no characters (Autobahn 6.6 to 6.23, and Kuhn's stress test).
const NOT_UTF8: [&[u8]; 14] = [
    b"\x80",
    b"\xbf\x80",
    b"\xc3(",
    b"\xc0\xaf",
    b"\xe0\x80\xaf",
    b"\xf0\x80\x80\xaf",
    b"\xed\xa0\x80",
    b"\xed\xa0\x80\xed\xb0\x80",
    b"\xf4\x90\x80\x80",
    b"\xf8\x88\x80\x80\x80",
    b"\xfe",
    b"\xff",
    b"\xce",
    b"\xf0\x9f\x98",
];

#[test]
fn text_of_any_characters_arrives() {
    let words = [
        "κόσμε",
        "\u{0}",
        "\u{7f}",
        "\u{ffff}",
        "\u{10ffff}",
        "😀",
        "日本語",
    ];
    for word in words {
        assert_eq!(decode(&client(0x81, word.as_bytes())).0, [text(word)]);
        // Cut into fragments between any two bytes, in the middle of characters too.
        let mut bytes = Vec::new();
        let (last, first) = word.as_bytes().split_last().expect("not empty");
        for (at, byte) in first.iter().enumerate() {
            bytes.extend(client(if at == 0 { 0x01 } else { 0x00 }, &[*byte]));
        }
        let opcode = if first.is_empty() { 0x81 } else { 0x80 };
        bytes.extend(client(opcode, &[*last]));
        assert_eq!(decode(&bytes), (vec![text(word)], None), "{word}");
    }
}

#[test]
fn what_is_not_utf8_is_refused() {
    for sequence in NOT_UTF8 {
        let payload = [b"ok ", sequence].concat();
        assert_eq!(fails(&client(0x81, &payload)).0, 1007, "{sequence:x?}");
        assert_eq!(
            decode(&client(0x82, &payload)).1,
            None,
            "binary may be anything"
        );
    }
}

#[test]
fn what_cannot_become_utf8_is_refused_at_once() {
    let mut bytes = client(0x01, "κόσμε".as_bytes());
    bytes.extend(client(0x00, b"\xf4\x90\x80\x80"));
    // The message has not ended.
    assert_eq!(fails(&bytes).0, 1007);
}

// --- 7: close frames ------------------------------------------------------------------------------

#[test]
fn close_frames_say_their_code_and_reason() {
    let mut body = 1000_u16.to_be_bytes().to_vec();
    body.extend_from_slice("bye é".as_bytes());
    assert_eq!(decode(&client(0x88, &body)).0, [close(1000, "bye é")]);
    assert_eq!(decode(&client(0x88, b"")).0, [close(NO_STATUS, "")]);
    let longest = [&1001_u16.to_be_bytes()[..], &[b'r'; 123]].concat();
    assert_eq!(
        decode(&client(0x88, &longest)).0,
        [close(1001, &"r".repeat(123))]
    );
}

#[test]
fn nothing_is_taken_in_after_a_close_frame() {
    let mut bytes = client(0x88, b"\x03\xe8");
    bytes.extend(client(0x81, b"late"));
    bytes.extend(client(0x83, b"wrong"));
    assert_eq!(decode(&bytes), (vec![close(1000, "")], None));
}

#[test]
fn close_codes_follow_the_registry() {
    for code in [
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000,
        4999,
    ] {
        let (events, error) = decode(&client(0x88, &u16::to_be_bytes(code)));
        assert_eq!((events, error), (vec![close(code, "")], None));
    }
    for code in [
        0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535,
    ] {
        assert_eq!(
            fails(&client(0x88, &u16::to_be_bytes(code))).0,
            1002,
            "{code}"
        );
    }
}

#[test]
fn bad_close_frames_are_refused() {
    assert_eq!(fails(&client(0x88, b"\x03")).0, 1002);
    assert_eq!(fails(&client(0x88, b"\x03\xe8\xff")).0, 1007);
    assert_eq!(fails(&client(0x88, &[3; 126])).0, 1002);
}

// --- 9: limits ------------------------------------------------------------------------------------

#[test]
fn too_large_a_message_is_refused_by_its_header() {
    let mut bytes = vec![0x82, 0xff];
    bytes.extend_from_slice(&(MESSAGE_BYTES_MAX as u64 + 1).to_be_bytes());
    bytes.extend_from_slice(&MASK);
    assert_eq!(
        fails(&bytes),
        (1009, "Message is too large: 33554433 > 33554432".to_owned())
    );
    let mut bytes = vec![0x82, 0xff];
    bytes.extend_from_slice(&u64::MAX.to_be_bytes());
    bytes.extend_from_slice(&MASK);
    assert_eq!(fails(&bytes).0, 1002, "the highest bit must be zero");
}

#[test]
fn fragments_are_limited_together() {
    let mut bytes = client(0x02, &[0; 100]);
    bytes.extend_from_slice(&[0x80, 0xff]);
    bytes.extend_from_slice(&(MESSAGE_BYTES_MAX as u64 - 99).to_be_bytes());
    bytes.extend_from_slice(&MASK);
    assert_eq!(fails(&bytes).0, 1009);
}

#[test]
fn the_largest_message_passes() {
    let payload = vec![b'a'; MESSAGE_BYTES_MAX];
    let (events, error) = decode_with(None, &client(0x82, &payload), 1 << 16);
    assert_eq!(error, None);
    assert_eq!(events, [binary(&payload)]);
}

// --- 10: masks ------------------------------------------------------------------------------------

#[test]
fn clients_must_mask_and_servers_must_not() {
    assert_eq!(fails(b"\x81\x01x").0, 1002);
    let mut decoder = Decoder::new(Role::Client, None);
    decoder.buffer().extend_from_slice(b"\x81\x01x");
    assert_eq!(decoder.next_event(), Ok(Some(text("x"))));
    decoder.buffer().extend_from_slice(&client(0x81, b"x"));
    let error = decoder.next_event().expect_err("it is masked");
    assert_eq!(error.code, 1002);
    assert_eq!(decoder.next_event(), Ok(None), "nothing follows an error");
}

#[test]
fn masking_works_at_any_length() {
    for length in 0..40 {
        let plain: Vec<u8> = (0..length).collect();
        let mut masked = plain.clone();
        apply_mask(&mut masked, MASK);
        let expected: Vec<u8> = plain
            .iter()
            .enumerate()
            .map(|(at, byte)| byte ^ MASK[at % 4])
            .collect();
        assert_eq!(masked, expected);
    }
}

// --- the encoder ----------------------------------------------------------------------------------

fn round_trip(frames: &[Frame], from: Role, deflate: Option<Deflate>) -> Vec<Event> {
    let mut encoder = Encoder::new(from, deflate);
    let mut out = Vec::new();
    for frame in frames {
        encoder.frame(frame, &mut out);
    }
    let to = match from {
        Role::Client => Role::Server,
        Role::Server => Role::Client,
    };
    let mut decoder = Decoder::new(to, deflate);
    decoder.buffer().extend_from_slice(&out);
    let mut events = Vec::new();
    while let Some(event) = decoder.next_event().expect("it was just encoded") {
        events.push(event);
    }
    events
}

#[test]
fn what_is_encoded_is_decoded() {
    let incompressible: Vec<u8> = (0..100_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    let narrow = Deflate::answer(["permessage-deflate; server_max_window_bits=9"]);
    let narrow = narrow.expect("it is supported").deflate;
    let frames = [
        Frame::Text(String::new()),
        Frame::Text("short".to_owned()),
        Frame::Text("long and long and ".repeat(10_000)),
        Frame::Binary(Bytes::from(vec![7; 70_000])),
        Frame::Binary(Bytes::from(incompressible)),
        Frame::Binary(Bytes::new()),
        Frame::Close {
            code: 3000,
            reason: "why".to_owned(),
        },
    ];
    let expected: Vec<Event> = frames.iter().cloned().map(Event::Frame).collect();
    for role in [Role::Client, Role::Server] {
        for deflate in [None, Some(agreed()), Some(narrow)] {
            assert_eq!(round_trip(&frames, role, deflate), expected);
        }
    }
}

#[test]
fn long_messages_are_compressed_and_short_ones_are_not() {
    let mut encoder = Encoder::new(Role::Server, Some(agreed()));
    let mut out = Vec::new();
    encoder.frame(&Frame::Text("x".repeat(10_000)), &mut out);
    assert!(out.len() < 200 && out[0] == 0xc1, "{} bytes", out.len());
    out.clear();
    encoder.frame(&Frame::Text("hello".to_owned()), &mut out);
    assert_eq!(out, b"\x81\x05hello");
}

#[test]
fn a_reason_is_cut_to_what_a_close_frame_holds() {
    let frame = Frame::Close {
        code: 1000,
        reason: "é".repeat(70),
    };
    let events = round_trip(&[frame], Role::Server, None);
    assert_eq!(events, [close(1000, &"é".repeat(61))]);
}

#[test]
fn pongs_echo_pings() {
    let mut out = Vec::new();
    Encoder::new(Role::Server, None).pong(b"abc", &mut out);
    assert_eq!(out, b"\x8a\x03abc");
}

// --- the handshake --------------------------------------------------------------------------------

#[test]
fn the_handshake_of_the_standard_is_accepted() {
    use http::header::{CONNECTION, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
    use http::{HeaderMap, HeaderValue, Method};
    let good = || {
        let mut headers = HeaderMap::new();
        let mut put = |name, value| headers.insert(name, HeaderValue::from_static(value));
        put(UPGRADE, "WebSocket");
        put(CONNECTION, "keep-alive, Upgrade");
        put(SEC_WEBSOCKET_VERSION, "13");
        put(SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==");
        headers
    };
    // RFC 6455, section 1.3.
    assert_eq!(
        check_request(&Method::GET, &good()).as_deref(),
        Ok("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    );
    assert!(key_matches(
        "dGhlIHNhbXBsZSBub25jZQ==",
        b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    ));
    assert_eq!(
        check_request(&Method::POST, &good()),
        Err(HandshakeError::NotAsked)
    );
    for (name, value, error) in [
        (CONNECTION, "keep-alive", HandshakeError::NotAsked),
        (UPGRADE, "h2c", HandshakeError::NotAsked),
        (SEC_WEBSOCKET_VERSION, "8", HandshakeError::Version),
        (SEC_WEBSOCKET_KEY, "c2hvcnQ=", HandshakeError::Key),
        (SEC_WEBSOCKET_KEY, "!", HandshakeError::Key),
    ] {
        let mut headers = good();
        headers.insert(name, HeaderValue::from_static(value));
        assert_eq!(check_request(&Method::GET, &headers), Err(error), "{value}");
    }
}
