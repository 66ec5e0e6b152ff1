// What must outlive the death of the process: used by conformance/run-examples.mjs.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

async function call(baseUrl, method, path, body) {
  const response = await fetch(`${baseUrl}/api/regions/${path}`, { method, body: body && JSON.stringify(body) });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  return response.json();
}

export async function before(baseUrl) {
  const region = `kept-${randomUUID()}`;
  const { id } = await call(baseUrl, "POST", `${region}/matches`, { name: "first" });
  for (const player of ["Ann", "Bob"]) await call(baseUrl, "POST", `${region}/matches/${id}/players`, { player });
  await call(baseUrl, "POST", `${region}/matches/${id}/start`);
  await call(baseUrl, "POST", `${region}/matches/${id}/scores`, { player: "Bob", points: 5 });
  await call(baseUrl, "PUT", `${region}/finals/2026`);
  return { region, matches: await call(baseUrl, "GET", `${region}/matches`) };
}

export async function after(baseUrl, { region, matches }) {
  assert.deepEqual(await call(baseUrl, "GET", `${region}/matches`), matches);
  assert.deepEqual(
    matches.matches.map(({ phase }) => phase),
    ["playing", "waiting"],
  );
  const again = await call(baseUrl, "PUT", `${region}/finals/2026`);
  assert.equal(again.id, matches.matches[1].id);
}
