// node:timers and node:timers/promises.

import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import timers, { Timeout } from "holdfast:node/timers";
import promises from "holdfast:node/timers/promises";

test("setTimeout gives a Timeout, which clearTimeout takes back in any form", async () => {
  const fired = [];
  const timeout = timers.setTimeout((...args) => fired.push(args), 1, 1, 2);
  assert(timeout instanceof Timeout && globalThis.setTimeout === timers.setTimeout);
  timers.clearTimeout(timers.setTimeout(() => fired.push("object"), 1));
  clearTimeout(+timers.setTimeout(() => fired.push("number"), 1));
  clearTimeout(`${+timers.setTimeout(() => fired.push("text"), 1)}`);
  timers.setTimeout(() => fired.push("closed"), 1).close();
  timers.setTimeout(() => fired.push("disposed"), 1)[Symbol.dispose]();
  await promises.setTimeout(5);
  assertEquals(fired, [[1, 2]]);
});

test("what is no timer is ignored, and what is no function is refused", () => {
  for (const value of [{}, null, undefined, "x", NaN]) assertEquals(timers.clearTimeout(value), undefined);
  const error = assertThrows(() => timers.setTimeout("x"), TypeError);
  assertEquals(error.code, "ERR_INVALID_ARG_TYPE");
  assertThrows(() => timers.setImmediate(), TypeError);
  assertThrows(() => timers.clearImmediate({}), TypeError);
});

test("ref and unref are remembered", () => {
  const timeout = timers.setTimeout(() => {}, 1);
  assertEquals([timeout.hasRef(), timeout.unref().hasRef(), timeout.ref().hasRef()], [true, false, true]);
  timeout.close();
});

test("refresh starts a timeout again, also one that fired", async () => {
  let count = 0;
  await new Promise((resolve) => {
    const timeout = timers.setTimeout(() => {
      count++;
      if (count === 3) resolve();
      else timeout.refresh();
    }, 0);
  });
  assertEquals(count, 3);
});

test("intervals go on until they are cleared", async () => {
  let count = 0;
  await new Promise((resolve) => {
    const interval = timers.setInterval(() => {
      if (++count < 3) return;
      timers.clearInterval(interval);
      resolve();
    }, 1);
  });
  await promises.setTimeout(5);
  assertEquals(count, 3);
});

test("immediates come in order, after microtasks and with timeouts of no time", async () => {
  const log = [];
  let gone;
  timers.setTimeout(() => log.push("timeout"), 0);
  timers.setImmediate((value) => {
    log.push(value);
    timers.clearImmediate(gone);
    queueMicrotask(() => log.push("microtask of a"));
    timers.setImmediate(() => log.push("c"));
  }, "a");
  gone = timers.setImmediate(() => log.push("gone"));
  timers.setImmediate(() => log.push("b"));
  queueMicrotask(() => log.push("microtask"));
  await promises.setTimeout(5);
  assertEquals(log, ["microtask", "timeout", "a", "microtask of a", "b", "c"]);
});

test("promises give their values", async () => {
  assertEquals([await promises.setTimeout(1, "a"), await promises.setImmediate("b")], ["a", "b"]);
  assertEquals([await promises.scheduler.wait(1), await promises.scheduler.yield()], [undefined, undefined]);
  const seen = [];
  for await (const value of promises.setInterval(1, "v")) {
    seen.push(value);
    if (seen.length === 3) break;
  }
  assertEquals(seen, ["v", "v", "v"]);
});

test("promises are rejected by their signals, and leave no listener behind", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const added = [];
  const removed = [];
  signal.addEventListener = function (type, listener, options) {
    added.push(listener);
    AbortSignal.prototype.addEventListener.call(this, type, listener, options);
  };
  signal.removeEventListener = function (type, listener) {
    removed.push(listener);
    AbortSignal.prototype.removeEventListener.call(this, type, listener);
  };
  await promises.setTimeout(1, 1, { signal });
  assertEquals(added, removed);
  const waiting = promises.setTimeout(100_000, 1, { signal });
  const interval = promises.setInterval(1, 1, { signal });
  await interval.next();
  const next = interval.next();
  controller.abort("why");
  for (const promise of [waiting, next, promises.setTimeout(1, 1, { signal }), promises.setImmediate(1, { signal })]) {
    const error = await assertRejects(promise, "AbortError", "The operation was aborted");
    assertEquals([error.code, error.cause], ["ABORT_ERR", "why"]);
  }
});

test("options of promises are checked", async () => {
  await assertRejects(promises.setTimeout("x"), TypeError, /"delay" argument/);
  await assertRejects(promises.setTimeout(1, 1, 5), TypeError, /"options" argument/);
  await assertRejects(promises.setTimeout(1, 1, { signal: 5 }), TypeError, /"options.signal" property/);
  await assertRejects(promises.setImmediate(1, { ref: 5 }), TypeError, /"options.ref" property/);
});
