// What must outlive the death of the process: used by conformance/run-examples.mjs.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

async function call(baseUrl, method, path) {
  const response = await fetch(baseUrl + path, { method });
  assert.equal(response.status, 200);
  return response.json();
}

export async function before(baseUrl) {
  const name = randomUUID();
  await Promise.all(Array.from({ length: 20 }, () => call(baseUrl, "POST", `/counters/${name}/kept/increment`)));
  await call(baseUrl, "POST", `/counters/${name}/gone/increment`);
  await call(baseUrl, "DELETE", `/counters/${name}/gone`);
  await Promise.all(Array.from({ length: 7 }, () => call(baseUrl, "POST", `/visits/${name}`)));
  return name;
}

export async function after(baseUrl, name) {
  assert.deepEqual(await call(baseUrl, "GET", `/counters/${name}`), { kept: 20 });
  assert.deepEqual(await call(baseUrl, "POST", `/counters/${name}/kept/increment`), { value: 21 });
  assert.deepEqual(await call(baseUrl, "GET", `/visits/${name}`), { page: `/visits/${name}`, visits: 7 });
}
