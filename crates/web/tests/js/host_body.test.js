// Bodies that JavaScript feeds: their order, the output gate, their count, the end of their context.

import {
  op_body_cancel, op_body_channel, op_body_closed, op_body_finish, op_body_read, op_body_send, op_body_sender_fail,
  op_body_text, op_test_fail_bodies, op_test_gate, op_test_open_bodies,
} from "holdfast:ops";
import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Resolves after every completion that is possible by now: completions run in their order. */
async function others() {
  const [sender, body] = op_body_channel();
  op_body_cancel(body);
  await op_body_closed(sender);
  op_body_finish(sender);
}

/** Whether `promise` is settled. */
function watch(promise) {
  const state = { settled: false };
  const settle = () => { state.settled = true; };
  promise.then(settle, settle);
  return state;
}

test("the end waits for the output gate", async () => {
  const [sender, body] = op_body_channel();
  op_test_gate(false);
  op_body_finish(sender);
  const reading = op_body_read(body);
  const state = watch(reading);
  await others();
  assert(!state.settled, "the reader saw the end before the gate opened");
  op_test_gate(true);
  assertEquals(await reading, null);
});

test("a failure waits for the output gate", async () => {
  const [sender, body] = op_body_channel();
  op_test_gate(false);
  op_body_sender_fail(sender, "It broke.");
  const reading = op_body_read(body);
  const state = watch(reading);
  await others();
  assert(!state.settled, "the reader saw the failure before the gate opened");
  op_test_gate(true);
  await assertRejects(() => reading, Error, /^It broke\.$/);
});

test("an end stays behind what was sent before it, also where there is no room", async () => {
  for (const closed of [false, true]) {
    const [sender, body] = op_body_channel();
    op_test_gate(!closed);
    const sending = [..."abcdefghij"].map((letter) => op_body_send(sender, encoder.encode(letter)));
    op_body_finish(sender);
    op_test_gate(true);
    assertEquals(await op_body_text(body), "abcdefghij");
    assert((await Promise.all(sending)).every((taken) => taken));
  }
});

test("a failure stays behind what was sent before it", async () => {
  const [sender, body] = op_body_channel();
  op_test_gate(false);
  const sending = op_body_send(sender, encoder.encode("first"));
  op_body_sender_fail(sender, "It broke.");
  op_test_gate(true);
  assertEquals(decoder.decode(await op_body_read(body)), "first");
  assert(await sending);
  await assertRejects(() => op_body_read(body), Error, /^It broke\.$/);
});

test("nothing is sent after the end", () => {
  const [sender] = op_body_channel();
  op_body_finish(sender);
  assertThrows(() => op_body_send(sender, encoder.encode("late")), Error, /the body has ended/);
});

test("open bodies are counted until they end", () => {
  const before = op_test_open_bodies();
  const [one] = op_body_channel();
  const [two] = op_body_channel(5);
  assertEquals(op_test_open_bodies(), before + 2);
  op_body_finish(one);
  op_body_finish(one);
  assertEquals(op_test_open_bodies(), before + 1);
  op_body_sender_fail(two, "x");
  assertEquals(op_test_open_bodies(), before);
});

// The last one: what it does cannot be undone.
test("the end of a context breaks its bodies off, and those it would still make", async () => {
  const [sender, body] = op_body_channel();
  await op_body_send(sender, encoder.encode("first"));
  assertEquals(decoder.decode(await op_body_read(body)), "first");
  const reading = op_body_read(body);
  op_test_fail_bodies();
  assertEquals(op_test_open_bodies(), 0);
  await assertRejects(() => reading, Error, /^Network connection lost\.$/);
  assertThrows(() => op_body_send(sender, encoder.encode("second")), Error, /the body has ended/);
  op_body_finish(sender);

  const [, late] = op_body_channel();
  assertEquals(op_test_open_bodies(), 0);
  await assertRejects(() => op_body_text(late), Error, /^Network connection lost\.$/);
});
