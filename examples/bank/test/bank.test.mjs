// Talks plain HTTP to a running example: BASE_URL=http://127.0.0.1:8787 node --test test/

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

const BASE_URL = process.env.BASE_URL;
assert.ok(BASE_URL, "set BASE_URL to where the example runs");

async function get(path) {
  const response = await fetch(BASE_URL + path);
  return [response.status, await response.json()];
}

async function post(path, body) {
  const response = await fetch(BASE_URL + path, { method: "POST", body: JSON.stringify(body) });
  return [response.status, await response.json()];
}

const balance = async (name) => (await get(`/accounts/${name}`))[1].balance;

test("an account begins empty and takes deposits", async () => {
  const name = randomUUID();
  assert.deepEqual(await get(`/accounts/${name}`), [200, { balance: 0, entries: 0 }]);
  assert.deepEqual(await post(`/accounts/${name}/deposits`, { amount: 100 }), [201, { balance: 100 }]);
  assert.deepEqual(await get(`/accounts/${name}`), [200, { balance: 100, entries: 1 }]);
});

test("a transfer moves money", async () => {
  const [from, to] = [randomUUID(), randomUUID()];
  await post(`/accounts/${from}/deposits`, { amount: 100 });
  assert.deepEqual(await post("/transfers", { from, to, amount: 30 }), [201, { [from]: 70, [to]: 30 }]);
  assert.deepEqual([await balance(from), await balance(to)], [70, 30]);
});

test("what is not there cannot be moved", async () => {
  const [from, to] = [randomUUID(), randomUUID()];
  await post(`/accounts/${from}/deposits`, { amount: 10 });
  assert.deepEqual(await post("/transfers", { from, to, amount: 11 }), [409, { error: "not enough money" }]);
  assert.deepEqual([await balance(from), await balance(to)], [10, 0]);
});

test("amounts and accounts that make no sense are refused", async () => {
  const [from, to] = [randomUUID(), randomUUID()];
  for (const amount of [0, -1, 1.5, "1", null]) {
    const [status, { error }] = await post("/transfers", { from, to, amount });
    assert.deepEqual([status, error], [409, "an amount is a whole number above 0"], `${amount}`);
  }
  const [status] = await post("/transfers", { from, to: from, amount: 1 });
  assert.equal(status, 409);
  assert.equal((await get("/nothing"))[0], 404);
});

test("money neither comes nor goes in many transfers at once", async () => {
  const names = Array.from({ length: 4 }, () => randomUUID());
  for (const name of names) await post(`/accounts/${name}/deposits`, { amount: 50 });
  const transfers = Array.from({ length: 60 }, (_, i) => ({
    from: names[i % 4],
    to: names[(i * 3 + 1) % 4],
    amount: 1 + (i % 20),
  })).filter(({ from, to }) => from !== to);
  const answers = await Promise.all(transfers.map((transfer) => post("/transfers", transfer)));
  assert.ok(answers.every(([status]) => status === 201 || status === 409));
  const balances = await Promise.all(names.map(balance));
  assert.ok(balances.every((amount) => amount >= 0), `${balances}`);
  assert.equal(
    balances.reduce((sum, amount) => sum + amount, 0),
    200,
  );
});
