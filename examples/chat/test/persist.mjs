// What must outlive the death of the process: used by conformance/run-examples.mjs.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { Socket } from "./socket.mjs";

/** Posts to a fresh room; the returned token is handed to `after`. */
export async function before(baseUrl) {
  const room = `kept-${randomUUID().slice(0, 18)}`;
  const messages = [];
  for (const text of ["first", "second", "third"]) {
    const response = await fetch(`${baseUrl}/api/rooms/${room}/messages`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ author: "Ada", text }),
    });
    assert.equal(response.status, 201);
    messages.push((await response.json()).message);
  }
  // What a visitor has heard must not be forgotten either.
  const socket = await Socket.connect(`${baseUrl}/api/rooms/${room}/live`);
  socket.tell({ type: "say", author: "Ada", text: "fourth" });
  messages.push((await socket.until("message")).message);
  // The lobby is told after the room's visitors are, and nobody waits for that.
  while ((await countInLobby(baseUrl, room)) !== messages.length) await wait(10);
  return { room, messages };
}

async function countInLobby(baseUrl, room) {
  const { rooms } = await (await fetch(`${baseUrl}/api/rooms`)).json();
  return rooms.find((r) => r.name === room)?.messages;
}

export async function after(baseUrl, { room, messages }) {
  const listed = await (await fetch(`${baseUrl}/api/rooms/${room}/messages`)).json();
  assert.deepEqual(listed.messages, messages);
  // Visitors come back and get what they have missed.
  const socket = await Socket.connect(`${baseUrl}/api/rooms/${room}/live?after=2`);
  assert.deepEqual((await socket.until("history")).messages, messages.slice(2));
  socket.vanish();
  assert.equal(await countInLobby(baseUrl, room), messages.length);
}
