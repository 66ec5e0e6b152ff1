// What must outlive the death of the process: used by conformance/run-examples.mjs.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";

const PATIENCE_MS = 15_000;

async function call(baseUrl, method, path, body) {
  const response = await fetch(`${baseUrl}/api/users/${path}`, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  assert.equal(response.status, 200);
  return response.json();
}

async function received(baseUrl, user, count) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const messages = await call(baseUrl, "GET", `${user}/inbox`);
    if (messages.length >= count) return messages;
    assert.ok(Date.now() < deadline, `only ${JSON.stringify(messages)} after ${PATIENCE_MS} ms`);
    await wait(20);
  }
}

export async function before(baseUrl) {
  const user = randomUUID();
  await call(baseUrl, "PUT", `${user}/reminders/now`, { text: "before", in: 0 });
  await received(baseUrl, user, 1);
  await call(baseUrl, "PUT", `${user}/reminders/soon`, { text: "across", in: 2 });
  await call(baseUrl, "PUT", `${user}/reminders/far`, { text: "far", in: 3600 });
  return user;
}

export async function after(baseUrl, user) {
  // Nobody calls the reminders: their alarm wakes them.
  const texts = (await received(baseUrl, user, 2)).map(({ text }) => text);
  assert.deepEqual(texts.sort(), ["across", "before"]);
  const left = await call(baseUrl, "GET", `${user}/reminders`);
  assert.deepEqual(left.map(({ text }) => text), ["far"]);
}
