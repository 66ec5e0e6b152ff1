// Native bodies that the host lets through the platform's transforms: what JavaScript sees is what it sees of any pipe.

import {
  op_body_cancel, op_body_channel, op_body_closed, op_body_finish, op_body_read, op_body_send, op_body_sender_fail,
  op_body_text, op_test_open_bodies,
} from "holdfast:ops";
import { assert, assertEquals, assertRejects, test } from "holdfast:test";
import { failHostBody, streamOfHost, streamToHost } from "holdfast:web/host_body";
import { nativeSource } from "holdfast:web/streams/index";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const encode = (text) => encoder.encode(text);

/** A body that the host has, who feeds it, and its stream. */
function nativeBody() {
  const [sender, handle] = op_body_channel();
  return { sender, handle, stream: streamOfHost(handle) };
}

async function feed(sender, ...texts) {
  for (const text of texts) await op_body_send(sender, encode(text));
  op_body_finish(sender);
}

/** Resolves after every completion that is possible by now: completions run in their order. */
async function others() {
  const [sender, body] = op_body_channel();
  op_body_cancel(body);
  await op_body_closed(sender);
  op_body_finish(sender);
}

test("pipeTo lets a body through, ends with it, and gives the locks back", async () => {
  for (const transform of [new IdentityTransformStream(), new FixedLengthStream(10)]) {
    const { sender, stream } = nativeBody();
    const { readable, writable } = transform;
    const piping = stream.pipeTo(writable);
    assert(nativeSource(readable) !== undefined, "JavaScript pumps");
    assert(stream.locked && writable.locked, "a pipe holds both locks");
    const handle = streamToHost(readable);
    assert(readable.locked);
    const [text] = await Promise.all([op_body_text(handle), feed(sender, "hello", "world")]);
    assertEquals(text, "helloworld");
    assertEquals(await piping, undefined);
    assert(!stream.locked && !writable.locked, "the locks are gone");
    assertEquals(await stream.getReader().read(), { value: undefined, done: true });
    await writable.getWriter().closed;
  }
});

test("who reads in JavaScript gets the chunks and the end, and the pipe ends without being read to it", async () => {
  const { sender, stream } = nativeBody();
  const { readable, writable } = new IdentityTransformStream();
  const piping = stream.pipeTo(writable);
  const feeding = feed(sender, "hello", "world");
  const reader = readable.getReader();
  assertEquals(decoder.decode((await reader.read()).value), "hello");
  assertEquals(decoder.decode((await reader.read()).value), "world");
  await feeding;
  await piping;
  assertEquals(await reader.read(), { value: undefined, done: true });
  await reader.closed;
});

test("a read that waits already, with a buffer of its own, is answered", async () => {
  const { sender, stream } = nativeBody();
  const { readable, writable } = new IdentityTransformStream();
  const reader = readable.getReader({ mode: "byob" });
  const reading = reader.read(new Uint8Array(3));
  const piping = stream.pipeTo(writable);
  const feeding = feed(sender, "hello");
  assertEquals(decoder.decode((await reading).value), "hel");
  assertEquals(decoder.decode((await reader.read(new Uint8Array(8))).value), "lo");
  assertEquals((await reader.read(new Uint8Array(8))).done, true);
  await feeding;
  await piping;
});

test("what was written before a pipe comes before it", async () => {
  const { sender, stream } = nativeBody();
  const { readable, writable } = new FixedLengthStream(7);
  const writer = writable.getWriter();
  const text = new Response(readable).text();
  await writer.write(encode("<<"));
  writer.releaseLock();
  const piping = stream.pipeTo(writable);
  await feed(sender, "hello");
  assertEquals(await text, "<<hello");
  await piping;
});

test("bodies of another length than a FixedLengthStream's fail both sides", async () => {
  const tooMany = /^Attempt to write too many bytes through a FixedLengthStream\.$/;
  const tooFew = /^FixedLengthStream did not see all expected bytes before close\(\)\.$/;
  for (const [length, message] of [[9, tooMany], [11, tooFew]]) {
    for (const isRead of [false, true]) {
      const { sender, stream } = nativeBody();
      const { readable, writable } = new FixedLengthStream(length);
      const piping = stream.pipeTo(writable);
      const feeding = feed(sender, "hello", "world");
      const text = isRead ? new Response(readable).text() : op_body_text(streamToHost(readable));
      await assertRejects(() => text, TypeError, message);
      await assertRejects(() => piping, TypeError, message);
      assert(!stream.locked && !writable.locked);
      await feeding;
    }
  }
});

test("a body of known length that is sent tells of its end at its last byte", async () => {
  const { sender, stream } = nativeBody();
  const { readable, writable } = new FixedLengthStream(5);
  const piping = stream.pipeTo(writable);
  const handle = streamToHost(readable);
  const feeding = feed(sender, "hello");
  assertEquals(decoder.decode(await op_body_read(handle)), "hello");
  // What a connection does that has written as many bytes as it has announced.
  op_body_cancel(handle);
  await piping;
  await feeding;
});

test("an error of the source is the same one on both sides", async () => {
  const { sender, stream } = nativeBody();
  const { readable, writable } = new IdentityTransformStream();
  const piping = stream.pipeTo(writable);
  const reader = readable.getReader();
  const reading = reader.read();
  op_body_sender_fail(sender, "It broke.");
  const error = await reading.catch((reason) => reason);
  assertEquals(error.message, "It broke.");
  await assertRejects(() => piping, error);
  await assertRejects(() => reader.closed, error);
  await assertRejects(() => stream.getReader().closed, error);
  await assertRejects(() => writable.getWriter().closed, error);
});

test("a reader that goes cancels the source", async () => {
  for (const inJavaScript of [true, false]) {
    const { sender, stream } = nativeBody();
    const { readable, writable } = new IdentityTransformStream();
    const piping = stream.pipeTo(writable);
    const reason = new Error("enough");
    if (inJavaScript) await readable.cancel(reason);
    else op_body_cancel(streamToHost(readable));
    await op_body_closed(sender);
    if (inJavaScript) await assertRejects(() => piping, reason);
    else await assertRejects(() => piping, Error, /^Network connection lost\.$/);
    assertEquals(await stream.getReader().read(), { value: undefined, done: true });
  }
});

test("a signal stops what is read here and what is on its way", async () => {
  for (const inJavaScript of [true, false]) {
    const { sender, stream } = nativeBody();
    const { readable, writable } = new IdentityTransformStream();
    const controller = new AbortController();
    const piping = stream.pipeTo(writable, { signal: controller.signal });
    const handle = inJavaScript ? undefined : streamToHost(readable);
    const reading = inJavaScript ? readable.getReader().read() : op_body_read(handle);
    await op_body_send(sender, encode("hello"));
    await reading;
    const next = inJavaScript ? undefined : op_body_read(handle);
    const reason = new Error("stop");
    controller.abort(reason);
    await assertRejects(() => piping, reason);
    await op_body_closed(sender);
    if (next !== undefined) await assertRejects(() => next, Error);
    assert(!stream.locked && !writable.locked);
  }
});

test("an abort of the source's fetch reaches the other end of two pipes", async () => {
  const { handle, stream } = nativeBody();
  const first = new IdentityTransformStream();
  const second = new IdentityTransformStream();
  const piping = stream.pipeTo(first.writable);
  const out = first.readable.pipeThrough(second);
  assert(nativeSource(out) !== undefined);
  const reading = out.getReader().read();
  const reason = new Error("aborted");
  failHostBody(handle, reason);
  await assertRejects(() => reading, reason);
  await assertRejects(() => piping, reason);
});

test("JavaScript pumps where an end must not reach the other side, and where the source was read from", async () => {
  for (const option of ["preventClose", "preventAbort", "preventCancel"]) {
    const { sender, stream } = nativeBody();
    const { readable, writable } = new IdentityTransformStream();
    const piping = stream.pipeTo(writable, { [option]: true });
    assertEquals(nativeSource(readable), undefined, option);
    const reader = readable.getReader();
    const feeding = feed(sender, "hello");
    assertEquals(decoder.decode((await reader.read()).value), "hello");
    await feeding;
    await piping;
    if (option === "preventClose") await writable.close();
    assertEquals((await reader.read()).done, true);
  }
  const { sender, stream } = nativeBody();
  const feeding = feed(sender, "hello", "world");
  const reader = stream.getReader();
  await reader.read();
  reader.releaseLock();
  const readable = stream.pipeThrough(new IdentityTransformStream());
  assertEquals(nativeSource(readable), undefined);
  assertEquals(await new Response(readable).text(), "world");
  await feeding;
});

test("a context goes on while a body is on its way to which somebody listens", async () => {
  const before = op_test_open_bodies();
  const { sender, stream } = nativeBody();
  const { readable, writable } = new IdentityTransformStream();
  const piping = stream.pipeTo(writable);
  assertEquals(op_test_open_bodies(), before + 1, "only the one that is fed here");
  const handle = streamToHost(readable);
  assertEquals(op_test_open_bodies(), before + 2);
  const feeding = feed(sender, "hello");
  assertEquals(await op_body_text(handle), "hello");
  await feeding;
  await piping;
  await others();
  assertEquals(op_test_open_bodies(), before);
});

test("an empty body ends although nobody reads", async () => {
  const [sender, handle] = op_body_channel(0);
  op_body_finish(sender);
  const { readable, writable } = new IdentityTransformStream();
  await streamOfHost(handle).pipeTo(writable);
  assertEquals(await new Response(readable).text(), "");
});

test("a body whose stream somebody has only looked at is read by the host", async () => {
  for (const method of ["text", "bytes"]) {
    const { sender, stream } = nativeBody();
    const response = new Response(stream);
    assertEquals(response.body, stream);
    const reading = response[method]();
    assert(response.bodyUsed && stream.locked);
    await feed(sender, "hello");
    const result = await reading;
    assertEquals(method === "text" ? result : decoder.decode(result), "hello");
    await assertRejects(() => response[method](), TypeError, /^Body has already been used/);
  }
});
