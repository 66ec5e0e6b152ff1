import { test, assert, assertEquals, assertRejects, assertThrows } from "holdfast:test";
import { AbortController, AbortSignal } from "holdfast:web/abort";
import { DOMException } from "holdfast:web/dom_exception";
import {
  clearInterval, clearTimeout, queueMicrotask, scheduler, Scheduler, setInterval, setTimeout,
} from "holdfast:web/timers";

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

test("ids are positive numbers, all different", () => {
  const ids = [setTimeout(() => {}), setTimeout(() => {}, 1), setInterval(() => {}, 1)];
  assert(ids.every((id) => Number.isInteger(id) && id > 0));
  assertEquals(new Set(ids).size, 3);
  ids.forEach(clearTimeout);
});

test("arguments and receiver of a callback", async () => {
  const result = await new Promise((resolve) => {
    setTimeout(function (...args) {
      resolve([this === globalThis, args]);
    }, 0, 1, "two");
  });
  assertEquals(result, [true, [1, "two"]]);
});

test("the same delay fires in order, a shorter one first, microtasks between callbacks", async () => {
  const log = [];
  setTimeout(() => log.push("c"), 3);
  setTimeout(() => {
    log.push("a");
    queueMicrotask(() => log.push("microtask"));
  });
  setTimeout(() => log.push("b"));
  setTimeout(() => log.push("d"), 3);
  await wait(6);
  assertEquals(log, ["a", "microtask", "b", "c", "d"]);
});

test("delays: NaN, negative and missing are zero", async () => {
  const log = [];
  for (const delay of [undefined, NaN, -5, "x", null]) setTimeout(() => log.push(String(delay)), delay);
  await wait(0);
  assertEquals(log, ["undefined", "NaN", "-5", "x", "null"]);
});

test("the callback must be a function and is checked before the delay", () => {
  const text = "Failed to execute 'setTimeout' on 'ServiceWorkerGlobalScope': parameter 1 is not of type 'function'.";
  const delay = { valueOf() { throw new Error("read too early"); } };
  assertThrows(() => setTimeout("code", delay), TypeError, text);
  assertThrows(() => setInterval(), TypeError, /^Failed to execute 'setInterval'/);
  assertThrows(() => setTimeout(() => {}, delay), Error, "read too early");
});

test("cleared timers do not fire, from inside a callback either", async () => {
  const log = [];
  const first = setTimeout(() => log.push("cleared at once"), 0);
  clearTimeout(first);
  setTimeout(() => clearTimeout(second), 0);
  const second = setTimeout(() => log.push("cleared in time"), 0);
  await wait(3);
  assertEquals(log, []);
});

test("clearing what is no timer is ignored", () => {
  for (const id of [undefined, null, 0, -1, 1.5, NaN, Infinity, "x", {}, 4_000_000_000]) {
    clearTimeout(id);
    clearInterval(id);
  }
  clearTimeout();
});

test("ids may be given as strings, and both functions clear both kinds", async () => {
  const log = [];
  clearInterval(String(setTimeout(() => log.push("timeout"), 0)));
  clearTimeout(setInterval(() => log.push("interval"), 1));
  await wait(3);
  assertEquals(log, []);
});

test("an interval repeats until it is cleared in its own callback", async () => {
  let count = 0;
  await new Promise((resolve) => {
    const id = setInterval(() => {
      if (++count === 3) {
        clearInterval(id);
        resolve();
      }
    }, 1);
  });
  await wait(4);
  assertEquals(count, 3);
});

test("an exception in an interval's callback is reported and does not stop it", async () => {
  let count = 0;
  const seen = [];
  const listener = (event) => {
    event.preventDefault();
    seen.push(event.error);
  };
  globalThis.addEventListener("error", listener);
  await new Promise((resolve) => {
    const id = setInterval(() => {
      if (++count === 3) {
        clearInterval(id);
        setTimeout(resolve, 0);
      }
      throw count;
    }, 1);
  });
  globalThis.removeEventListener("error", listener);
  assertEquals([count, seen], [3, [1, 2, 3]]);
});

test("ten thousand active timeouts are the limit, and clearing makes room", () => {
  const ids = [];
  const error = assertThrows(() => {
    for (;;) ids.push(setTimeout(() => {}, 1_000_000));
  }, DOMException);
  assertEquals(error.name, "QuotaExceededError");
  assert(error.message.startsWith(
    "You have exceeded the number of active timeouts you may set. max active timeouts: 10000, current active timeouts: 10000, finished timeouts: ",
  ), error.message);
  clearTimeout(ids[0]);
  ids.push(setTimeout(() => {}, 1_000_000));
  assertThrows(() => setTimeout(() => {}, 1), DOMException);
  // Waits of the platform do not count.
  const wait = scheduler.wait(1_000_000, { signal: AbortSignal.abort() });
  wait.catch(() => {});
  ids.forEach(clearTimeout);
});

test("queueMicrotask runs before timers, in order, and wants a function", async () => {
  const log = [];
  setTimeout(() => log.push("timer"), 0);
  queueMicrotask((...args) => log.push("first", args.length));
  Promise.resolve().then(() => log.push("second"));
  log.push("sync");
  await wait(1);
  assertEquals(log, ["sync", "first", 0, "second", "timer"]);
  assertThrows(() => queueMicrotask(5), TypeError,
    "Failed to execute 'queueMicrotask' on 'ServiceWorkerGlobalScope': parameter 1 is not of type 'function'.");
});

test("an exception in a microtask is reported, not an unhandled rejection", async () => {
  const log = [];
  const onError = (event) => {
    event.preventDefault();
    log.push("error", event.message);
  };
  const onRejection = () => log.push("rejection");
  globalThis.addEventListener("error", onError);
  globalThis.addEventListener("unhandledrejection", onRejection);
  queueMicrotask(() => {
    throw new Error("micro");
  });
  await wait(1);
  globalThis.removeEventListener("error", onError);
  globalThis.removeEventListener("unhandledrejection", onRejection);
  assertEquals(log, ["error", "Uncaught Error: micro"]);
});

test("scheduler.wait resolves, and rejects with the reason of its signal", async () => {
  assertEquals(await scheduler.wait(1), undefined);
  const controller = new AbortController();
  const reason = new Error("enough");
  const waiting = scheduler.wait(1_000_000, { signal: controller.signal });
  controller.abort(reason);
  assert(await assertRejects(() => waiting, Error) === reason);
  await assertRejects(() => scheduler.wait(1, { signal: AbortSignal.abort(new RangeError("before")) }), RangeError, "before");
  await assertRejects(() => scheduler.wait(), TypeError, "Failed to execute 'wait' on 'Scheduler': parameter 1 is not of type 'number'.");
  await assertRejects(() => scheduler.wait(1, { signal: {} }), TypeError, /not of type 'AbortSignal'/);
  assertThrows(() => new Scheduler(), TypeError, "Illegal constructor");
});
