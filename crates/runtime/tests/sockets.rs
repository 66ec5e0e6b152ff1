//! WebSockets of Workers and objects, without a network: frames in and out, hibernation, failures.

use std::time::Duration;

use holdfast_web::websocket::{Frame, Received};

mod support;
use support::{World, options};

const PROGRAM: &str = r#"
import { DurableObject } from "cloudflare:workers";
let constructed = 0;
export class Thing extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.made = ++constructed;
    if (this.ctx.id.name === "fails-later" && this.made > 1) throw new Error("not again");
  }
  async fetch(request) {
    const url = new URL(request.url);
    if (url.pathname === "/hop") return this.env.THING.getByName(url.searchParams.get("to")).fetch("http://o/hibernate", request);
    const { 0: client, 1: server } = new WebSocketPair();
    if (url.pathname === "/accept") {
      server.accept();
      server.addEventListener("message", async ({ data }) => server.send(data === "who" ? `made ${this.made}` : `echo ${data}`));
      server.addEventListener("close", ({ code, reason }) => this.ctx.storage.put("closed", [code, reason]));
    } else {
      this.ctx.acceptWebSocket(server, url.searchParams.getAll("tag"));
      server.serializeAttachment({ since: this.made, list: [1, 2] });
    }
    return new Response(null, { status: 101, webSocket: client });
  }
  async webSocketMessage(ws, message) {
    switch (message) {
      case "who": return ws.send(`made ${this.made}`);
      case "state": return ws.send(JSON.stringify([ws.deserializeAttachment(), this.ctx.getTags(ws), ws.readyState, this.ctx.getWebSockets().length, this.ctx.getWebSockets("a").length, this.ctx.getWebSockets("a").includes(ws)]));
      case "write": {
        ws.send("before"); this.ctx.storage.kv.put("n", 1); ws.send("after");
        await scheduler.wait(1); ws.send("later"); return;
      }
      case "all": for (const other of this.ctx.getWebSockets()) other.send("to all"); return;
      case "auto": this.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong")); return ws.send("set");
      case "stamp": return ws.send(String(this.ctx.getWebSocketAutoResponseTimestamp(ws) instanceof Date));
      case "throw": throw new Error("handler failed");
      case "abort": this.ctx.abort("enough");
      case "bye": return ws.close(3001, "bye");
      case "timeout": this.ctx.setHibernatableWebSocketEventTimeout(50); return ws.send("set");
      case "hang": await new Promise(() => {});
      case "keep": this.keep = setInterval(() => {}, 10); return ws.send("kept");
      default:
        if (typeof message !== "string") return ws.send(new Uint8Array([...new Uint8Array(message), 9]));
        ws.send(`echo ${message}`);
    }
  }
  async webSocketClose(ws, code, reason, wasClean) {
    await this.ctx.storage.put("closed", [code, reason, wasClean, ws.readyState, this.ctx.getTags(ws)]);
    if (reason === "answer") ws.close(code, "answered");
  }
  async webSocketError(ws, error) { await this.ctx.storage.put("failed", [String(error), ws.readyState]); }
  async get(key) { return (await this.ctx.storage.get(key)) ?? null; }
  sockets() { return this.ctx.getWebSockets().length; }
  made_() { return this.made; }
}
export default { async fetch(request, env) {
  const url = new URL(request.url);
  const [, kind, name, what] = url.pathname.split("/");
  const thing = env.THING.getByName(name);
  if (kind === "get") return Response.json(await thing.get(what));
  if (kind === "sockets") return Response.json(await thing.sockets());
  if (kind === "via") {
    // The Worker is a client itself, and passes on what it hears.
    const inner = (await thing.fetch("http://o/hibernate", request)).webSocket;
    const { 0: client, 1: server } = new WebSocketPair();
    inner.accept(); server.accept();
    inner.addEventListener("message", ({ data }) => server.send(`via ${data}`));
    server.addEventListener("message", ({ data }) => inner.send(data));
    return new Response(null, { status: 101, webSocket: client });
  }
  if (kind === "plain") {
    const { 0: client, 1: server } = new WebSocketPair();
    server.accept();
    server.addEventListener("message", ({ data }) => server.send(`worker ${data}`));
    return new Response(null, { status: 101, webSocket: client });
  }
  if (kind === "refused") {
    try { return await thing.fetch("http://o/hibernate"); } catch (e) { return new Response(`${e.name}: ${e.message}`); }
  }
  return thing.fetch(`http://o/${kind}${url.search}`, request);
} };
"#;

fn world() -> World {
    World::new(PROGRAM)
}

/// Objects are given up after a short time.
fn sleepy() -> World {
    World::start_with(&[("index.js", PROGRAM)], |folder| {
        let mut options = options(folder, 1);
        options.idle = Duration::from_millis(200);
        options
    })
    .expect("the node starts")
}

/// Asks until the answer is this.
fn eventually(world: &World, path: &str, expected: &str) {
    let began = std::time::Instant::now();
    loop {
        let text = world.text(path);
        if text == expected {
            return;
        }
        assert!(
            began.elapsed() < support::PATIENCE,
            "{path} goes on giving {text}, not {expected}"
        );
        std::thread::yield_now();
    }
}

fn close(code: u16, reason: &str) -> Received {
    Received::Frame(Frame::Close {
        code,
        reason: reason.to_owned(),
    })
}

#[test]
fn frames_pass_between_a_client_and_an_object_on_whatever_shard() {
    let world = world();
    // Names spread over both shards, and so do the clients.
    for (shard, name) in [(0, "a"), (1, "a"), (0, "b"), (1, "b"), (0, "c"), (1, "d")] {
        for kind in ["hibernate", "accept"] {
            let socket = world.open(shard, &format!("/{kind}/{name}"));
            for n in 0..20 {
                socket.send(&n.to_string());
            }
            for n in 0..20 {
                assert_eq!(socket.text(), format!("echo {n}"));
            }
        }
    }
}

#[test]
fn a_worker_keeps_its_own_sockets_after_its_answer() {
    let world = world();
    let socket = world.open(0, "/plain/x");
    for n in 0..5 {
        assert_eq!(socket.ask(&n.to_string()), format!("worker {n}"));
    }
}

#[test]
fn a_socket_passes_through_any_number_of_objects() {
    let world = world();
    for to in ["a", "b", "c", "d"] {
        let socket = world.open(0, &format!("/hop/first?to={to}"));
        assert_eq!(socket.ask("x"), "echo x");
        let socket = world.open(1, &format!("/via/{to}"));
        assert_eq!(socket.ask("x"), "via echo x");
    }
}

#[test]
fn binary_messages_arrive_as_buffers() {
    let world = world();
    let socket = world.open(0, "/hibernate/a");
    let bytes = Frame::Binary(vec![1, 2].into());
    socket.end.sender.push(bytes).expect("there is room");
    assert_eq!(
        socket.receive(),
        Received::Frame(Frame::Binary(vec![1, 2, 9].into()))
    );
}

#[test]
fn frames_keep_their_order_around_writes() {
    let world = world();
    let socket = world.open(0, "/hibernate/a");
    socket.send("write");
    let received = [socket.text(), socket.text(), socket.text()];
    assert_eq!(received, ["before", "after", "later"]);
}

#[test]
fn a_request_that_asks_for_no_socket_gets_none() {
    let world = world();
    assert_eq!(
        world.text("/refused/a"),
        "TypeError: Worker tried to return a WebSocket in a response to a request which did not \
         contain the header \"Upgrade: websocket\"."
    );
}

#[test]
fn an_object_that_is_given_up_keeps_its_sockets() {
    let world = sleepy();
    let one = world.open(0, "/hibernate/a?tag=a&tag=b&tag=a");
    let two = world.open(0, "/hibernate/a");
    let state = r#"[{"since":1,"list":[1,2]},["a","b"],1,2,1,true]"#;
    assert_eq!(one.ask("state"), state);
    assert_eq!(one.ask("who"), "made 1");
    assert_eq!(one.ask_until_changed("who", "made 1"), "made 2");
    assert_eq!(one.ask("state"), state, "nothing of the socket is lost");
    one.send("all");
    assert_eq!([one.text(), two.text()], ["to all", "to all"]);
    // And again: the second instance is given up like the first.
    assert_eq!(two.ask_until_changed("who", "made 2"), "made 3");
}

#[test]
fn an_automatic_response_wakes_nobody() {
    let world = sleepy();
    let socket = world.open(0, "/hibernate/a");
    assert_eq!(socket.ask("stamp"), "false");
    assert_eq!(socket.ask("auto"), "set");
    // Asked all the time, the object is given up all the same.
    let began = std::time::Instant::now();
    while began.elapsed() < Duration::from_millis(1500) {
        assert_eq!(socket.ask("ping"), "pong");
    }
    assert_eq!(socket.ask("who"), "made 2");
    assert_eq!(
        socket.ask("stamp"),
        "true",
        "the time outlives the instance"
    );
    assert_eq!(
        socket.ask("ping "),
        "echo ping ",
        "only the very text is answered"
    );
}

#[test]
fn listeners_keep_an_object_in_memory() {
    let world = sleepy();
    let listening = world.open(0, "/accept/a");
    let other = world.open(0, "/hibernate/b");
    assert_eq!(listening.ask("who"), "made 1");
    // The other object, made later, was given up meanwhile.
    assert_eq!(other.ask("who"), "made 2");
    assert_eq!(other.ask_until_changed("who", "made 2"), "made 3");
    assert_eq!(listening.ask("who"), "made 1");
}

#[test]
fn a_close_frame_is_told_and_answered() {
    let world = world();
    let socket = world.open(0, "/hibernate/a?tag=t");
    socket.close(3000, "answer");
    assert_eq!(socket.receive(), close(3000, "answered"));
    assert_eq!(socket.receive(), Received::Lost);
    assert_eq!(
        world.text("/get/a/closed"),
        r#"[3000,"answer",true,2,["t"]]"#
    );
    eventually(&world, "/sockets/a", "0");
    // Left unanswered, it is answered in kind.
    let socket = world.open(0, "/hibernate/a");
    socket.close(3002, "no answer");
    assert_eq!(socket.receive(), close(3002, "no answer"));
}

#[test]
fn an_object_closes_a_socket_and_hears_the_answer() {
    let world = world();
    let socket = world.open(0, "/hibernate/a");
    socket.send("bye");
    assert_eq!(socket.receive(), close(3001, "bye"));
    assert_eq!(world.text("/sockets/a"), "1", "it is not closed yet");
    socket.close(3001, "bye");
    eventually(&world, "/sockets/a", "0");
    eventually(&world, "/get/a/closed", r#"[3001,"bye",true,3,[]]"#);
}

#[test]
fn a_lost_connection_is_told_once() {
    let world = sleepy();
    let socket = world.open(0, "/hibernate/a");
    assert_eq!(socket.ask("who"), "made 1");
    assert_eq!(socket.ask_until_changed("who", "made 1"), "made 2");
    drop(socket);
    eventually(
        &world,
        "/get/a/closed",
        r#"[1006,"WebSocket disconnected without sending Close frame.",false,2,[]]"#,
    );
    eventually(&world, "/sockets/a", "0");
}

#[test]
fn a_failed_connection_is_told_as_an_error() {
    let world = world();
    let socket = world.open(0, "/hibernate/a");
    socket.end.sender.fail("it broke".to_owned());
    eventually(&world, "/get/a/failed", r#"["Error: it broke",2]"#);
    eventually(&world, "/sockets/a", "0");
}

#[test]
fn a_handler_that_throws_harms_nothing() {
    let world = world();
    let socket = world.open(0, "/hibernate/a");
    assert_eq!(socket.ask("who"), "made 1");
    socket.send("throw");
    assert_eq!(socket.ask("who"), "made 1");
    assert!(world.log().contains("handler failed"), "{}", world.log());
}

#[test]
fn an_object_that_breaks_loses_its_sockets() {
    let world = world();
    let sockets = [
        world.open(0, "/hibernate/a"),
        world.open(1, "/hibernate/a"),
        world.open(0, "/accept/a"),
    ];
    for socket in &sockets {
        assert_eq!(socket.ask("who"), "made 1");
    }
    sockets[0].send("abort");
    for socket in &sockets {
        assert_eq!(socket.receive(), Received::Lost);
    }
    assert_eq!(world.text("/sockets/a"), "0");
    assert_eq!(world.text("/get/a/closed"), "null", "no handler was called");
}

#[test]
fn an_instance_that_cannot_be_built_loses_its_sockets() {
    let world = sleepy();
    let socket = world.open(0, "/hibernate/fails-later");
    assert_eq!(socket.ask("who"), "made 1");
    // It wakes only when something arrives, and then it fails.
    let other = world.open(0, "/hibernate/b");
    assert_eq!(other.ask("who"), "made 2");
    assert_eq!(other.ask_until_changed("who", "made 2"), "made 3");
    socket.send("who");
    assert_eq!(socket.receive(), Received::Lost);
}

#[test]
fn a_handler_that_takes_too_long_resets_the_object() {
    let world = world();
    let socket = world.open(0, "/hibernate/a");
    assert_eq!(socket.ask("timeout"), "set");
    assert_eq!(socket.ask("who"), "made 1");
    socket.send("hang");
    assert_eq!(socket.receive(), Received::Lost);
    let socket = world.open(0, "/hibernate/a");
    assert_eq!(socket.ask("who"), "made 2");
}

#[test]
fn a_new_program_cuts_the_sockets_of_the_old_one() {
    let world = world();
    let object = world.open(0, "/hibernate/a");
    assert_eq!(object.ask("who"), "made 1");
    world.rewrite(PROGRAM).expect("it is the same");
    assert_eq!(object.receive(), Received::Lost);
    let object = world.open(0, "/hibernate/a");
    assert_eq!(object.ask("x"), "echo x");
}

#[test]
fn many_sockets_cost_little_and_all_are_served() {
    let world = sleepy();
    let sockets: Vec<_> = (0..500).map(|_| world.open(0, "/hibernate/a")).collect();
    sockets[0].send("all");
    for socket in &sockets {
        assert_eq!(socket.text(), "to all");
    }
    drop(sockets);
    eventually(&world, "/sockets/a", "0");
}
