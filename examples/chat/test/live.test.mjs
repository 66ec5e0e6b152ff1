// Visitors on WebSockets: BASE_URL=http://127.0.0.1:8787 node --test test/

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, test } from "node:test";
import { Socket } from "./socket.mjs";

const BASE_URL = process.env.BASE_URL;
assert.ok(BASE_URL, "set BASE_URL to where the example runs");

const freshRoom = () => `live-${randomUUID().slice(0, 18)}`;
const url = (room, query = "") => `${BASE_URL}/api/rooms/${room}/live${query}`;

const opened = [];
after(() => opened.forEach((socket) => socket.vanish()));

async function connect(at) {
  const socket = await Socket.connect(at);
  opened.push(socket);
  return socket;
}

/** A visitor who has said its name and has heard that it is here. */
async function enter(room, name, query) {
  const socket = await connect(url(room, query));
  const { messages } = await socket.until("history");
  await socket.until("people");
  socket.tell({ type: "hello", name });
  while (!(await socket.until("people")).names.includes(name));
  return { socket, messages };
}

const post = (room, author, text) =>
  fetch(`${BASE_URL}/api/rooms/${room}/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ author, text }),
  });

test("a message reaches everybody, and its sender knows which", async () => {
  const room = freshRoom();
  const ada = (await enter(room, "Ada")).socket;
  const grace = (await enter(room, "Grace")).socket;
  ada.tell({ type: "say", author: " Ada ", text: "hello", tag: "t1" });
  const [own, others] = [await ada.until("message"), await grace.until("message")];
  assert.equal(own.tag, "t1");
  assert.equal(others.tag, undefined);
  assert.deepEqual(own.message, others.message);
  assert.equal(own.message.author, "Ada");
  const { messages } = await (await fetch(`${BASE_URL}/api/rooms/${room}/messages`)).json();
  assert.deepEqual(messages, [own.message]);
});

test("messages sent over HTTP arrive as well", async () => {
  const room = freshRoom();
  const { socket } = await enter(room, "Ada");
  assert.equal((await post(room, "Grace", "by post")).status, 201);
  const { message } = await socket.until("message");
  assert.deepEqual([message.author, message.text], ["Grace", "by post"]);
});

test("those who come later see what was said, from where they were", async () => {
  const room = freshRoom();
  for (const text of ["one", "two", "three"]) await post(room, "Ada", text);
  const texts = ({ messages }) => messages.map((m) => m.text);
  assert.deepEqual(texts(await enter(room, "A")), ["one", "two", "three"]);
  assert.deepEqual(texts(await enter(room, "B", "?after=2")), ["three"]);
  assert.deepEqual(texts(await enter(room, "C", "?after=3")), []);
});

test("everybody knows who is here", async () => {
  const room = freshRoom();
  const ada = (await enter(room, "Ada")).socket;
  const grace = (await enter(room, "Grace")).socket;
  const again = (await enter(room, "Grace")).socket;
  const names = async () => (await ada.until("people")).names;
  // Connections without a name are not shown.
  let seen;
  do seen = await names();
  while (seen.length < 2);
  assert.deepEqual(seen, ["Ada", "Grace"]);
  grace.tell({ type: "hello", name: "Alan" });
  do seen = await names();
  while (!seen.includes("Alan"));
  assert.deepEqual(seen, ["Ada", "Alan", "Grace"]);
  const { code } = await again.close(1000, "bye");
  assert.equal(code, 1000);
  do seen = await names();
  while (seen.includes("Grace"));
  assert.deepEqual(seen, ["Ada", "Alan"]);
  grace.vanish();
  do seen = await names();
  while (seen.includes("Alan"));
  assert.deepEqual(seen, ["Ada"]);
});

test("that somebody is typing is told to the others", async () => {
  const room = freshRoom();
  const ada = (await enter(room, "Ada")).socket;
  const grace = (await enter(room, "Grace")).socket;
  ada.tell({ type: "typing" });
  assert.equal((await grace.until("typing")).name, "Ada");
  // Had Ada heard it too, it would come before this.
  grace.tell({ type: "typing" });
  assert.equal((await ada.until("typing")).name, "Grace");
});

test("what cannot be accepted is refused with a reason", async () => {
  const { socket } = await enter(freshRoom(), "Ada");
  for (const [sent, error] of [
    ["{", /not valid JSON/],
    ["null", /must be an object/],
    ['{"type":"dance"}', /type must be/],
    ['{"type":"hello","name":7}', /name must be a string/],
    [JSON.stringify({ type: "hello", name: "x".repeat(41) }), /at most 40/],
    ['{"type":"say","author":"","text":"x"}', /author must not be empty/],
    ['{"type":"say","author":"Ada","text":" "}', /text must not be empty/],
  ]) {
    socket.send(sent);
    assert.match((await socket.until("refused")).error, error);
  }
  socket.tell({ type: "say", author: "Ada", text: "", tag: "mine" });
  assert.equal((await socket.until("refused")).tag, "mine");
});

test("a sign of life is answered", async () => {
  const { socket } = await enter(freshRoom(), "Ada");
  socket.send("ping");
  await socket.until("pong");
});

test("a room wants a WebSocket, and a name that is one", async () => {
  const response = await fetch(url(freshRoom()));
  assert.equal(response.status, 426);
  await assert.rejects(Socket.connect(url("Bad_Name")), /400/);
  await assert.rejects(Socket.connect(url(freshRoom(), "?after=x")), /400/);
});

test("fifty visitors talk at once, and everybody hears everything in one order", async () => {
  const room = freshRoom();
  const visitors = await Promise.all(Array.from({ length: 50 }, (_, i) => enter(room, `visitor ${i}`)));
  for (const [i, { socket }] of visitors.entries()) socket.tell({ type: "say", author: `visitor ${i}`, text: `${i}` });
  const heard = await Promise.all(
    visitors.map(async ({ socket }) => {
      const ids = [];
      while (ids.length < visitors.length) ids.push((await socket.until("message")).message.id);
      return ids;
    }),
  );
  for (const ids of heard) assert.deepEqual(ids, heard[0]);
});
