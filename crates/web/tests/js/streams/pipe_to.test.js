// ReadableStream.pipeTo and pipeThrough.

import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import { AbortController } from "holdfast:web/abort";
import { ReadableStream, TransformStream, WritableStream } from "holdfast:web/streams/index";
import { gate, settle, stateOf } from "./helpers.js";

// A source and a sink that write down what happens to them.
function recordingSource(source = {}, strategy = undefined) {
  const calls = [];
  let controller;
  const stream = new ReadableStream({
    start(c) { controller = c; },
    pull(c) { return source.pull?.(c); },
    cancel(reason) { calls.push(["cancel", reason]); return source.cancel?.(reason); },
  }, strategy);
  return { stream, calls, controller };
}

function recordingSink(sink = {}, strategy = undefined) {
  const calls = [];
  let controller;
  const stream = new WritableStream({
    start(c) { controller = c; return sink.start?.(c); },
    write(chunk) { calls.push(chunk); return sink.write?.(chunk); },
    close() { calls.push("close"); return sink.close?.(); },
    abort(reason) { calls.push(["abort", reason]); return sink.abort?.(reason); },
  }, strategy);
  return { stream, calls, controller };
}

const chunks = (...values) => ReadableStream.from(values);

test("pipe: chunks and the end pass; both streams are unlocked", async () => {
  const source = chunks(1, 2, 3);
  const sink = recordingSink();
  const piped = source.pipeTo(sink.stream);
  assertEquals([source.locked, sink.stream.locked], [true, true]);
  assertEquals(await piped, undefined);
  assertEquals(sink.calls, [1, 2, 3, "close"]);
  assertEquals([source.locked, sink.stream.locked], [false, false]);
});

test("pipe: destination and options are checked", async () => {
  const source = new ReadableStream();
  await assertRejects(
    () => source.pipeTo({}),
    TypeError,
    "Failed to execute 'pipeTo' on 'ReadableStream': parameter 1 is not of type 'WritableStream'.",
  );
  await assertRejects(() => source.pipeTo(new WritableStream(), 1), TypeError);
  for (const signal of [null, 1, "x", {}, { aborted: false }]) {
    await assertRejects(
      () => source.pipeTo(new WritableStream(), { signal }),
      TypeError,
      "Incorrect type for the 'signal' field on 'PipeToOptions': the provided value is not of type 'AbortSignal'.",
    );
  }
  assertEquals(source.locked, false);
});

test("pipe: options are read in lexicographic order", async () => {
  const seen = [];
  const options = new Proxy({}, { get(_, name) { seen.push(name); } });
  await chunks().pipeTo(new WritableStream(), options);
  assertEquals(seen, ["preventAbort", "preventCancel", "preventClose", "signal"]);
});

test("pipe: locked streams are refused", async () => {
  const locked = new ReadableStream();
  locked.getReader();
  await assertRejects(() => locked.pipeTo(new WritableStream()), TypeError, /This ReadableStream is currently locked/);
  const busy = new WritableStream();
  busy.getWriter();
  const free = new ReadableStream();
  await assertRejects(() => free.pipeTo(busy), TypeError, /This WritableStream is currently locked/);
  assertEquals(free.locked, false);
});

test("pipeThrough: returns the readable of any such pair", async () => {
  const { readable, writable } = new TransformStream();
  const pair = { readable, writable };
  assert(chunks("a").pipeThrough(pair) === readable);
  assertEquals((await readable.getReader().read()).value, "a");
});

test("pipeThrough: the pair is checked, readable first", () => {
  const source = new ReadableStream();
  const { readable, writable } = new TransformStream();
  assertThrows(() => source.pipeThrough(), TypeError);
  assertThrows(
    () => source.pipeThrough({}),
    TypeError,
    "Incorrect type for the 'readable' field on 'Transform': the provided value is not of type 'ReadableStream'.",
  );
  assertThrows(() => source.pipeThrough({ readable, writable: 1 }), TypeError, /'writable' field on 'Transform'/);
  assertThrows(() => source.pipeThrough({ readable, writable }, { signal: 1 }), TypeError, /'signal' field/);
  writable.getWriter();
  assertThrows(() => source.pipeThrough({ readable, writable }), TypeError, /locked to a writer/);
  source.getReader();
  assertThrows(() => source.pipeThrough(new TransformStream()), TypeError, /locked to a reader/);
});

test("pipeThrough: a failure of the pipe is not an unhandled rejection", async () => {
  new ReadableStream({ start(c) { c.error(new Error("x")); } }).pipeThrough(new TransformStream());
  await settle();
});

test("pipe: the sink is not called in the middle of enqueue", async () => {
  const source = recordingSource();
  const sink = recordingSink({}, { highWaterMark: 5 });
  source.stream.pipeTo(sink.stream);
  await settle();
  source.controller.enqueue("a");
  assertEquals(sink.calls, []);
  await settle();
  assertEquals(sink.calls, ["a"]);
});

test("pipe: backpressure stops reading", async () => {
  let pulls = 0;
  const hold = gate();
  const source = new ReadableStream({ pull(c) { c.enqueue(++pulls); } }, { highWaterMark: 0 });
  const sink = recordingSink({ write: () => hold.promise }, { highWaterMark: 2 });
  source.pipeTo(sink.stream).catch(() => {});
  await settle();
  assertEquals(pulls, 2);
  assertEquals(sink.calls, [1]);
});

test("pipe: a sink without room gets nothing", async () => {
  let pulls = 0;
  const source = new ReadableStream({ pull(c) { c.enqueue(++pulls); } }, { highWaterMark: 0 });
  const sink = recordingSink({}, { highWaterMark: 0 });
  source.pipeTo(sink.stream);
  await settle();
  assertEquals([pulls, sink.calls], [0, []]);
});

test("pipe: thousands of queued chunks do not exhaust the stack", async () => {
  const source = new ReadableStream({
    start(c) {
      for (let i = 0; i < 50_000; i++) c.enqueue(i);
      c.close();
    },
  });
  let sum = 0;
  await source.pipeTo(new WritableStream({ write(i) { sum += i; } }, { highWaterMark: Infinity }));
  assertEquals(sum, 50_000 * 49_999 / 2);
});

test("pipe: preventClose leaves the sink open", async () => {
  const sink = recordingSink();
  await chunks("a").pipeTo(sink.stream, { preventClose: true });
  assertEquals(sink.calls, ["a"]);
  await sink.stream.getWriter().write("b");
  assertEquals(sink.calls, ["a", "b"]);
});

test("pipe: a failing close rejects the pipe", async () => {
  const sink = recordingSink({ close() { throw new Error("c"); } });
  await assertRejects(() => chunks().pipeTo(sink.stream), Error, "c");
});

test("pipe: an error of the source aborts the sink", async () => {
  const source = recordingSource();
  const sink = recordingSink();
  const piped = source.stream.pipeTo(sink.stream);
  const error = new Error("s");
  source.controller.error(error);
  assert(await assertRejects(() => piped, Error) === error);
  assertEquals(sink.calls.length, 1);
  assert(sink.calls[0][0] === "abort" && sink.calls[0][1] === error);
});

test("pipe: a source that has failed already aborts the sink", async () => {
  const source = new ReadableStream({ start(c) { c.error("s"); } });
  const sink = recordingSink();
  assertEquals((await Promise.allSettled([source.pipeTo(sink.stream)]))[0].reason, "s");
  assertEquals(sink.calls, [["abort", "s"]]);
});

test("pipe: preventAbort leaves the sink alone", async () => {
  const source = recordingSource();
  const sink = recordingSink();
  const piped = source.stream.pipeTo(sink.stream, { preventAbort: true });
  source.controller.error(new Error("s"));
  await assertRejects(() => piped, Error, "s");
  assertEquals(sink.calls, []);
  assertEquals(sink.stream.locked, false);
});

test("pipe: an exception of the sink's abort is what the pipe rejects with", async () => {
  const source = recordingSource();
  const sink = recordingSink({ abort() { throw new Error("a"); } });
  const piped = source.stream.pipeTo(sink.stream);
  source.controller.error(new Error("s"));
  await assertRejects(() => piped, Error, "a");
});

test("pipe: an error of the source waits for writes under way", async () => {
  const source = recordingSource();
  const hold = gate();
  const sink = recordingSink({ write: () => hold.promise }, { highWaterMark: 5 });
  source.controller.enqueue("a");
  const piped = source.stream.pipeTo(sink.stream);
  await settle();
  source.controller.error(new Error("s"));
  assertEquals(await stateOf(piped), "pending");
  assertEquals(sink.calls, ["a"]);
  hold.resolve();
  await assertRejects(() => piped, Error, "s");
  assertEquals(sink.calls.length, 2);
});

test("pipe: what was read is written although the source fails right after", async () => {
  const source = recordingSource();
  const sink = recordingSink({}, { highWaterMark: 5 });
  const piped = source.stream.pipeTo(sink.stream, { preventAbort: true });
  await settle();
  source.controller.enqueue("last");
  source.controller.error(new Error("s"));
  await assertRejects(() => piped, Error, "s");
  assertEquals(sink.calls, ["last"]);
});

test("pipe: a failing write cancels the source", async () => {
  const error = new Error("w");
  const source = recordingSource({ pull(c) { c.enqueue("x"); } });
  const sink = recordingSink({ write() { throw error; } });
  assert(await assertRejects(() => source.stream.pipeTo(sink.stream), Error) === error);
  assertEquals(source.calls.length, 1);
  assert(source.calls[0][1] === error);
});

test("pipe: a sink that has failed already cancels the source", async () => {
  const source = recordingSource();
  const sink = recordingSink({ start(c) { c.error("e"); } });
  await settle();
  assertEquals((await Promise.allSettled([source.stream.pipeTo(sink.stream)]))[0].reason, "e");
  assertEquals(source.calls, [["cancel", "e"]]);
});

test("pipe: preventCancel leaves the source alone", async () => {
  const source = recordingSource();
  const sink = recordingSink();
  const piped = source.stream.pipeTo(sink.stream, { preventCancel: true });
  await settle();
  sink.controller.error(new Error("e"));
  await assertRejects(() => piped, Error, "e");
  assertEquals(source.calls, []);
  source.controller.enqueue("still");
  assertEquals((await source.stream.getReader().read()).value, "still");
});

test("pipe: an exception of the source's cancel is what the pipe rejects with", async () => {
  const source = recordingSource({ cancel() { throw new Error("c"); } });
  const sink = recordingSink();
  const piped = source.stream.pipeTo(sink.stream);
  await settle();
  sink.controller.error(new Error("e"));
  await assertRejects(() => piped, Error, "c");
});

test("pipe: a closed sink cancels the source", async () => {
  const source = recordingSource();
  const sink = new WritableStream();
  await sink.close();
  const message = "This destination writable stream is closed.";
  await assertRejects(() => source.stream.pipeTo(sink), TypeError, message);
  assertEquals(source.calls.length, 1);
  assertEquals(source.calls[0][1].message, message);
});

test("pipe: both closed is an error for the pipe only with the sink", async () => {
  const sink = recordingSink();
  await new ReadableStream({ start(c) { c.close(); } }).pipeTo(sink.stream);
  assertEquals(sink.calls, ["close"]);
});

test("pipe: an aborted signal aborts and cancels before anything is read", async () => {
  const abort = new AbortController();
  abort.abort("now");
  const source = recordingSource({ pull() { throw new Error("pulled"); } }, { highWaterMark: 0 });
  const sink = recordingSink();
  const [result] = await Promise.allSettled([source.stream.pipeTo(sink.stream, { signal: abort.signal })]);
  assertEquals(result.reason, "now");
  assertEquals(source.calls, [["cancel", "now"]]);
  assertEquals(sink.calls, [["abort", "now"]]);
});

test("pipe: a signal without reason gives an AbortError", async () => {
  const abort = new AbortController();
  abort.abort();
  const error = await assertRejects(() => new ReadableStream().pipeTo(new WritableStream(), { signal: abort.signal }));
  assertEquals(error.name, "AbortError");
});

test("pipe: aborting in the middle", async () => {
  const abort = new AbortController();
  const source = recordingSource();
  const sink = recordingSink();
  const piped = source.stream.pipeTo(sink.stream, { signal: abort.signal });
  source.controller.enqueue("a");
  await settle();
  abort.abort("stop");
  const [result] = await Promise.allSettled([piped]);
  assertEquals(result.reason, "stop");
  assertEquals(sink.calls, ["a", ["abort", "stop"]]);
  assertEquals(source.calls, [["cancel", "stop"]]);
  assertEquals([source.stream.locked, sink.stream.locked], [false, false]);
});

test("pipe: a signal with preventAbort and preventCancel only ends the pipe", async () => {
  const abort = new AbortController();
  const source = recordingSource();
  const sink = recordingSink();
  const options = { signal: abort.signal, preventAbort: true, preventCancel: true };
  const piped = source.stream.pipeTo(sink.stream, options);
  await settle();
  abort.abort("stop");
  assertEquals((await Promise.allSettled([piped]))[0].reason, "stop");
  assertEquals([source.calls, sink.calls], [[], []]);
  assertEquals([source.stream.locked, sink.stream.locked], [false, false]);
});

test("pipe: a signal waits for the write under way", async () => {
  const abort = new AbortController();
  const hold = gate();
  const source = recordingSource();
  const sink = recordingSink({ write: () => hold.promise });
  source.controller.enqueue("a");
  const piped = source.stream.pipeTo(sink.stream, { signal: abort.signal });
  await settle();
  abort.abort("stop");
  assertEquals(await stateOf(piped), "pending");
  hold.resolve();
  assertEquals((await Promise.allSettled([piped]))[0].reason, "stop");
});

test("pipe: errors of abort and cancel come before the reason of the signal", async () => {
  const abort = new AbortController();
  const source = recordingSource({ cancel() { throw new Error("c"); } });
  const sink = recordingSink();
  const piped = source.stream.pipeTo(sink.stream, { signal: abort.signal });
  await settle();
  abort.abort("stop");
  await assertRejects(() => piped, Error, "c");
});

test("pipe: a signal after the end does nothing", async () => {
  const abort = new AbortController();
  const sink = recordingSink();
  await chunks("a").pipeTo(sink.stream, { signal: abort.signal });
  abort.abort();
  await settle();
  assertEquals(sink.calls, ["a", "close"]);
});

test("pipe: a user's then on Promise.prototype is not called", async () => {
  await settle(); // whoever runs this test has looked at its promise by now
  const { then } = Promise.prototype;
  let calls = 0;
  Promise.prototype.then = function (...args) { calls += 1; return Reflect.apply(then, this, args); };
  const source = new ReadableStream({ start(c) { c.enqueue(1); c.enqueue(2); c.close(); } });
  const seen = [];
  let piped;
  try {
    piped = source.pipeTo(new WritableStream({ write(c) { seen.push(c); } }));
    await settle();
  } finally {
    Promise.prototype.then = then;
  }
  await piped;
  assertEquals([seen, calls], [[1, 2], 0]);
});

test("pipe: methods of the public classes may be replaced", async () => {
  const { getReader } = ReadableStream.prototype;
  const { getWriter } = WritableStream.prototype;
  const source = chunks("a");
  const sink = recordingSink();
  ReadableStream.prototype.getReader = WritableStream.prototype.getWriter = () => { throw new Error("called"); };
  try {
    await source.pipeTo(sink.stream);
  } finally {
    ReadableStream.prototype.getReader = getReader;
    WritableStream.prototype.getWriter = getWriter;
  }
  assertEquals(sink.calls, ["a", "close"]);
});
