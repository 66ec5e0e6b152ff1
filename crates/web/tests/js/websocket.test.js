import { assert, assertEquals, assertThrows, test } from "holdfast:test";
import { Blob } from "holdfast:web/blob";
import { DOMException } from "holdfast:web/dom_exception";
import { EventTarget } from "holdfast:web/event_target";
import { Response, responseToHost } from "holdfast:web/response";
import { closeArguments, connectProtocols, connectUrl } from "holdfast:web/websocket/arguments";
import { serializedBytes } from "holdfast:web/websocket/attachment";
import { configure, isWebSocket, WebSocket, WebSocketPair } from "holdfast:web/websocket/websocket";

const half = { allowHalfOpen: true };

/** Resolves when `socket` has had `count` events of these types. */
function events(socket, count, types = ["message", "close", "error"]) {
  const seen = [];
  return new Promise((resolve) => {
    const add = (...entry) => seen.push(entry) === count && resolve(seen);
    if (types.includes("message")) socket.addEventListener("message", ({ data }) => add("message", data));
    if (types.includes("close")) {
      socket.addEventListener("close", ({ code, reason, wasClean }) => add("close", code, reason, wasClean));
    }
    if (types.includes("error")) socket.addEventListener("error", ({ message }) => add("error", message));
  });
}

test("a pair is two sockets that are not connected to anything else", () => {
  const pair = new WebSocketPair();
  assertEquals(Object.keys(pair), ["0", "1"]);
  assertEquals([...pair], [pair[0], pair[1]]);
  assert(pair[0] instanceof EventTarget && isWebSocket(pair[0]) && !isWebSocket({}));
  assertEquals([pair[0].readyState, pair[0].url, pair[0].protocol, pair[0].extensions], [WebSocket.OPEN, null, "", ""]);
});

test("messages pass in order, each as an event", async () => {
  const { 0: left, 1: right } = new WebSocketPair();
  left.accept();
  right.accept();
  const got = events(right, 3);
  left.send("one");
  left.send("é😀");
  left.send({ toString: () => "own" });
  assertEquals(await got, [["message", "one"], ["message", "é😀"], ["message", "own"]]);
});

test("what was sent before accept() arrives after it", async () => {
  const { 0: left, 1: right } = new WebSocketPair();
  left.accept();
  left.send("early");
  const got = events(right, 1);
  right.accept();
  assertEquals(await got, [["message", "early"]]);
});

test("binary messages are copies, and blobs or buffers as wished", async () => {
  const { 0: left, 1: right } = new WebSocketPair();
  left.accept();
  right.accept();
  const bytes = new Uint8Array([1, 2, 3]);
  const first = events(right, 1);
  left.send(bytes.subarray(1));
  bytes.fill(9);
  const blob = (await first)[0][1];
  assert(blob instanceof Blob);
  assertEquals([...new Uint8Array(await blob.arrayBuffer())], [2, 3]);
  right.binaryType = "arraybuffer";
  const second = events(right, 1);
  left.send(bytes.buffer);
  assertEquals([...new Uint8Array((await second)[0][1])], [9, 9, 9]);
});

test("sending needs accept(), and ends with close()", () => {
  const { 0: left } = new WebSocketPair();
  const early = /^You must call one of accept\(\) or state\.acceptWebSocket\(\)/;
  assertThrows(() => left.send("x"), TypeError, early);
  assertThrows(() => left.close(), TypeError, early);
  left.accept();
  left.close(3000);
  assertThrows(() => left.send("x"), TypeError, "Can't call WebSocket send() after close().");
  left.close(3001);
  assertEquals(left.readyState, WebSocket.CLOSING);
});

test("a close frame is answered in kind, or left to the program", async () => {
  const { 0: left, 1: right } = new WebSocketPair();
  left.accept();
  right.accept();
  const both = Promise.all([events(left, 1), events(right, 1)]);
  left.close(3000, "why");
  assertEquals(await both, [[["close", 3000, "why", true]], [["close", 3000, "why", true]]]);
  assertEquals([left.readyState, right.readyState], [3, 3]);

  const { 0: one, 1: two } = new WebSocketPair();
  one.accept(half);
  two.accept(half);
  const heard = events(two, 1);
  one.close();
  assertEquals(await heard, [["close", 1005, "", true]]);
  assertEquals([one.readyState, two.readyState], [2, 2]);
  const last = events(one, 2);
  two.send("still open");
  two.close(3001);
  assertEquals(await last, [["message", "still open"], ["close", 3001, "", true]]);
});

test("a listener that throws ends the connection", async () => {
  const { 0: left, 1: right } = new WebSocketPair();
  left.accept();
  right.accept();
  right.addEventListener("message", () => {
    throw new TypeError("nope");
  });
  const both = Promise.all([events(left, 1), events(right, 1, ["error"])]);
  left.send("x");
  const [other, own] = await both;
  assertEquals(own, [["error", "Uncaught TypeError: nope"]]);
  assertEquals(other, [["close", 1006, "WebSocket disconnected without sending Close frame.", false]]);
  assertEquals(right.readyState, WebSocket.CLOSED);
  right.send("goes nowhere");
});

test("the arguments of close()", () => {
  const bad = (code) => assertThrows(() => closeArguments(code, undefined, true), "InvalidAccessError", `Invalid WebSocket close code: ${code}.`);
  for (const code of [0, 999, 1004, 1005, 1006, 1015, 5000]) bad(code);
  assertEquals(closeArguments(1000.9, "x", true), { code: 1000, reason: "x" });
  assertEquals(closeArguments(undefined, undefined, true), { code: undefined, reason: "" });
  assertThrows(() => closeArguments(undefined, "x", true), "InvalidAccessError", /must also specify a code/);
  const long = "é".repeat(62);
  assertThrows(() => closeArguments(1000, long, true), "SyntaxError", /longer than 123 bytes/);
  assertEquals(closeArguments(1000, long, false).reason, long);
});

test("the arguments of new WebSocket()", () => {
  const message = (text) => `WebSocket Constructor: ${text}`;
  assertEquals(connectUrl("ws://me:secret@Host:80/a?b"), "ws://me:secret@host/a?b");
  assertEquals(connectUrl("wss://host"), "wss://host/");
  assertEquals(connectUrl("ws://host/#"), "ws://host/");
  assertThrows(() => connectUrl("x"), DOMException, message("The url is invalid."));
  assertThrows(() => connectUrl("http://x/"), DOMException, message("The url scheme must be ws or wss."));
  assertThrows(() => connectUrl("ws://x/#y"), DOMException, message("The url fragment must be empty."));
  assertEquals(connectProtocols(undefined), "");
  assertEquals(connectProtocols([]), "");
  assertEquals(connectProtocols(["a", "b"]), "a, b");
  assertEquals(connectProtocols(3), "3");
  assertThrows(() => connectProtocols("a b"), "SyntaxError", message("The protocol header token is invalid."));
  assertThrows(() => connectProtocols(["a", ""]), "SyntaxError", message("One of the protocol header tokens is invalid."));
  assertThrows(() => connectProtocols(["a", "a"]), "SyntaxError", message("The protocols header cannot have repeating values."));
});

test("attachments are copies", () => {
  const { 0: socket } = new WebSocketPair();
  assertEquals(socket.deserializeAttachment(), null);
  const given = { list: [1, new Date(5)] };
  socket.serializeAttachment(given);
  given.list.push("later");
  assertEquals(socket.deserializeAttachment(), { list: [1, new Date(5)] });
  assert(socket.deserializeAttachment() !== socket.deserializeAttachment());
  socket.serializeAttachment("x".repeat(16_379));
  assertThrows(
    () => socket.serializeAttachment("x".repeat(16_385)),
    Error,
    "A WebSocket 'attachment' cannot be larger than 16384 bytes.'attachment' was 16391 bytes.",
  );
  assertThrows(() => socket.serializeAttachment(socket), "DataCloneError");
});

test("sizes are those of V8's serialization", () => {
  // Taken from v8.serialize() of Node, whose header has two bytes as well.
  for (const [value, bytes] of [
    [undefined, 3], [null, 3], [true, 3], [0, 4], [-1, 4], [64, 5], [1.5, 11], [2 ** 31, 11], ["", 4], ["abc", 7],
    ["\u0100", 6], [[1, 2], 11], [[1, 1.5], 25], [{}, 5], [{ a: 1 }, 10], [new Date(0), 11], [10n, 12], [0n, 4],
  ]) {
    assertEquals(serializedBytes(value), bytes, String(value));
  }
  const shared = {};
  assertEquals([serializedBytes([shared, shared]), serializedBytes([{}, {}])], [12, 13]);
});

test("sockets and responses", () => {
  const { 0: socket } = new WebSocketPair();
  const response = new Response(null, { status: 101, webSocket: socket });
  assert(response.webSocket === socket);
  assert(responseToHost(response).webSocket === socket);
  assertThrows(() => new Response(null, { webSocket: socket }), RangeError, "Responses with a WebSocket must have status code 101.");
  assertThrows(() => response.clone(), TypeError, "Cannot clone a response to a WebSocket handshake.");
});

test("older programs get buffers and answer close frames themselves", async () => {
  configure(false, true, false);
  try {
    const { 0: left, 1: right } = new WebSocketPair();
    assertEquals(left.binaryType, "arraybuffer");
    left.accept();
    right.accept();
    const heard = events(right, 1);
    left.close(3000);
    await heard;
    assertEquals(right.readyState, WebSocket.CLOSING);
  } finally {
    configure(true, false, true);
  }
});

test("user code that changes globals does not reach in", async () => {
  const { 0: left, 1: right } = new WebSocketPair();
  const { isView } = ArrayBuffer;
  ArrayBuffer.isView = () => false;
  try {
    left.accept();
    right.accept();
    right.binaryType = "arraybuffer";
    const got = events(right, 1);
    left.send(new Uint8Array([5]));
    assertEquals([...new Uint8Array((await got)[0][1])], [5]);
  } finally {
    ArrayBuffer.isView = isView;
  }
});
