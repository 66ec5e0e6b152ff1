// Talks plain HTTP to a running example: BASE_URL=http://127.0.0.1:8787 node --test test/

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

const BASE_URL = process.env.BASE_URL;
assert.ok(BASE_URL, "set BASE_URL to where the example runs");

/** A region of its own for every test: `await region.post("matches", {...})`. */
function freshRegion() {
  const name = `region-${randomUUID()}`;
  const call = (method) => async (path, body) => {
    const response = await fetch(`${BASE_URL}/api/regions/${name}/${path}`, {
      method,
      body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
  return { name, get: call("GET"), post: call("POST"), put: call("PUT"), delete: call("DELETE") };
}

async function createMatch(region, name = "quick match") {
  const { status, body } = await region.post("matches", { name });
  assert.equal(status, 201);
  return body.id;
}

/** A match in play between the given players. */
async function startMatch(region, ...players) {
  const id = await createMatch(region);
  for (const player of players) assert.equal((await region.post(`matches/${id}/players`, { player })).status, 201);
  assert.equal((await region.post(`matches/${id}/start`)).status, 200);
  return id;
}

const refusal = (status, error) => ({ status, body: { error } });

test("a region begins empty", async () => {
  const region = freshRegion();
  assert.deepEqual(await region.get("matches"), { status: 200, body: { matches: [] } });
  assert.deepEqual(await region.get("status"), {
    status: 200,
    body: { region: region.name, matches: 0, waiting: 0, playing: 0, over: 0, players: 0 },
  });
});

test("a new match has an id of its own and is listed", async () => {
  const region = freshRegion();
  const { status, body } = await region.post("matches", { name: "quick match" });
  assert.equal(status, 201);
  assert.match(body.id, /^[0-9a-f]{64}$/);
  assert.deepEqual(body, {
    id: body.id,
    region: region.name,
    name: "quick match",
    phase: "waiting",
    players: [],
    leaders: [],
  });
  const second = await createMatch(region);
  assert.notEqual(second, body.id);
  const { matches } = (await region.get("matches")).body;
  assert.deepEqual(
    matches.map(({ id }) => id),
    [body.id, second],
  );
  assert.deepEqual(await region.get(`matches/${body.id}`), { status: 200, body });
});

test("a final of one name is one match, however often it is created", async () => {
  const region = freshRegion();
  const replies = await Promise.all(Array.from({ length: 10 }, () => region.put("finals/2026")));
  assert.equal(new Set(replies.map(({ body }) => body.id)).size, 1);
  assert.notEqual((await region.put("finals/2027")).body.id, replies[0].body.id);
  assert.equal((await region.get("matches")).body.matches.length, 2);
  assert.notEqual((await freshRegion().put("finals/2026")).body.id, replies[0].body.id);
});

test("a match from the first player to the winner", async () => {
  const region = freshRegion();
  const id = await startMatch(region, "Ann", "Bob");
  await region.post(`matches/${id}/scores`, { player: "Ann", points: 7 });
  await region.post(`matches/${id}/scores`, { player: "Bob", points: 10 });
  const { body } = await region.post(`matches/${id}/scores`, { player: "Bob", points: -2 });
  assert.deepEqual(body.players, [
    { name: "Ann", score: 7 },
    { name: "Bob", score: 8 },
  ]);
  assert.deepEqual(body.leaders, ["Bob"]);

  const ended = await region.post(`matches/${id}/end`);
  assert.deepEqual(ended, { status: 200, body: { ...body, phase: "over" } });
  assert.deepEqual(
    await region.post(`matches/${id}/scores`, { player: "Ann", points: 1 }),
    refusal(409, "match is over"),
  );
  assert.deepEqual(await region.post(`matches/${id}/players`, { player: "Eve" }), refusal(409, "match is over"));
  assert.deepEqual(await region.post(`matches/${id}/end`), refusal(409, "match is over"));
  assert.deepEqual(await region.post(`matches/${id}/start`), refusal(409, "match is over"));
});

test("the rules of joining and starting", async () => {
  const region = freshRegion();
  const id = await createMatch(region);
  assert.deepEqual(
    await region.post(`matches/${id}/scores`, { player: "Ann", points: 1 }),
    refusal(409, "match has not started"),
  );
  assert.deepEqual(await region.post(`matches/${id}/end`), refusal(409, "match has not started"));
  await region.post(`matches/${id}/players`, { player: "Ann" });
  assert.deepEqual(await region.post(`matches/${id}/start`), refusal(409, "too few players"));
  assert.deepEqual(await region.post(`matches/${id}/players`, { player: "Ann" }), refusal(409, "name is taken"));
  await region.post(`matches/${id}/players`, { player: "Bob" });
  await region.post(`matches/${id}/start`);
  assert.deepEqual(await region.post(`matches/${id}/players`, { player: "Eve" }), refusal(409, "match has started"));
  assert.deepEqual(await region.post(`matches/${id}/start`), refusal(409, "match has started"));
  assert.deepEqual(
    await region.post(`matches/${id}/scores`, { player: "Eve", points: 1 }),
    refusal(404, "not a player"),
  );
});

test("of twenty who join at once, four get in", async () => {
  const region = freshRegion();
  const id = await createMatch(region);
  const replies = await Promise.all(
    Array.from({ length: 20 }, (_, i) => region.post(`matches/${id}/players`, { player: `Player ${i}` })),
  );
  assert.equal(replies.filter(({ status }) => status === 201).length, 4);
  for (const reply of replies.filter(({ status }) => status !== 201))
    assert.deepEqual(reply, refusal(409, "match is full"));
  assert.equal((await region.get(`matches/${id}`)).body.players.length, 4);
});

test("a player plays through a session and hears of every score", async () => {
  const region = freshRegion();
  const id = await startMatch(region, "Ann", "Bob");
  await region.post(`matches/${id}/scores`, { player: "Ann", points: 1 });
  const { status, body } = await region.post(`matches/${id}/moves`, { player: "Ann", points: [5, -2, 10] });
  assert.equal(status, 200);
  assert.deepEqual(body, {
    player: "Ann",
    heard: [
      { player: "Ann", points: 5, score: 6 },
      { player: "Ann", points: -2, score: 4 },
      { player: "Ann", points: 10, score: 14 },
    ],
  });
  assert.deepEqual((await region.get(`matches/${id}`)).body.leaders, ["Ann"]);
});

test("sessions are for players of a match in play", async () => {
  const region = freshRegion();
  const id = await createMatch(region);
  assert.deepEqual(
    await region.post(`matches/${id}/moves`, { player: "Ann", points: [1] }),
    refusal(409, "match has not started"),
  );
  const playing = await startMatch(region, "Ann", "Bob");
  assert.deepEqual(
    await region.post(`matches/${playing}/moves`, { player: "Eve", points: [1] }),
    refusal(404, "not a player"),
  );
  const { status } = await region.post(`matches/${playing}/moves`, { player: "Ann", points: ["1"] });
  assert.equal(status, 400);
});

test("two players at play at once hear each other", async () => {
  const region = freshRegion();
  const id = await startMatch(region, "Ann", "Bob");
  const [ann, bob] = await Promise.all(
    ["Ann", "Bob"].map((player) => region.post(`matches/${id}/moves`, { player, points: Array(20).fill(1) })),
  );
  for (const { body } of [ann, bob]) {
    assert.equal(body.heard.filter(({ player }) => player === body.player).length, 20);
  }
  assert.deepEqual(
    (await region.get(`matches/${id}`)).body.players.map(({ score }) => score),
    [20, 20],
  );
});

test("a hundred points scored at once all count", async () => {
  const region = freshRegion();
  const id = await startMatch(region, "Ann", "Bob");
  await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      region.post(`matches/${id}/scores`, { player: i % 4 ? "Ann" : "Bob", points: 1 }),
    ),
  );
  assert.deepEqual((await region.get(`matches/${id}`)).body.players, [
    { name: "Ann", score: 75 },
    { name: "Bob", score: 25 },
  ]);
});

test("thirty matches created at once are all registered", async () => {
  const region = freshRegion();
  const ids = await Promise.all(Array.from({ length: 30 }, () => createMatch(region)));
  assert.equal(new Set(ids).size, 30);
  assert.deepEqual((await region.get("matches")).body.matches.map(({ id }) => id).sort(), ids.sort());
});

test("the status adds up all matches", async () => {
  const region = freshRegion();
  await createMatch(region);
  await startMatch(region, "Ann", "Bob");
  const over = await startMatch(region, "Cid", "Dan", "Eve");
  await region.post(`matches/${over}/end`);
  assert.deepEqual((await region.get("status")).body, {
    region: region.name,
    matches: 3,
    waiting: 1,
    playing: 1,
    over: 1,
    players: 5,
  });
});

test("a removed match is gone for the coordinator and by itself", async () => {
  const region = freshRegion();
  const [kept, id] = [await createMatch(region), await startMatch(region, "Ann", "Bob")];
  assert.deepEqual(await region.delete(`matches/${id}`), { status: 200, body: { removed: id } });
  assert.deepEqual(
    (await region.get("matches")).body.matches.map((match) => match.id),
    [kept],
  );
  assert.deepEqual(await region.get(`matches/${id}`), refusal(404, "no such match"));
  assert.deepEqual(await region.delete(`matches/${id}`), refusal(404, "no such match"));
});

test("a removed final can be played again", async () => {
  const region = freshRegion();
  const { id } = (await region.put("finals/2026")).body;
  await region.post(`matches/${id}/players`, { player: "Ann" });
  await region.delete(`matches/${id}`);
  const { body } = await region.put("finals/2026");
  assert.deepEqual(body, { id, region: region.name, name: "2026", phase: "waiting", players: [], leaders: [] });
});

test("ids that are no match of the region", async () => {
  const region = freshRegion();
  const foreign = await createMatch(freshRegion());
  for (const id of [foreign, "nonsense", "0".repeat(64), foreign.replace(/^./, (c) => (c === "0" ? "1" : "0"))]) {
    assert.deepEqual(await region.get(`matches/${id}`), refusal(404, "no such match"), id);
    assert.deepEqual(await region.post(`matches/${id}/players`, { player: "Ann" }), refusal(404, "no such match"));
    assert.deepEqual(await region.delete(`matches/${id}`), refusal(404, "no such match"));
  }
});

test("requests that make no sense are refused with a reason", async () => {
  const region = freshRegion();
  const id = await startMatch(region, "Ann", "Bob");
  const refused = async (reply, message) => {
    const { status, body } = await reply;
    assert.equal(status, 400, JSON.stringify(body));
    assert.match(body.error, message);
  };
  for (const name of [undefined, "", 7, "x".repeat(61), "a/b"])
    await refused(region.post("matches", { name }), /match's name/);
  for (const player of [undefined, "", " Ann", "x".repeat(41)])
    await refused(region.post(`matches/${id}/players`, { player }), /player's name/);
  for (const points of [undefined, "1", 0.5, 1_001])
    await refused(region.post(`matches/${id}/scores`, { player: "Ann", points }), /points must be/);
  await refused(region.post("matches", "{"), /JSON object/);
  await refused(region.post("matches", "[]"), /JSON object/);
  for (const [method, path] of [
    ["get", "nope"],
    ["delete", "matches"],
    ["post", `matches/${id}/nope`],
    ["get", "finals/2026"],
  ]) {
    assert.deepEqual(await region[method](path), refusal(404, "not found"));
  }
});
