// Talks plain HTTP to a running example: BASE_URL=http://127.0.0.1:8787 node --test test/

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";

const BASE_URL = process.env.BASE_URL;
assert.ok(BASE_URL, "set BASE_URL to where the example runs");

const PATIENCE_MS = 15_000;

async function call(method, path, body) {
  const response = await fetch(BASE_URL + path, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

/** A user whom nobody has reminded of anything. */
function freshUser() {
  const name = randomUUID();
  const ok = async (method, path, body) => {
    const reply = await call(method, `/api/users/${name}/${path}`, body);
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    return reply.body;
  };
  return {
    name,
    set: (id, body) => ok("PUT", `reminders/${id}`, body),
    cancel: (id) => ok("DELETE", `reminders/${id}`),
    reminders: () => ok("GET", "reminders"),
    inbox: () => ok("GET", "inbox"),
    /** The inbox, when it has so many messages. */
    async received(count) {
      const deadline = Date.now() + PATIENCE_MS;
      for (;;) {
        const messages = await this.inbox();
        if (messages.length >= count) return messages;
        assert.ok(Date.now() < deadline, `only ${JSON.stringify(messages)} after ${PATIENCE_MS} ms`);
        await wait(20);
      }
    },
  };
}

const texts = (messages) => messages.map(({ text }) => text);

test("a reminder comes when it is due, and once", async () => {
  const user = freshUser();
  const { at } = await user.set("tea", { text: "Tea is ready", in: 0.3 });
  assert.deepEqual(await user.received(1), [{ id: "tea", at, text: "Tea is ready" }]);
  assert.ok(Date.now() >= at);
  assert.deepEqual(await user.reminders(), []);
});

test("a reminder that is not due waits", async () => {
  const user = freshUser();
  const { at } = await user.set("tea", { text: "Tea is ready", in: 3600 });
  assert.deepEqual(await user.reminders(), [{ id: "tea", at, text: "Tea is ready", everyMs: null }]);
  assert.deepEqual(await user.inbox(), []);
});

test("many reminders share one alarm and come in the order of their times", async () => {
  const user = freshUser();
  await user.set("third", { text: "three", in: 1.6 });
  await user.set("first", { text: "one", in: 1.2 });
  await user.set("second", { text: "two", in: 1.4 });
  await user.set("never", { text: "later", in: 3600 });
  assert.deepEqual(texts(await user.received(3)), ["one", "two", "three"]);
  assert.deepEqual(texts(await user.reminders()), ["later"]);
});

test("more reminders than one run of the alarm delivers", async () => {
  const user = freshUser();
  await Promise.all(Array.from({ length: 60 }, (_, i) => user.set(`r${i}`, { text: `${i}`, in: 0.2 })));
  const messages = await user.received(60);
  assert.equal(messages.length, 60);
  assert.equal(new Set(messages.map(({ id }) => id)).size, 60);
  assert.deepEqual(await user.reminders(), []);
});

test("a repeated reminder comes again until it is cancelled", async () => {
  const user = freshUser();
  const { at } = await user.set("water", { text: "Drink", in: 0, every: 0.2 });
  const messages = await user.received(3);
  assert.deepEqual(new Set(texts(messages)), new Set(["Drink"]));
  for (const message of messages) assert.equal((message.at - at) % 200, 0);
  assert.deepEqual(await user.cancel("water"), { cancelled: true });
  assert.deepEqual(await user.cancel("water"), { cancelled: false });
  // A reminder that is set now comes after all that could still come.
  await user.set("last", { text: "last", in: 0.5 });
  const count = (await user.inbox()).length;
  assert.equal((await user.received(count + 1)).at(-1).text, "last");
});

test("a reminder can be moved, and is delivered at its new time only", async () => {
  const user = freshUser();
  await user.set("a", { text: "too early", in: 1.5 });
  const { at } = await user.set("a", { text: "moved", in: 2 });
  await user.set("b", { text: "between", in: 1.7 });
  const messages = await user.received(2);
  assert.deepEqual(texts(messages), ["between", "moved"]);
  assert.equal(messages[1].at, at);
});

test("a reminder that was cancelled does not come", async () => {
  const user = freshUser();
  await user.set("a", { text: "cancelled", in: 1.5 });
  await user.set("b", { text: "kept", in: 1.7 });
  await user.cancel("a");
  assert.deepEqual(texts(await user.received(1)), ["kept"]);
});

test("users are separate", async () => {
  const [one, two] = [freshUser(), freshUser()];
  await one.set("a", { text: "for one", in: 0 });
  await one.received(1);
  assert.deepEqual(await two.inbox(), []);
});

test("requests that make no sense are refused", async () => {
  const path = `/api/users/${randomUUID()}/reminders/a`;
  for (const body of [[], {}, { text: "", in: 1 }, { text: "a" }, { text: "a", in: -1 }, { text: "a", in: 1, every: 0 }]) {
    const { status, body: answer } = await call("PUT", path, body);
    assert.equal(status, 400, JSON.stringify(body));
    assert.equal(typeof answer.error, "string");
  }
  assert.equal((await call("PUT", "/api/users/-/reminders/a", { text: "a", in: 1 })).status, 400);
  assert.equal((await call("GET", "/api/users/a")).status, 404);
  assert.equal((await call("POST", path, {})).status, 404);
});
