import { assert, assertEquals, test } from "holdfast:test";
import { fetch } from "holdfast:web/fetch";
import { WebSocket } from "holdfast:web/websocket/websocket";

const HTTP = "http://SERVER";
const WS = "ws://SERVER";

/** The next event of this type. */
const next = (socket, type) => new Promise((resolve) => socket.addEventListener(type, resolve, { once: true }));

test("a connection opens, and messages go both ways", async () => {
  const socket = new WebSocket(`${WS}/socket?q`, ["one", "two"]);
  assertEquals([socket.readyState, socket.protocol], [WebSocket.CONNECTING, ""]);
  await next(socket, "open");
  assertEquals([socket.readyState, socket.url, socket.protocol], [WebSocket.OPEN, `${WS}/socket?q`, "two"]);
  assertEquals(socket.extensions, "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
  const long = "again and again ".repeat(100_000);
  for (const text of ["short", "", "é😀", long]) {
    socket.send(text);
    assertEquals((await next(socket, "message")).data, text);
  }
  socket.binaryType = "arraybuffer";
  socket.send(new Uint8Array([1, 2, 3]));
  assertEquals([...new Uint8Array((await next(socket, "message")).data)], [1, 2, 3]);
  socket.close(3000, "done");
  const { code, reason, wasClean } = await next(socket, "close");
  assertEquals([code, reason, wasClean, socket.readyState], [3000, "done", true, WebSocket.CLOSED]);
});

test("the other side closes, or goes away", async () => {
  const closed = new WebSocket(`${WS}/socket`);
  await next(closed, "open");
  closed.send("bye");
  let event = await next(closed, "close");
  assertEquals([event.code, event.reason, event.wasClean], [3001, "as asked", true]);
  const lost = new WebSocket(`${WS}/socket`);
  await next(lost, "open");
  lost.send("vanish");
  event = await next(lost, "close");
  assertEquals(
    [event.code, event.reason, event.wasClean],
    [1006, "WebSocket disconnected without sending Close frame.", false],
  );
});

test("what is no WebSocket is told", async () => {
  const socket = new WebSocket(`${WS}/echo`);
  // The two come one right after the other.
  const closing = next(socket, "close");
  const { message } = await next(socket, "error");
  assert(message.includes("expected server to reply with HTTP status code 101") && message.includes("received 200"), message);
  const { code, reason, wasClean } = await closing;
  assertEquals([code, reason, wasClean], [1006, "Failed to establish websocket connection", false]);
  assertEquals(socket.readyState, WebSocket.CLOSED);
});

test("a socket that is closed before it is open opens never", async () => {
  const socket = new WebSocket(`${WS}/socket`);
  let opened = false;
  socket.addEventListener("open", () => (opened = true));
  socket.close();
  const other = new WebSocket(`${WS}/socket`);
  await next(other, "open");
  assertEquals([opened, socket.readyState], [false, WebSocket.CLOSED]);
});

test("fetch() with an upgrade gives a socket to be accepted", async () => {
  const response = await fetch(`${HTTP}/socket`, {
    headers: { upgrade: "websocket", "sec-websocket-protocol": "chat" },
  });
  assertEquals([response.status, response.headers.get("sec-websocket-protocol")], [101, "chat"]);
  const { webSocket } = response;
  assertEquals([webSocket.readyState, webSocket.url, webSocket.protocol], [WebSocket.OPEN, null, "chat"]);
  webSocket.accept();
  webSocket.send("hello");
  assertEquals((await next(webSocket, "message")).data, "hello");
  webSocket.close(1000);
  assertEquals((await next(webSocket, "close")).code, 1000);
  const refused = await fetch(`${HTTP}/echo`, { headers: { upgrade: "websocket" } });
  assertEquals([refused.status, refused.webSocket], [200, null]);
});
