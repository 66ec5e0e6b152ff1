//! WebSockets over the network, byte by byte.

use futures_util::FutureExt;
use holdfast_runtime::{AnsweredSocket, OutgoingResponse};
use holdfast_web::websocket::wire::{Decoder, Deflate, Encoder, Event, Role};
use holdfast_web::websocket::{Endpoint, Frame, Received, pair};
use http::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::harness::{Answer, Client, Server, now, run, text};

const REQUEST: &str = "GET /ws HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
    sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

fn switching(end: Endpoint) -> OutgoingResponse {
    OutgoingResponse {
        web_socket: Some(AnsweredSocket {
            end,
            compression: true,
        }),
        ..OutgoingResponse::empty(StatusCode::SWITCHING_PROTOCOLS)
    }
}

/// Answers messages in kind; leaves close frames to the server, as a program without a handler does.
fn echo() -> Answer {
    let (theirs, ours) = pair();
    tokio::task::spawn_local(async move {
        loop {
            match ours.receiver.next().await {
                Received::Frame(frame @ (Frame::Text(_) | Frame::Binary(_))) => {
                    ours.sender.push(frame).expect("there is room");
                }
                _ => return,
            }
        }
    });
    now(switching(theirs))
}

/// What a program would be told, one line each.
fn tell(lines: &tokio::sync::mpsc::UnboundedSender<String>) -> Answer {
    let (theirs, ours) = pair();
    let lines = lines.clone();
    tokio::task::spawn_local(async move {
        // The whole end: half of one would be the end of it.
        let ours = ours;
        loop {
            let received = ours.receiver.next().await;
            let over = !matches!(received, Received::Frame(Frame::Text(_)));
            lines
                .send(format!("{received:?}"))
                .expect("the test listens");
            if over {
                return;
            }
        }
    });
    now(switching(theirs))
}

async fn open(server: &Server, more: &str) -> (Client, String) {
    let mut client = server.connect().await;
    client.send(format!("{REQUEST}{more}\r\n")).await;
    let head = client.until("\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    (client, head)
}

/// A masked frame with this first byte.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = vec![first];
    match payload.len() {
        0..126 => out.push(0x80 | payload.len() as u8),
        length @ 126..0x1_0000 => {
            out.push(0x80 | 126);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    let mask = [0xa1, 0xb2, 0xc3, 0xd4];
    out.extend_from_slice(&mask);
    out.extend(payload.iter().zip(mask.iter().cycle()).map(|(b, m)| b ^ m));
    out
}

/// All events to the end of the connection, as a client understands them.
async fn events(client: &mut Client, deflate: Option<Deflate>) -> Vec<Event> {
    let mut decoder = Decoder::new(Role::Client, deflate);
    decoder.buffer().extend_from_slice(&client.take_read());
    let mut events = Vec::new();
    loop {
        while let Some(event) = decoder.next_event().expect("the server keeps the protocol") {
            events.push(event);
        }
        match client.stream.read_buf(decoder.buffer()).await {
            Ok(count) if count > 0 => {}
            _ => return events,
        }
    }
}

fn close(code: u16, reason: &str) -> Event {
    Event::Frame(Frame::Close {
        code,
        reason: reason.to_owned(),
    })
}

fn said(text: &str) -> Event {
    Event::Frame(Frame::Text(text.to_owned()))
}

#[test]
fn a_handshake_is_answered() {
    run(async {
        let server = Server::start(|_| echo());
        let (_, head) = open(&server, "").await;
        let head = head.to_ascii_lowercase();
        assert!(head.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n"));
        assert!(head.contains("connection: upgrade\r\n"), "{head}");
        assert!(head.contains("upgrade: websocket\r\n"), "{head}");
        assert!(!head.contains("extensions"), "none were offered: {head}");
        assert!(!head.contains("content-length"), "{head}");
        let (_, head) = open(&server, "sec-websocket-extensions: permessage-deflate\r\n").await;
        assert!(
            head.contains(
                "sec-websocket-extensions: permessage-deflate; server_no_context_takeover; \
                 client_no_context_takeover\r\n"
            ),
            "{head}"
        );
    });
}

#[test]
fn requests_that_are_no_handshake_are_refused() {
    run(async {
        let server = Server::start(|_| echo());
        let cases = [
            (
                "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
                "400",
            ),
            (
                "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade, close\r\nupgrade: websocket\r\nsec-websocket-version: 8\r\n\r\n",
                "426",
            ),
            (
                "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade, close\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: x\r\n\r\n",
                "400",
            ),
        ];
        for (request, status) in cases {
            let answer = server.exchange(request).await;
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{answer}"
            );
            assert_eq!(
                answer.contains("sec-websocket-version: 13\r\n"),
                status == "426",
                "{answer}"
            );
        }
    });
}

#[test]
fn a_request_to_upgrade_may_be_answered_otherwise() {
    run(async {
        let server = Server::start(|_| text("not today"));
        let mut client = server.connect().await;
        for _ in 0..2 {
            client.send(format!("{REQUEST}\r\n")).await;
            assert!(client.until("not today").await.contains(" 200 OK"));
        }
    });
}

#[test]
fn frames_that_come_with_the_handshake_are_not_lost() {
    run(async {
        let server = Server::start(|_| echo());
        let mut client = server.connect().await;
        let mut bytes = format!("{REQUEST}\r\n").into_bytes();
        bytes.extend(frame(0x81, b"early"));
        bytes.extend(frame(0x88, b"\x03\xe8"));
        client.send(bytes).await;
        client.until("\r\n\r\n").await;
        assert_eq!(
            events(&mut client, None).await,
            [said("early"), close(1000, "")]
        );
    });
}

/// What a client sends, and what it gets until the connection ends. The categories are Autobahn's.
fn conversations() -> Vec<(&'static str, Vec<u8>, Vec<Event>)> {
    let bye = frame(0x88, b"\x03\xe8");
    let then_bye = |frames: &[Vec<u8>]| [&frames.concat()[..], &bye].concat();
    let pong = |payload: &'static [u8]| Event::Pong(payload.into());
    let wrong = |reason: &str| close(1002, reason);
    vec![
        (
            "1 framing",
            then_bye(&[
                frame(0x81, b""),
                frame(0x81, &[b'*'; 126]),
                frame(0x82, &[]),
            ]),
            vec![
                said(""),
                said(&"*".repeat(126)),
                Event::Frame(Frame::Binary(Vec::new().into())),
                close(1000, ""),
            ],
        ),
        (
            "2 pings",
            then_bye(&[frame(0x8a, b"unasked"), frame(0x89, b"payload")]),
            vec![pong(b"payload"), close(1000, "")],
        ),
        (
            "2.5 long ping",
            frame(0x89, &[b'x'; 126]),
            vec![wrong("Received control frame of more than 125 bytes")],
        ),
        (
            "3 reserved bits",
            [frame(0x81, b"ok"), frame(0xa1, b"no")].concat(),
            vec![wrong("Received frame had RSV bits 2 or 3 set")],
        ),
        (
            "4 opcodes",
            [frame(0x81, b"ok"), frame(0x83, b"")].concat(),
            vec![wrong("Unknown opcode 3")],
        ),
        (
            "5 fragments",
            then_bye(&[frame(0x01, b"a"), frame(0x89, b"p"), frame(0x80, b"b")]),
            vec![pong(b"p"), said("ab"), close(1000, "")],
        ),
        (
            "5 stray continuation",
            frame(0x80, b"b"),
            vec![wrong("Unexpected continuation frame")],
        ),
        (
            "6 UTF-8",
            frame(0x81, b"\xce\xba\xe1\xbd\xb9\xed\xa0\x80"),
            vec![close(1007, "Received text that is not valid UTF-8")],
        ),
        (
            "7 close with a reason",
            frame(0x88, b"\x0b\xb8why"),
            vec![close(3000, "why")],
        ),
        ("7 empty close", frame(0x88, b""), vec![close(1005, "")]),
        (
            "7 close of one byte",
            frame(0x88, b"\x03"),
            vec![wrong("Received close frame of one byte")],
        ),
        (
            "7 bad code",
            frame(0x88, b"\x03\xee"),
            vec![wrong("Received close code 1006")],
        ),
        (
            "7 nothing after close",
            [bye.clone(), frame(0x81, b"late"), frame(0x89, b"late")].concat(),
            vec![close(1000, "")],
        ),
        (
            "9 limits",
            vec![0x82, 0xff, 0, 0, 0, 0, 2, 0, 0, 1, 1, 2, 3, 4],
            vec![close(1009, "Message is too large: 33554433 > 33554432")],
        ),
        (
            "10 unmasked",
            b"\x81\x01x".to_vec(),
            vec![wrong("Received a frame without a mask from a client")],
        ),
    ]
}

#[test]
fn conversations_go_as_the_protocol_says() {
    run(async {
        let server = Server::start(|_| echo());
        for (name, sent, expected) in conversations() {
            let (mut client, _) = open(&server, "").await;
            client.send(&sent).await;
            let mut events = events(&mut client, None).await;
            if let [Event::Frame(Frame::Close { code: 1002, .. })] = &expected[..] {
                // What was said before the mistake may be answered before the connection fails, or not.
                events.drain(..events.len() - 1);
            }
            assert_eq!(events, expected, "{name}");
        }
    });
}

#[test]
fn programs_learn_how_a_connection_ended() {
    run(async {
        let (sender, mut lines) = tokio::sync::mpsc::unbounded_channel();
        let server = Server::start(move |_| tell(&sender));
        for (sent, expected) in [
            (
                frame(0x88, b"\x0b\xb8why"),
                "Frame(Close { code: 3000, reason: \"why\" })",
            ),
            (
                frame(0x88, b""),
                "Frame(Close { code: 1005, reason: \"\" })",
            ),
            (
                frame(0x83, b""),
                "Failed(\"WebSocket protocol error; protocolError.statusCode = 1002; \
                 protocolError.description = Unknown opcode 3\")",
            ),
        ] {
            let (mut client, _) = open(&server, "").await;
            client.send(&sent).await;
            assert_eq!(lines.recv().await.as_deref(), Some(expected));
        }
        let (client, _) = open(&server, "").await;
        drop(client);
        assert_eq!(lines.recv().await.as_deref(), Some("Lost"));
    });
}

#[test]
fn compressed_messages_pass_both_ways() {
    run(async {
        let server = Server::start(|_| echo());
        for offer in [
            "permessage-deflate",
            "permessage-deflate; server_max_window_bits=9; client_max_window_bits",
        ] {
            let (mut client, head) =
                open(&server, &format!("sec-websocket-extensions: {offer}\r\n")).await;
            assert!(head.contains("permessage-deflate"), "{head}");
            let deflate = Deflate::answer([offer]).expect("it was agreed to").deflate;
            let mut encoder = Encoder::new(Role::Client, Some(deflate));
            let mut out = Vec::new();
            let long = "over and over ".repeat(20_000);
            encoder.frame(&Frame::Text(long.clone()), &mut out);
            encoder.frame(&Frame::Text("short".to_owned()), &mut out);
            let bye = Frame::Close {
                code: 1000,
                reason: String::new(),
            };
            encoder.frame(&bye, &mut out);
            assert!(
                out.len() < long.len() / 10,
                "{} bytes for {}",
                out.len(),
                long.len()
            );
            client.send(&out).await;
            assert_eq!(
                events(&mut client, Some(deflate)).await,
                [said(&long), said("short"), close(1000, "")]
            );
        }
    });
}

#[test]
fn large_messages_pass_in_whatever_pieces() {
    run(async {
        let server = Server::start(|_| echo());
        let (client, _) = open(&server, "").await;
        let payload: Vec<u8> = (0..8_000_000_u32).map(|n| n as u8).collect();
        let mut bytes = Vec::new();
        let pieces: Vec<&[u8]> = payload.chunks(1_000_003).collect();
        for (at, piece) in pieces.iter().enumerate() {
            let opcode = if at == 0 { 0x02 } else { 0x00 };
            let last = if at + 1 == pieces.len() { 0x80 } else { 0 };
            bytes.extend(frame(opcode | last, piece));
        }
        bytes.extend(frame(0x88, b"\x03\xe8"));
        let (mut read, mut write) = client.stream.into_split();
        let writing = tokio::task::spawn_local(async move {
            write.write_all(&bytes).await.expect("the server reads");
            write
        });
        let mut decoder = Decoder::new(Role::Client, None);
        let message = loop {
            match decoder.next_event().expect("the server keeps the protocol") {
                Some(event) => break event,
                None => {
                    let count = read.read_buf(decoder.buffer()).await.expect("it goes on");
                    assert_ne!(count, 0, "the connection ended");
                }
            }
        };
        assert_eq!(message, Event::Frame(Frame::Binary(payload.into())));
        writing.await.expect("all was written");
    });
}

#[test]
fn a_client_that_reads_slowly_does_not_fill_the_memory() {
    run(async {
        // The program answers each message with a large one, and its client reads none of them.
        let (over, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let server = Server::start(move |_| {
            let (theirs, ours) = pair();
            let over = over.clone();
            tokio::task::spawn_local(async move {
                let big = Frame::Binary(vec![0; 8 << 20].into());
                let mut sent = 0;
                while let Received::Frame(Frame::Text(_)) = ours.receiver.next().await {
                    if ours.sender.push(big.clone()).is_err() {
                        break;
                    }
                    sent += 1;
                }
                ours.sender.cut();
                over.send(sent).expect("the test listens");
            });
            now(switching(theirs))
        });
        let (mut client, _) = open(&server, "").await;
        for _ in 0..40 {
            // Once the connection is cut, what is written goes nowhere.
            if client
                .stream
                .write_all(&frame(0x81, b"more"))
                .await
                .is_err()
            {
                break;
            }
        }
        let sent = heard.recv().await.expect("it is told");
        assert!((8..=12).contains(&sent), "{sent} messages of 8 MiB waited");
        let mut all = Vec::new();
        // A reset is as good an end as any.
        let _ = client.stream.read_to_end(&mut all).await;
        assert!(all.len() < 80 << 20);
    });
}

#[test]
fn a_program_that_reads_slowly_slows_its_client_down() {
    run(async {
        let (hand, given) = tokio::sync::oneshot::channel();
        let hand = std::cell::RefCell::new(Some(hand));
        let server = Server::start(move |_| {
            let (theirs, ours) = pair();
            let hand = hand.borrow_mut().take().expect("one connection");
            assert!(hand.send(ours).is_ok(), "the test waits for it");
            now(switching(theirs))
        });
        let (client, _) = open(&server, "").await;
        let ours = given.await.expect("the program answered");
        let (_read, mut write) = client.stream.into_split();
        let message = frame(0x82, &[7; 64 << 10]);
        let count = 400;
        let writing = tokio::task::spawn_local(async move {
            for _ in 0..count {
                write.write_all(&message).await.expect("the server reads");
            }
            write
        });
        // 25 MiB do not fit into what the system and the server hold for a connection.
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        assert!(!writing.is_finished(), "the client was not slowed down");
        for _ in 0..count {
            let received = ours.receiver.next().await;
            assert!(
                matches!(received, Received::Frame(Frame::Binary(bytes)) if bytes.len() == 64 << 10)
            );
        }
        writing.await.expect("all was written");
    });
}

#[test]
fn a_server_that_stops_says_goodbye() {
    run(async {
        let server = Server::start(|_| echo());
        let (mut client, _) = open(&server, "").await;
        client.send(frame(0x81, b"hello")).await;
        let mut echo = [0; 7];
        client.stream.read_exact(&mut echo).await.expect("an echo");
        assert_eq!(&echo, b"\x81\x05hello");
        server.stop();
        assert_eq!(
            events(&mut client, None).await,
            [close(1001, "the server is going away")]
        );
        drop(client);
        server.running.await.expect("it ends");
    });
}

#[test]
fn a_program_that_goes_away_without_a_word_leaves_none() {
    run(async {
        let server = Server::start(|_| {
            let (theirs, ours) = pair();
            drop(ours);
            now(switching(theirs)).boxed_local()
        });
        let (mut client, _) = open(&server, "").await;
        assert_eq!(events(&mut client, None).await, []);
    });
}
