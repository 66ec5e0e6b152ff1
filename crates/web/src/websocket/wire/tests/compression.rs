//! Compression: the categories 12 and 13, and the examples of RFC 7692.

use flate2::{Compress, Compression, FlushCompress};

use super::{agreed, client, decode_with, text};
use crate::websocket::wire::Deflate;

/// A payload as another implementation compresses it, with these flushes.
fn deflated(payload: &[u8], flush: FlushCompress) -> Vec<u8> {
    let mut compress = Compress::new(Compression::best(), false);
    let mut out = Vec::with_capacity(payload.len() + 1024);
    compress
        .compress_vec(payload, &mut out, flush)
        .expect("there is memory");
    if flush == FlushCompress::Sync {
        assert!(out.ends_with(&[0, 0, 0xff, 0xff]));
        out.truncate(out.len() - 4);
    }
    out
}

#[test]
fn compressed_messages_are_read() {
    for length in [0, 1, 1000, 100_000] {
        let payload = "compressible ".repeat(length);
        let bytes = client(0xc1, &deflated(payload.as_bytes(), FlushCompress::Sync));
        let (events, error) = decode_with(Some(agreed()), &bytes, 1000);
        assert_eq!((events, error), (vec![text(&payload)], None));
    }
}

#[test]
fn a_compressed_message_may_end_its_stream() {
    // RFC 7692, section 7.2.3.4: a block with the BFINAL bit, and an empty one after it.
    let mut payload = deflated(b"Hello", FlushCompress::Finish);
    payload.push(0);
    let (events, error) = decode_with(Some(agreed()), &client(0xc1, &payload), usize::MAX);
    assert_eq!((events, error), (vec![text("Hello")], None));
}

#[test]
fn the_examples_of_the_standard_are_read() {
    // RFC 7692, sections 7.2.3.1 and 7.2.3.3.
    for payload in [
        &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00][..],
        &[
            0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00,
        ],
    ] {
        let (events, error) = decode_with(Some(agreed()), &client(0xc1, payload), usize::MAX);
        assert_eq!((events, error), (vec![text("Hello")], None));
    }
}

#[test]
fn compressed_fragments_are_joined_before_they_are_read() {
    let payload = deflated("Hello, κόσμε".as_bytes(), FlushCompress::Sync);
    let (head, tail) = payload.split_at(3);
    let mut bytes = client(0x41, head);
    bytes.extend(client(0x89, b"between"));
    bytes.extend(client(0x80, tail));
    let (events, error) = decode_with(Some(agreed()), &bytes, 2);
    assert_eq!(error, None);
    assert_eq!(events.last(), Some(&text("Hello, κόσμε")));
}

#[test]
fn uncompressed_messages_pass_where_compression_was_agreed() {
    let (events, error) = decode_with(Some(agreed()), &client(0x81, b"plain"), usize::MAX);
    assert_eq!((events, error), (vec![text("plain")], None));
}

#[test]
fn bad_compressed_messages_are_refused() {
    let refused = |bytes: &[u8]| {
        let (_, error) = decode_with(Some(agreed()), bytes, usize::MAX);
        error.expect("it is refused").code
    };
    assert_eq!(refused(&client(0xc2, b"\xff\xff\xff\xff")), 1007);
    let not_text = deflated(b"\xff\xfe", FlushCompress::Sync);
    assert_eq!(refused(&client(0xc1, &not_text)), 1007);
    // 40 MB in 40 kB.
    let bomb = deflated(&vec![0; 40 << 20], FlushCompress::Sync);
    assert!(bomb.len() < 100_000);
    assert_eq!(refused(&client(0xc2, &bomb)), 1009);
}

#[test]
fn offers_are_answered_as_the_standard_says() {
    let answer = |offer: &str| Deflate::answer([offer]).map(|agreed| agreed.header);
    let ours = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    for offer in [
        "permessage-deflate",
        "Permessage-Deflate; client_max_window_bits",
        "permessage-deflate; client_max_window_bits=10",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "unknown, permessage-deflate",
        "permessage-deflate; server_max_window_bits=8, permessage-deflate",
        "permessage-deflate; what=ever, permessage-deflate",
    ] {
        assert_eq!(answer(offer).as_deref(), Some(ours), "{offer}");
    }
    assert_eq!(
        answer("permessage-deflate; server_max_window_bits=\"10\""),
        Some(format!("{ours}; server_max_window_bits=10"))
    );
    for offer in [
        "",
        "x-webkit-deflate-frame",
        "permessage-deflate; unknown",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits=010",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
    ] {
        assert_eq!(answer(offer), None, "{offer}");
    }
}

#[test]
fn a_server_may_agree_to_what_was_offered_only() {
    assert!(Deflate::accepted(Deflate::offer()).is_ok());
    assert!(
        Deflate::accepted(
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        )
        .is_ok()
    );
    for answer in [
        "permessage-deflate",
        "permessage-deflate; server_no_context_takeover; client_max_window_bits=10",
        "something-else",
    ] {
        assert!(Deflate::accepted(answer).is_err(), "{answer}");
    }
}
