// connect(): TCP, spoken to the test's HTTP server.

import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import { connect } from "holdfast:web/socket";

const encoder = new TextEncoder();
const QUESTION = "GET /no-such-path HTTP/1.1\r\nHost: SERVER\r\nConnection: close\r\n\r\n";
const NOBODY = "127.0.0.1:1";

async function readAll(socket) {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of socket.readable) text += decoder.decode(chunk, { stream: true });
  return text;
}

test("what is written arrives, and what is answered is read to its end", async () => {
  const socket = connect("SERVER");
  assertEquals((await socket.opened).remoteAddress, "SERVER");
  await socket.writable.getWriter().write(encoder.encode(QUESTION));
  assert((await readAll(socket)).startsWith("HTTP/1.1 "));
  assertEquals(await socket.closed, undefined);
});

test("writing need not wait for the connection", async () => {
  const [hostname, port] = "SERVER".split(":");
  const socket = connect({ hostname, port: Number(port) });
  const writer = socket.writable.getWriter();
  writer.write(QUESTION);
  assert((await readAll(socket)).startsWith("HTTP/1.1 "));
});

test("with allowHalfOpen the writing side outlives the reading one", async () => {
  const socket = connect("SERVER", { allowHalfOpen: true });
  const writer = socket.writable.getWriter();
  await writer.write(QUESTION);
  await readAll(socket);
  await writer.close();
  await socket.close();
  assertEquals(await socket.closed, undefined);
});

test("without it the end of one is the end of both", async () => {
  const socket = connect("SERVER");
  const writer = socket.writable.getWriter();
  await writer.write(QUESTION);
  await readAll(socket);
  await assertRejects(writer.write("more"), TypeError);
});

test("close ends a read that waits", async () => {
  const socket = connect("SERVER");
  await socket.opened;
  const reading = socket.readable.getReader().read();
  reading.catch(() => {});
  await socket.close();
  await assertRejects(reading, Error, "Stream was cancelled.");
  assertEquals(await socket.closed, undefined);
  assertEquals(await socket.close(), undefined);
});

test("a socket can be closed before it is open", async () => {
  const socket = connect("SERVER");
  await socket.close();
  assertEquals(await socket.closed, undefined);
});

test("a connection that is refused fails everything", async () => {
  const socket = connect(NOBODY);
  const text = "proxy request failed, cannot connect to the specified address";
  await assertRejects(socket.opened, Error, text);
  await assertRejects(socket.closed, Error, text);
  await assertRejects(socket.writable.getWriter().write("a"), Error, text);
  await assertRejects(socket.readable.getReader().read(), Error, text);
});

test("TLS with somebody who does not speak it fails", async () => {
  await assertRejects(connect("SERVER", { secureTransport: "on" }).opened, Error, /^proxy request failed/);
  const plain = connect("SERVER", { secureTransport: "starttls" });
  await plain.opened;
  const secured = plain.startTls();
  assertEquals([plain.secureTransport, secured.secureTransport], ["starttls", "on"]);
  assertEquals(await plain.closed, undefined);
  await assertRejects(secured.opened, Error, /^proxy request failed/);
});

test("a read that waits does not keep TLS from beginning", async () => {
  const plain = connect("SERVER", { secureTransport: "starttls", allowHalfOpen: true });
  await plain.opened;
  const reading = plain.readable.getReader().read();
  await assertRejects(plain.startTls().opened, Error, /^proxy request failed/);
  assertEquals((await reading).done, true);
});

test("startTls is for those that said so, once", async () => {
  const off = connect("SERVER");
  assertThrows(() => off.startTls(), TypeError, /must be set to 'starttls'/);
  const twice = connect("SERVER", { secureTransport: "starttls" });
  twice.startTls().closed.catch(() => {});
  assertThrows(() => twice.startTls(), TypeError, /already been called/);
});

test("addresses and options are checked", () => {
  assertThrows(() => connect("host"), TypeError, "Specified address is missing port.");
  for (const address of ["a:99999", "a:b", ":80", "a b:80"]) {
    assertThrows(() => connect(address), TypeError, "Specified address could not be parsed.");
  }
  assertThrows(() => connect({ hostname: "a", port: 99999 }), TypeError, "Value out of range. Must be less than or equal to 65535.");
  assertThrows(() => connect({ hostname: "a" }), TypeError, "The value cannot be converted because it is not an integer.");
  assertThrows(() => connect(NOBODY, { secureTransport: "x" }), TypeError, "Unsupported value in secureTransport socket option: x");
  assertThrows(() => connect(NOBODY, 5), TypeError);
});

test("what is no bytes and no text is refused", async () => {
  const socket = connect("SERVER");
  await assertRejects(socket.writable.getWriter().write(5), TypeError, /non-ArrayBuffer/);
  await socket.close();
});
