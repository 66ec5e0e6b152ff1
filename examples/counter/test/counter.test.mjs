// Talks plain HTTP to a running example: BASE_URL=http://127.0.0.1:8787 node --test test/

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

const BASE_URL = process.env.BASE_URL;
assert.ok(BASE_URL, "set BASE_URL to where the example runs");

async function call(method, path) {
  const response = await fetch(BASE_URL + path, { method });
  return { status: response.status, body: await response.json() };
}

/** Calls below a fresh group of counters; fails on anything but 200. */
function freshGroup() {
  const name = randomUUID();
  return async (method, path = "") => {
    const { status, body } = await call(method, `/counters/${name}${path}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
}

test("a counter that was never changed reads 0 and is not listed", async () => {
  const group = freshGroup();
  assert.deepEqual(await group("GET", "/apples"), { value: 0 });
  assert.deepEqual(await group("GET"), {});
});

test("increment and decrement return the new value", async () => {
  const group = freshGroup();
  assert.deepEqual(await group("POST", "/apples/increment"), { value: 1 });
  assert.deepEqual(await group("POST", "/apples/increment?by=41"), { value: 42 });
  assert.deepEqual(await group("POST", "/apples/decrement"), { value: 41 });
  assert.deepEqual(await group("POST", "/apples/decrement?by=50"), { value: -9 });
  assert.deepEqual(await group("GET", "/apples"), { value: -9 });
});

test("counters of a group are separate, and listed by name", async () => {
  const group = freshGroup();
  for (const name of ["pears", "apples", "%C3%A9t%C3%A9", "a%2Fb"]) await group("POST", `/${name}/increment`);
  await group("POST", "/pears/increment");
  const all = await group("GET");
  assert.deepEqual(all, { apples: 1, "%C3%A9t%C3%A9": 1, "a%2Fb": 1, pears: 2 });
  assert.deepEqual(Object.keys(all), Object.keys(all).sort());
});

test("groups are separate objects", async () => {
  const [one, two] = [freshGroup(), freshGroup()];
  await one("POST", "/apples/increment");
  assert.deepEqual(await two("GET"), {});
});

test("a removed counter begins again", async () => {
  const group = freshGroup();
  await group("POST", "/apples/increment");
  assert.deepEqual(await group("DELETE", "/apples"), { removed: true });
  assert.deepEqual(await group("DELETE", "/apples"), { removed: false });
  assert.deepEqual(await group("POST", "/apples/increment"), { value: 1 });
});

test("removing a group says how many counters it had", async () => {
  const group = freshGroup();
  for (const name of ["a", "b", "c"]) await group("POST", `/${name}/increment`);
  assert.deepEqual(await group("DELETE"), { removed: 3 });
  assert.deepEqual(await group("DELETE"), { removed: 0 });
  assert.deepEqual(await group("GET"), {});
});

test("a hundred increments at once give a hundred, each value once", async () => {
  const group = freshGroup();
  const replies = await Promise.all(Array.from({ length: 100 }, () => group("POST", "/apples/increment")));
  const values = replies.map(({ value }) => value).sort((a, b) => a - b);
  assert.deepEqual(
    values,
    Array.from({ length: 100 }, (_, i) => i + 1),
  );
  assert.deepEqual(await group("GET", "/apples"), { value: 100 });
});

test("increments and decrements of many counters at once add up", async () => {
  const group = freshGroup();
  await Promise.all(
    Array.from({ length: 120 }, (_, i) =>
      group("POST", `/c${i % 3}/${i % 2 ? "decrement" : "increment"}?by=${1 + (i % 3)}`),
    ),
  );
  assert.deepEqual(await group("GET"), { c0: 0, c1: 0, c2: 0 });
});

test("bad amounts are refused and change nothing", async () => {
  const group = randomUUID();
  for (const by of ["0", "-1", "1.5", "x", "9007199254740992"]) {
    const { status, body } = await call("POST", `/counters/${group}/apples/increment?by=${by}`);
    assert.deepEqual([status, body.error], [400, "by must be a whole number above 0"]);
  }
  assert.deepEqual((await call("GET", `/counters/${group}`)).body, {});
});

test("unknown paths and methods are not found", async () => {
  for (const [method, path] of [
    ["GET", "/"],
    ["GET", "/counters"],
    ["GET", "/counters/"],
    ["GET", "/counters/a/"],
    ["PUT", "/counters/a/b"],
    ["GET", "/counters/a/b/increment"],
    ["POST", "/counters/a/b/double"],
    ["POST", "/counters/a/b/increment/c"],
  ]) {
    assert.deepEqual(await call(method, path), { status: 404, body: { error: "not found" } }, `${method} ${path}`);
  }
});

test("the object of a page answers the request itself", async () => {
  const page = `/visits/${randomUUID()}`;
  assert.deepEqual(await call("GET", page), { status: 200, body: { page, visits: 0 } });
  assert.deepEqual(await call("POST", page), { status: 200, body: { page, visits: 1 } });
  assert.deepEqual(await call("POST", page), { status: 200, body: { page, visits: 2 } });
  const response = await fetch(BASE_URL + page, { method: "DELETE" });
  assert.equal(response.status, 405);
  assert.equal(response.headers.get("allow"), "GET, POST");
  assert.deepEqual(await response.json(), { error: "use GET or POST" });
  assert.deepEqual((await call("GET", page)).body.visits, 2);
});

test("a hundred visits at once are a hundred visits", async () => {
  const page = `/visits/${randomUUID()}`;
  const replies = await Promise.all(Array.from({ length: 100 }, () => call("POST", page)));
  assert.equal(new Set(replies.map(({ body }) => body.visits)).size, 100);
  assert.equal((await call("GET", page)).body.visits, 100);
});
