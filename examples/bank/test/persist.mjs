// What must outlive the death of the process: used by conformance/run-examples.mjs.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

async function call(url, body) {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(url, init);
  assert.ok(response.ok, `${response.status}`);
  return response.json();
}

export async function before(baseUrl) {
  const [from, to] = [randomUUID(), randomUUID()];
  await call(`${baseUrl}/accounts/${from}/deposits`, { amount: 100 });
  await Promise.all(Array.from({ length: 10 }, () => call(`${baseUrl}/transfers`, { from, to, amount: 7 })));
  return { from, to };
}

export async function after(baseUrl, { from, to }) {
  assert.equal((await call(`${baseUrl}/accounts/${from}`)).balance, 30);
  assert.equal((await call(`${baseUrl}/accounts/${to}`)).balance, 70);
}
