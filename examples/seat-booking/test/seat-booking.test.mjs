// Talks plain HTTP to a running example: BASE_URL=http://127.0.0.1:8787 node --test test/

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

const BASE_URL = process.env.BASE_URL;
assert.ok(BASE_URL, "set BASE_URL to where the example runs");

async function call(method, path, body) {
  const response = await fetch(`${BASE_URL}/api/events/${path}`, {
    method,
    body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

/** A fresh event with the given layout; returns its name. */
async function openEvent(rows = 2, seatsPerRow = 3) {
  const event = `event-${randomUUID()}`;
  const { status } = await call("PUT", event, { rows, seatsPerRow });
  assert.equal(status, 200);
  return event;
}

const book = (event, seats, holder = "Ann") => call("POST", `${event}/bookings`, { holder, seats });
const seatsOf = async (event, status) =>
  (await call("GET", `${event}/seats${status ? `?status=${status}` : ""}`)).body.seats;
const names = async (event, status) => (await seatsOf(event, status)).map(({ seat }) => seat);

test("opening an event creates its seats, once", async () => {
  const event = `event-${randomUUID()}`;
  const expected = { event, rows: 2, seatsPerRow: 3, total: 6, free: 6, booked: 0 };
  assert.deepEqual(await call("PUT", event, { rows: 2, seatsPerRow: 3 }), { status: 200, body: expected });
  assert.deepEqual(
    await seatsOf(event),
    ["A1", "A2", "A3", "B1", "B2", "B3"].map((seat) => ({ seat, status: "free" })),
  );
  assert.deepEqual(await call("PUT", event, { rows: 2, seatsPerRow: 3 }), { status: 200, body: expected });
  assert.deepEqual(await call("PUT", event, { rows: 3, seatsPerRow: 3 }), {
    status: 409,
    body: { error: "other layout", rows: 2, seatsPerRow: 3 },
  });
});

test("the largest event has its seats in order", async () => {
  const event = await openEvent(26, 50);
  const all = await names(event);
  assert.equal(all.length, 1_300);
  assert.deepEqual([all[0], all[9], all[49], all[50], all.at(-1)], ["A1", "A10", "A50", "B1", "Z50"]);
});

test("an event that nobody opened does not exist", async () => {
  const event = `event-${randomUUID()}`;
  const expected = { status: 404, body: { error: "no such event" } };
  assert.deepEqual(await call("GET", event), expected);
  assert.deepEqual(await call("GET", `${event}/seats`), expected);
  assert.deepEqual(await book(event, ["A1"]), expected);
});

test("a booking holds its seats", async () => {
  const event = await openEvent();
  const { status, body } = await book(event, ["B2", "A1"], "  Ann Lee ");
  assert.equal(status, 201);
  assert.match(body.id, /^[0-9a-f-]{36}$/);
  assert.deepEqual(body, { id: body.id, holder: "Ann Lee", seats: ["A1", "B2"] });
  assert.deepEqual(await call("GET", `${event}/bookings/${body.id}`), { status: 200, body });
  assert.deepEqual(await names(event, "booked"), ["A1", "B2"]);
  assert.deepEqual(await names(event, "free"), ["A2", "A3", "B1", "B3"]);
  const { free, booked } = (await call("GET", event)).body;
  assert.deepEqual({ free, booked }, { free: 4, booked: 2 });
});

test("a booking that meets one taken seat changes nothing", async () => {
  const event = await openEvent();
  assert.equal((await book(event, ["A2"])).status, 201);
  assert.deepEqual(await book(event, ["A1", "A2", "A3"], "Bob"), {
    status: 409,
    body: { error: "taken", seats: ["A2"] },
  });
  assert.deepEqual(await names(event, "booked"), ["A2"]);
});

test("an unknown seat is refused, and nothing changes", async () => {
  const event = await openEvent();
  assert.deepEqual(await book(event, ["A1", "C1", "A9"]), {
    status: 404,
    body: { error: "no such seat", seats: ["C1", "A9"] },
  });
  assert.deepEqual(await names(event, "booked"), []);
});

test("a cancelled booking gives its seats back", async () => {
  const event = await openEvent();
  const { body } = await book(event, ["A1", "A2"]);
  assert.deepEqual(await call("DELETE", `${event}/bookings/${body.id}`), { status: 200, body });
  assert.deepEqual(await names(event, "booked"), []);
  const gone = { status: 404, body: { error: "no such booking" } };
  assert.deepEqual(await call("DELETE", `${event}/bookings/${body.id}`), gone);
  assert.deepEqual(await call("GET", `${event}/bookings/${body.id}`), gone);
  assert.equal((await book(event, ["A1"], "Bob")).status, 201);
});

test("of fifty people who want one seat, exactly one gets it", async () => {
  const event = await openEvent();
  const replies = await Promise.all(Array.from({ length: 50 }, (_, i) => book(event, ["A1"], `Person ${i}`)));
  const winners = replies.filter(({ status }) => status === 201);
  const losers = replies.filter(({ status }) => status === 409);
  assert.deepEqual([winners.length, losers.length], [1, 49]);
  for (const { body } of losers) assert.deepEqual(body, { error: "taken", seats: ["A1"] });
  const stored = await call("GET", `${event}/bookings/${winners[0].body.id}`);
  assert.deepEqual(stored.body, winners[0].body);
  assert.equal((await call("GET", event)).body.booked, 1);
});

test("overlapping pairs at once never share a seat", async () => {
  const event = await openEvent(1, 20);
  const pairs = Array.from({ length: 19 }, (_, i) => [`A${i + 1}`, `A${i + 2}`]);
  const replies = await Promise.all([...pairs, ...pairs].map((pair) => book(event, pair)));
  const held = replies.filter(({ status }) => status === 201).flatMap(({ body }) => body.seats);
  assert.ok(held.length >= 14, `only ${held.length} seats booked`); // no free neighbours can be left
  assert.equal(new Set(held).size, held.length);
  assert.deepEqual((await names(event, "booked")).sort(), held.sort());
  for (const { status } of replies) assert.ok(status === 201 || status === 409);
});

test("booking and cancelling at once leaves the counts right", async () => {
  const event = await openEvent(2, 10);
  await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      const seat = `${i < 10 ? "A" : "B"}${(i % 10) + 1}`;
      const { status, body } = await book(event, [seat]);
      assert.equal(status, 201);
      if (i % 2 === 0) assert.equal((await call("DELETE", `${event}/bookings/${body.id}`)).status, 200);
    }),
  );
  const { free, booked } = (await call("GET", event)).body;
  assert.deepEqual({ free, booked }, { free: 10, booked: 10 });
});

test("requests that make no sense are refused with a reason", async () => {
  const event = await openEvent();
  const refused = async (reply, message) => {
    const { status, body } = await reply;
    assert.equal(status, 400, JSON.stringify(body));
    assert.match(body.error, message);
  };
  const fresh = `event-${randomUUID()}`;
  for (const rows of [0, -1, 1.5, 27, "3", null])
    await refused(call("PUT", fresh, { rows, seatsPerRow: 3 }), /rows must be/);
  await refused(call("PUT", fresh, { rows: 3 }), /seatsPerRow must be a whole number from 1 to 50/);
  await refused(call("PUT", fresh, "[]"), /body must be an object/);
  await refused(call("PUT", fresh, "{"), /not valid JSON/);
  await refused(call("GET", "Bad_Name"), /event's name/);
  await refused(call("GET", `${event}/seats?status=broken`), /status must be/);
  await refused(book(event, []), /list of seat names/);
  await refused(book(event, "A1"), /list of seat names/);
  await refused(book(event, ["a1"]), /letter and a number/);
  await refused(book(event, ["A1", "A1"]), /named twice/);
  await refused(book(event, ["A1"], " "), /holder must be a name/);
  await refused(book(event, ["A1"], "x".repeat(81)), /at most 80/);
  await refused(
    book(
      event,
      Array.from({ length: 11 }, (_, i) => `A${i + 1}`),
    ),
    /at most 10 seats/,
  );
  assert.deepEqual(await names(event, "booked"), []);
});

test("unknown paths and methods are not found", async () => {
  const event = await openEvent();
  for (const [method, path] of [
    ["POST", event],
    ["DELETE", event],
    ["GET", `${event}/nope`],
    ["GET", `${event}/seats/A1/x`],
    ["PUT", `${event}/bookings/1`],
  ]) {
    assert.deepEqual(await call(method, path), { status: 404, body: { error: "not found" } });
  }
});
