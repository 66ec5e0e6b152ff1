// Talks plain HTTP to a running chat: BASE_URL=http://127.0.0.1:8787 node --test test/

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

const BASE_URL = process.env.BASE_URL;
assert.ok(BASE_URL, "set BASE_URL to where the example runs");

const freshRoom = () => `room-${randomUUID().slice(0, 18)}`;

async function call(method, path, body, headers = {}) {
  const response = await fetch(BASE_URL + path, {
    method,
    headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
    body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
  });
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? await response.json() : await response.text(),
  };
}

const post = (room, author, text) => call("POST", `/api/rooms/${room}/messages`, { author, text });
const list = (room, query = "") => call("GET", `/api/rooms/${room}/messages${query}`);

async function assertError(promise, status, message) {
  const { status: got, body } = await promise;
  assert.equal(got, status, JSON.stringify(body));
  assert.match(body.error, message);
}

test("serves the page as HTML", async () => {
  const { status, headers, body } = await call("GET", "/");
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(headers.get("content-security-policy"), /default-src 'none'/);
  assert.match(body, /^<!doctype html>/i);
});

test("an empty room has no messages", async () => {
  const room = freshRoom();
  const { status, headers, body } = await list(room);
  assert.equal(status, 200);
  assert.equal(headers.get("cache-control"), "no-store");
  assert.deepEqual(body, { room, messages: [] });
});

test("a posted message is returned, stored and listed", async () => {
  const room = freshRoom();
  const before = Date.now();
  const { status, body } = await post(room, "  Ada ", " hello\nworld ");
  assert.equal(status, 201);
  const { id, sentAt, ...rest } = body.message;
  assert.equal(id, 1);
  assert.deepEqual(rest, { author: "Ada", text: "hello\nworld" });
  assert.ok(sentAt >= before - 1_000 && sentAt <= Date.now() + 1_000, `sentAt ${sentAt}`);
  assert.deepEqual((await list(room)).body.messages, [body.message]);
});

test("any text survives the round trip", async () => {
  const room = freshRoom();
  const texts = ["<b>&amp;\"'</b>", "'); DROP TABLE messages; --", "日本語 👩‍👩‍👧 ünï", "a\u0001b", "?1 :x $y"];
  for (const text of texts) assert.equal((await post(room, "Łukasz 🐢", text)).status, 201);
  assert.deepEqual(
    (await list(room)).body.messages.map((m) => m.text),
    texts,
  );
});

test("after= pages through a room, and its absence gives the latest", async () => {
  const room = freshRoom();
  const ids = [];
  for (let i = 0; i < 103; i++) ids.push((await post(room, "Ada", `message ${i}`)).body.message.id);
  assert.deepEqual(
    ids,
    Array.from({ length: 103 }, (_, i) => i + 1),
  );

  const idsOf = async (query) => (await list(room, query)).body.messages.map((m) => m.id);
  assert.deepEqual(await idsOf(""), ids.slice(-100));
  assert.deepEqual(await idsOf("?after=0"), ids.slice(0, 100));
  assert.deepEqual(await idsOf("?after=100"), [101, 102, 103]);
  assert.deepEqual(await idsOf("?after=103"), []);
});

test("rooms do not see each other", async () => {
  const [one, two] = [freshRoom(), freshRoom()];
  await post(one, "Ada", "in one");
  assert.deepEqual((await list(two)).body.messages, []);
});

test("fifty posts at once all arrive, each with its own id", async () => {
  const room = freshRoom();
  const texts = Array.from({ length: 50 }, (_, i) => `parallel ${i}`);
  const replies = await Promise.all(texts.map((text) => post(room, "Ada", text)));
  assert.deepEqual(
    replies.map((r) => r.status),
    texts.map(() => 201),
  );
  for (const [i, { body }] of replies.entries()) assert.equal(body.message.text, texts[i]);

  const { messages } = (await list(room)).body;
  assert.deepEqual(
    messages.map((m) => m.id),
    texts.map((_, i) => i + 1),
  );
  assert.deepEqual(messages.map((m) => m.text).sort(), [...texts].sort());
});

test("the lobby lists a room as soon as a post has returned", async () => {
  const room = freshRoom();
  await post(room, "Ada", "one");
  const { message } = (await post(room, "Ada", "two")).body;
  const { status, body } = await call("GET", "/api/rooms");
  assert.equal(status, 200);
  assert.deepEqual(
    body.rooms.find((r) => r.name === room),
    { name: room, messages: 2, lastPostAt: message.sentAt },
  );
  assert.deepEqual(
    body.rooms.map((r) => r.lastPostAt),
    body.rooms.map((r) => r.lastPostAt).sort((a, b) => b - a),
  );
});

test("the lobby counts right after a burst", async () => {
  const room = freshRoom();
  await Promise.all(Array.from({ length: 30 }, (_, i) => post(room, "Ada", `burst ${i}`)));
  const { rooms } = (await call("GET", "/api/rooms")).body;
  assert.equal(rooms.find((r) => r.name === room).messages, 30);
});

test("bad messages are refused with a reason, and nothing is stored", async () => {
  const room = freshRoom();
  const path = `/api/rooms/${room}/messages`;
  await assertError(post(room, "Ada", ""), 400, /text must not be empty/);
  await assertError(post(room, "Ada", " \n "), 400, /text must not be empty/);
  await assertError(post(room, undefined, "hi"), 400, /author must be a string/);
  await assertError(post(room, 7, "hi"), 400, /author must be a string/);
  await assertError(post(room, "a".repeat(41), "hi"), 400, /author must have at most 40 characters/);
  await assertError(post(room, "Ada", "x".repeat(2_001)), 400, /text must have at most 2000 characters/);
  await assertError(call("POST", path, "null"), 400, /must be an object/);
  await assertError(call("POST", path, "[]"), 400, /must be an object/);
  await assertError(call("POST", path, "{"), 400, /not valid JSON/);
  await assertError(call("POST", path, "hi", { "content-type": "text/plain" }), 415, /application\/json/);
  await assertError(post(room, "Ada", "x".repeat(20_000)), 413, /larger than 16384 bytes/);
  assert.deepEqual((await list(room)).body.messages, []);
});

test("lengths at the limit are accepted, counted in characters", async () => {
  const room = freshRoom();
  const reply = await post(room, "🐢".repeat(40), "é".repeat(2_000));
  assert.equal(reply.status, 201);
  assert.equal([...reply.body.message.text].length, 2_000);
});

test("bad room names and parameters are refused", async () => {
  for (const name of ["A", "-a", "a_b", "a%20b", "a".repeat(41), "%2e%2e%2f"]) {
    await assertError(list(name), 400, /room name/);
  }
  const room = freshRoom();
  for (const after of ["-1", "x", "1.5", "", "9".repeat(16)]) {
    await assertError(list(room, `?after=${after}`), 400, /after must be/);
  }
});

test("unknown pages and methods say so", async () => {
  const room = freshRoom();
  for (const path of ["/nope", "/api", "/api/rooms/x", "/api/rooms/x/messages/1", "/api/rooms/"]) {
    await assertError(call("GET", path), 404, /no such page/);
  }
  for (const [method, path, allow] of [
    ["POST", "/", "GET"],
    ["POST", "/api/rooms", "GET"],
    ["DELETE", `/api/rooms/${room}/messages`, "GET, POST"],
  ]) {
    const { status, headers } = await call(method, path);
    assert.equal(status, 405);
    assert.equal(headers.get("allow"), allow);
  }
});
