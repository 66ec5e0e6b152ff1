//! WebSockets of the running command: open to a client of the network, cut by a crash, open again; and kept while
//! their object sleeps.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::harness::{DEADLINE, Holdfast, Project, Server, wrangler};

const CODE: &str = r#"
import { DurableObject } from "cloudflare:workers";
let made = 0;
export class Notes extends DurableObject {
  made = ++made;
  fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, ["a tag"]);
    server.serializeAttachment({ since: this.made });
    server.send(`${this.ctx.storage.kv.get("note") ?? "nothing"}`);
    return new Response(null, { status: 101, webSocket: client });
  }
  webSocketMessage(ws, note) {
    if (note === "who") return ws.send(`made ${this.made}, ${ws.deserializeAttachment().since}, ${this.ctx.getTags(ws)}`);
    this.ctx.storage.kv.put("note", note);
    ws.send(`kept ${note}`);
  }
}
export default {
  fetch: (request, env) => env.NOTES.getByName("notes").fetch(request),
};
"#;

/// A client that sends and reads short texts.
struct Client(TcpStream);

impl Client {
    fn connect(server: &Server) -> Client {
        let port: u16 = server.port().parse().expect("a number");
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
        stream.set_read_timeout(Some(DEADLINE)).expect("a socket");
        stream
            .write_all(
                b"GET / HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
                  sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            )
            .expect("it reads");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("it answers");
            head.push(byte[0]);
        }
        assert!(
            head.starts_with(b"HTTP/1.1 101 "),
            "{}",
            String::from_utf8_lossy(&head)
        );
        Client(stream)
    }

    fn send(&mut self, text: &str) {
        // The mask is zero, which is a mask like any other.
        let mut frame = vec![0x81, 0x80 | text.len() as u8, 0, 0, 0, 0];
        frame.extend_from_slice(text.as_bytes());
        self.0.write_all(&frame).expect("it reads");
    }

    fn receive(&mut self) -> String {
        let mut head = [0; 2];
        self.0.read_exact(&mut head).expect("a frame");
        assert_eq!(head[0], 0x81, "a text");
        let mut text = vec![0; usize::from(head[1])];
        self.0.read_exact(&mut text).expect("its payload");
        String::from_utf8(text).expect("text is UTF-8")
    }
}

fn notes() -> Project {
    Project::new(&[
        (
            "wrangler.jsonc",
            &wrangler(
                r#""durable_objects": { "bindings": [{ "name": "NOTES", "class_name": "Notes" }] },
                   "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Notes"] }],"#,
            ),
        ),
        ("src/index.js", CODE),
    ])
}

#[test]
fn an_object_leaves_memory_while_its_client_stays_connected() {
    let project = notes();
    let data = tempfile::tempdir().expect("a folder");
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &["--idle", "1"]);
    let mut client = Client::connect(&holdfast.ready());
    assert_eq!(client.receive(), "nothing");
    let began = Instant::now();
    let mut pause = Duration::from_millis(1500);
    loop {
        client.send("who");
        let answer = client.receive();
        if answer == "made 2, 1, a tag" {
            break;
        }
        assert_eq!(answer, "made 1, 1, a tag");
        assert!(began.elapsed() < DEADLINE, "it never leaves memory");
        // Each question keeps it in memory for another while.
        std::thread::sleep(pause);
        pause *= 2;
    }
}

#[test]
fn pings_that_arrive_together_are_all_answered() {
    let project = notes();
    let data = tempfile::tempdir().expect("a folder");
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let mut client = Client::connect(&holdfast.ready());
    assert_eq!(client.receive(), "nothing");
    let pings: Vec<u8> = (b'a'..b'k')
        .flat_map(|payload| [0x89, 0x81, 0, 0, 0, 0, payload])
        .collect();
    client.0.write_all(&pings).expect("it reads");
    for payload in b'a'..b'k' {
        let mut pong = [0; 3];
        client.0.read_exact(&mut pong).expect("a frame");
        assert_eq!(pong, [0x8a, 1, payload]);
    }
}

#[test]
fn what_a_client_was_told_survives_a_crash() {
    let project = notes();
    let data = tempfile::tempdir().expect("a folder");
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let mut client = Client::connect(&holdfast.ready());
    assert_eq!(client.receive(), "nothing");
    for round in 0..10 {
        client.send(&format!("note {round}"));
        assert_eq!(client.receive(), format!("kept note {round}"));
    }
    holdfast.signal("KILL");
    assert!(!holdfast.end().status.success());
    let mut rest = Vec::new();
    // An end or a reset: the connection is gone.
    let _ = client.0.read_to_end(&mut rest);
    assert_eq!(rest, b"");

    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let mut client = Client::connect(&holdfast.ready());
    assert_eq!(client.receive(), "note 9");
    client.send("again");
    assert_eq!(client.receive(), "kept again");
}
