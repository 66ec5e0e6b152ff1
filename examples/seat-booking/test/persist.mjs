// What must outlive the death of the process: used by conformance/run-examples.mjs.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

async function call(baseUrl, method, path, body) {
  const response = await fetch(`${baseUrl}/api/events/${path}`, { method, body: body && JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

export async function before(baseUrl) {
  const event = `kept-${randomUUID()}`;
  await call(baseUrl, "PUT", event, { rows: 3, seatsPerRow: 4 });
  const kept = await call(baseUrl, "POST", `${event}/bookings`, { holder: "Ann", seats: ["A1", "C4"] });
  const cancelled = await call(baseUrl, "POST", `${event}/bookings`, { holder: "Bob", seats: ["B1"] });
  const refused = await call(baseUrl, "POST", `${event}/bookings`, { holder: "Eve", seats: ["B2", "A1"] });
  await call(baseUrl, "DELETE", `${event}/bookings/${cancelled.body.id}`);
  assert.deepEqual([kept.status, cancelled.status, refused.status], [201, 201, 409]);
  return { event, kept: kept.body };
}

export async function after(baseUrl, { event, kept }) {
  assert.deepEqual(await call(baseUrl, "GET", `${event}/bookings/${kept.id}`), { status: 200, body: kept });
  const { body } = await call(baseUrl, "GET", event);
  assert.deepEqual(body, { event, rows: 3, seatsPerRow: 4, total: 12, free: 10, booked: 2 });
}
