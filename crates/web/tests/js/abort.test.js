import { test, assert, assertEquals, assertThrows } from "holdfast:test";
import {
  AbortController, AbortSignal, addAlgorithm, createDependentSignal, createSignal, removeAlgorithm, signalAbort,
} from "holdfast:web/abort";
import { DOMException } from "holdfast:web/dom_exception";

test("a fresh controller has one signal, not aborted", () => {
  const controller = new AbortController();
  assert(controller.signal === controller.signal);
  assertEquals([controller.signal.aborted, controller.signal.reason, controller.signal.onabort], [false, undefined, null]);
  controller.signal.throwIfAborted();
});

test("signals have no public constructor", () => {
  assertThrows(() => new AbortSignal(), TypeError, "Illegal constructor");
  assertThrows(() => AbortSignal.prototype.aborted, TypeError);
});

test("abort sets an AbortError by default, or the reason given, once", () => {
  const controller = new AbortController();
  controller.abort();
  const { reason } = controller.signal;
  assert(reason instanceof DOMException);
  assertEquals([reason.name, reason.message, reason.code], ["AbortError", "The operation was aborted", 20]);
  controller.abort("later");
  assert(controller.signal.reason === reason);
  assertEquals(assertThrows(() => controller.signal.throwIfAborted(), DOMException) === reason, true);
  const withNull = new AbortController();
  withNull.abort(null);
  assertEquals([withNull.signal.aborted, withNull.signal.reason], [true, null]);
});

test("the abort event: once, trusted, onabort first, then listeners", () => {
  const controller = new AbortController();
  const { signal } = controller;
  const log = [];
  signal.addEventListener("abort", (event) => log.push("listener", event.isTrusted, event.target === signal));
  signal.onabort = function () {
    log.push("handler", this === signal, signal.aborted);
  };
  controller.abort();
  controller.abort();
  assertEquals(log, ["handler", true, true, "listener", true, true]);
});

test("onabort takes functions only", () => {
  const { signal } = new AbortController();
  signal.onabort = 5;
  assertEquals(signal.onabort, null);
  const handler = () => {};
  signal.onabort = handler;
  assert(signal.onabort === handler);
  signal.onabort = null;
  assertEquals(signal.onabort, null);
});

test("algorithms run before the event, in order; removed ones do not", () => {
  const signal = createSignal();
  const log = [];
  const removed = () => log.push("removed");
  addAlgorithm(signal, () => log.push("first", signal.aborted));
  addAlgorithm(signal, removed);
  addAlgorithm(signal, () => log.push("second"));
  removeAlgorithm(signal, removed);
  signal.addEventListener("abort", () => log.push("event"));
  signalAbort(signal);
  assertEquals(log, ["first", true, "second", "event"]);
  addAlgorithm(signal, () => log.push("too late"));
  signalAbort(signal);
  assertEquals(log.length, 4);
});

test("an exception of a listener leaves abort(), but no signal is left half aborted", () => {
  const controller = new AbortController();
  const dependent = AbortSignal.any([controller.signal]);
  let heard = false;
  dependent.addEventListener("abort", () => (heard = true));
  controller.signal.addEventListener("abort", () => {
    throw new RangeError("in a listener");
  });
  assertThrows(() => controller.abort(), RangeError, "in a listener");
  assertEquals([controller.signal.aborted, dependent.aborted, heard], [true, true, true]);
});

test("AbortSignal.abort", () => {
  assertEquals([AbortSignal.abort().aborted, AbortSignal.abort(7).reason], [true, 7]);
  assertEquals(AbortSignal.abort().reason.name, "AbortError");
});

test("AbortSignal.timeout aborts with a TimeoutError", async () => {
  const signal = AbortSignal.timeout(1);
  assertEquals(signal.aborted, false);
  await new Promise((resolve) => (signal.onabort = resolve));
  assertEquals([signal.reason.name, signal.reason.message], ["TimeoutError", "The operation was aborted due to timeout"]);
  assertThrows(() => AbortSignal.timeout(), TypeError, "Failed to execute 'timeout' on 'AbortSignal': parameter 1 is not of type 'number'.");
});

test("any: takes the first reason, of a source aborted before too", () => {
  const a = new AbortController();
  const b = new AbortController();
  const signal = AbortSignal.any([a.signal, b.signal]);
  assertEquals(signal.aborted, false);
  b.abort("b");
  a.abort("a");
  assertEquals([signal.aborted, signal.reason], [true, "b"]);
  assertEquals(AbortSignal.any([AbortSignal.abort(1), AbortSignal.abort(2)]).reason, 1);
  assertEquals(AbortSignal.any([]).aborted, false);
  assert(signal !== AbortSignal.any([signal]));
});

test("any: wrong arguments", () => {
  assertThrows(() => AbortSignal.any(), TypeError);
  assertThrows(() => AbortSignal.any([AbortSignal.abort(), 1]), TypeError,
    "Incorrect type for array element 1: the provided value is not of type 'AbortSignal'.");
  assertThrows(() => AbortSignal.any(5), TypeError);
});

test("any: every dependent is aborted before any event is heard", () => {
  const controller = new AbortController();
  const first = AbortSignal.any([controller.signal]);
  const second = AbortSignal.any([controller.signal]);
  const log = [];
  controller.signal.addEventListener("abort", () => log.push("source", first.aborted, second.aborted));
  second.addEventListener("abort", () => log.push("second"));
  first.addEventListener("abort", () => log.push("first"));
  controller.abort();
  assertEquals(log, ["source", true, true, "first", "second"]);
});

test("any of any follows the roots, and one signal given twice counts once", () => {
  const a = new AbortController();
  const b = new AbortController();
  const inner = AbortSignal.any([a.signal, b.signal]);
  const outer = AbortSignal.any([inner, a.signal, a.signal]);
  let events = 0;
  outer.onabort = () => events++;
  b.abort("deep");
  assertEquals([outer.aborted, outer.reason, events], [true, "deep", 1]);
});

test("many short-lived dependents of one signal: those that listen are heard", () => {
  const controller = new AbortController();
  const heard = [];
  for (let i = 0; i < 1000; i++) {
    const signal = createDependentSignal([controller.signal]);
    if (i % 100 === 0) signal.addEventListener("abort", () => heard.push(i));
  }
  controller.abort();
  assertEquals(heard, [0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
});

test("aborting in a listener of the same abort is harmless", () => {
  const controller = new AbortController();
  let calls = 0;
  controller.signal.onabort = () => {
    calls++;
    controller.abort();
  };
  controller.abort();
  assertEquals(calls, 1);
});
