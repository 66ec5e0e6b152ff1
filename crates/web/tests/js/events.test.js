import { test, assert, assertEquals, assertThrows } from "holdfast:test";
import { AbortController, AbortSignal } from "holdfast:web/abort";
import { CloseEvent } from "holdfast:web/close_event";
import { CustomEvent } from "holdfast:web/custom_event";
import { DOMException } from "holdfast:web/dom_exception";
import { ErrorEvent } from "holdfast:web/error_event";
import { Event } from "holdfast:web/event";
import { dispatchTrusted, EventTarget, makeEventTarget } from "holdfast:web/event_target";
import { MessageEvent } from "holdfast:web/message_event";
import { PromiseRejectionEvent } from "holdfast:web/promise_rejection_event";
import { internalToken } from "holdfast:web/webidl";

function record(target, type, log, label = type, options = undefined) {
  const listener = () => log.push(label);
  target.addEventListener(type, listener, options);
  return listener;
}

test("Event: fields of a fresh event", () => {
  const e = new Event("x");
  assertEquals(
    [e.type, e.bubbles, e.cancelable, e.composed, e.target, e.currentTarget, e.eventPhase, e.defaultPrevented],
    ["x", false, false, false, null, null, 0, false],
  );
  assertEquals([e.isTrusted, e.returnValue, e.cancelBubble, e.srcElement, e.composedPath()], [false, true, false, null, []]);
});

test("Event: constructor errors name the class", () => {
  assertThrows(() => new Event(), TypeError, "Failed to construct 'Event': constructor parameter 1 is not of type 'string'.");
  assertThrows(() => new CloseEvent(), TypeError, /^Failed to construct 'CloseEvent': /);
  assertThrows(() => new Event("x", 1), TypeError);
  assertThrows(() => Event("x"), TypeError);
  assertEquals(new Event(undefined, null).type, "undefined");
});

test("Event: shape", () => {
  assertEquals([Event.length, Event.AT_TARGET, Event.prototype.BUBBLING_PHASE], [0, 2, 3]);
  assertEquals(Object.prototype.toString.call(new CustomEvent("x")), "[object CustomEvent]");
  assert(Object.keys(Event.prototype).includes("preventDefault"));
  assertThrows(() => Event.prototype.type, TypeError);
});

test("preventDefault works on cancelable events only, and returnValue is its other face", () => {
  const plain = new Event("x");
  plain.preventDefault();
  assertEquals(plain.defaultPrevented, false);
  const e = new Event("x", { cancelable: true });
  assertEquals([e.defaultPrevented, e.returnValue], [false, true]);
  e.preventDefault();
  assertEquals([e.defaultPrevented, e.returnValue], [true, false]);
  assertThrows(() => (e.returnValue = true), TypeError);
});

test("listeners are called in order with the target as receiver", () => {
  const target = new EventTarget();
  const log = [];
  target.addEventListener("x", function (event) {
    log.push(this === target, event.target === target, event.currentTarget === target, event.eventPhase, event.composedPath().length);
  });
  record(target, "x", log, "second");
  const event = new Event("x");
  assertEquals(target.dispatchEvent(event), true);
  assertEquals(log, [true, true, true, 2, 1, "second"]);
  assertEquals([event.target === target, event.currentTarget, event.eventPhase], [true, null, 0]);
});

test("the same listener is added once for each value of capture", () => {
  const target = new EventTarget();
  let calls = 0;
  const listener = () => calls++;
  target.addEventListener("x", listener);
  target.addEventListener("x", listener, { once: true, passive: true });
  target.addEventListener("x", listener, true);
  target.dispatchEvent(new Event("x"));
  assertEquals(calls, 2);
  target.removeEventListener("x", listener, { capture: true });
  target.dispatchEvent(new Event("x"));
  assertEquals(calls, 3);
});

test("capturing listeners come first; stopPropagation in one keeps the others out", () => {
  const target = new EventTarget();
  const log = [];
  record(target, "x", log, "bubble");
  record(target, "x", log, "capture", true);
  target.dispatchEvent(new Event("x"));
  assertEquals(log, ["capture", "bubble"]);
  target.addEventListener("x", (event) => event.stopPropagation(), { capture: true });
  record(target, "x", log, "capture 2", true);
  target.dispatchEvent(new Event("x"));
  assertEquals(log.slice(2), ["capture", "capture 2"]);
});

test("stopImmediatePropagation ends the dispatch; flags are gone afterwards", () => {
  const target = new EventTarget();
  const log = [];
  target.addEventListener("x", (event) => event.stopImmediatePropagation(), { once: true });
  record(target, "x", log);
  const event = new Event("x");
  target.dispatchEvent(event);
  assertEquals([log, event.cancelBubble], [[], false]);
  target.dispatchEvent(event);
  assertEquals(log, ["x"]);
});

test("listeners added during dispatch wait, removed ones are skipped", () => {
  const target = new EventTarget();
  const log = [];
  target.addEventListener("x", () => {
    record(target, "x", log, "added");
    target.removeEventListener("x", removed);
  }, { once: true });
  const removed = record(target, "x", log, "removed");
  target.dispatchEvent(new Event("x"));
  assertEquals(log, []);
  target.dispatchEvent(new Event("x"));
  assertEquals(log, ["added"]);
});

test("once listeners are gone before they run", () => {
  const target = new EventTarget();
  let calls = 0;
  target.addEventListener("x", () => {
    if (++calls < 3) target.dispatchEvent(new Event("x"));
  }, { once: true });
  target.dispatchEvent(new Event("x"));
  assertEquals(calls, 1);
});

test("passive listeners cannot cancel", () => {
  const target = new EventTarget();
  target.addEventListener("x", (event) => event.preventDefault(), { passive: true });
  assertEquals(target.dispatchEvent(new Event("x", { cancelable: true })), true);
  target.addEventListener("x", (event) => event.preventDefault());
  assertEquals(target.dispatchEvent(new Event("x", { cancelable: true })), false);
});

test("handler objects: handleEvent is looked up at each event, with the object as receiver", () => {
  const target = new EventTarget();
  const log = [];
  const handler = { handleEvent() { log.push(this === handler); } };
  target.addEventListener("x", handler);
  target.dispatchEvent(new Event("x"));
  handler.handleEvent = () => log.push("new");
  target.dispatchEvent(new Event("x"));
  assertEquals(log, [true, "new"]);
  handler.handleEvent = undefined;
  assertThrows(() => target.dispatchEvent(new Event("x")), TypeError, "Incorrect type for the 'handleEvent' field on 'HandlerObject': the provided value is not of type 'function'.");
});

test("a null callback is ignored, another non-function refused", () => {
  const target = new EventTarget();
  target.addEventListener("x", null);
  target.removeEventListener("x", null);
  const text = "Failed to execute 'addEventListener' on 'EventTarget': parameter 2 is not of type 'function or HandlerObject'.";
  assertThrows(() => target.addEventListener("x", 5), TypeError, text);
  assertThrows(() => target.addEventListener("x"), TypeError, text);
});

test("an exception of a listener leaves dispatchEvent and ends the dispatch, as on Workers", () => {
  const target = new EventTarget();
  const log = [];
  target.onx = () => log.push("on");
  target.addEventListener("x", () => {
    throw new RangeError("boom");
  });
  record(target, "x", log, "after");
  const event = new Event("x");
  assertThrows(() => target.dispatchEvent(event), RangeError, "boom");
  assertEquals([log, event.eventPhase, event.currentTarget], [["on"], 0, null]);
});

test("the handler property runs before the listeners", () => {
  const target = new EventTarget();
  const log = [];
  record(target, "x", log, "listener");
  target.onx = function (event) {
    log.push(this === target, event.type);
  };
  target.dispatchEvent(new Event("x"));
  assertEquals(log, [true, "x", "listener"]);
});

test("dispatchEvent refuses what is no event and an event under way", () => {
  const target = new EventTarget();
  assertThrows(() => target.dispatchEvent({ type: "x" }), TypeError, "Failed to execute 'dispatchEvent' on 'EventTarget': parameter 1 is not of type 'Event'.");
  const event = new Event("x");
  let error;
  target.addEventListener("x", () => {
    try {
      target.dispatchEvent(event);
    } catch (e) {
      error = e;
    }
  });
  target.dispatchEvent(event);
  assert(error instanceof DOMException);
  assertEquals([error.name, error.message], ["InvalidStateError", "The event is already being dispatched."]);
});

test("the signal option removes the listener; an aborted one never adds it", () => {
  const target = new EventTarget();
  const controller = new AbortController();
  const log = [];
  record(target, "x", log, "signalled", { signal: controller.signal });
  target.dispatchEvent(new Event("x"));
  controller.abort();
  target.dispatchEvent(new Event("x"));
  record(target, "x", log, "late", { signal: AbortSignal.abort() });
  target.dispatchEvent(new Event("x"));
  assertEquals(log, ["signalled"]);
  assertThrows(() => target.addEventListener("x", () => {}, { signal: {} }), TypeError, /'signal' field .* not of type 'AbortSignal'/);
});

test("trust: platform events are trusted until a program dispatches them again", () => {
  const target = new EventTarget();
  const event = new Event("x");
  dispatchTrusted(target, event);
  assertEquals(event.isTrusted, true);
  target.dispatchEvent(event);
  assertEquals(event.isTrusted, false);
});

test("any object can be made a target; others are refused", () => {
  const object = Object.freeze({});
  assertThrows(() => EventTarget.prototype.addEventListener.call(object, "x", () => {}), TypeError, /^Illegal invocation/);
  makeEventTarget(object);
  let calls = 0;
  EventTarget.prototype.addEventListener.call(object, "x", () => calls++);
  EventTarget.prototype.dispatchEvent.call(object, new Event("x"));
  assertEquals(calls, 1);
});

test("EventTarget can be extended", () => {
  class Room extends EventTarget {
    close() {
      return this.dispatchEvent(new CustomEvent("close", { detail: 5 }));
    }
  }
  const room = new Room();
  let detail;
  room.addEventListener("close", (event) => (detail = event.detail));
  room.close();
  assertEquals(detail, 5);
});

test("members of the other events", () => {
  const close = new CloseEvent("close", { code: 65536 + 1000, reason: "\ud800!", wasClean: 1 });
  assertEquals([close.code, close.reason, close.wasClean], [1000, "\ufffd!", true]);
  const plain = new CloseEvent("close");
  assertEquals([plain.code, plain.reason, plain.wasClean], [0, "", false]);
  const message = new MessageEvent("message", { data: { a: 1 }, origin: "o", lastEventId: 7 });
  assertEquals([message.data, message.origin, message.lastEventId, message.source, message.ports], [{ a: 1 }, "o", "7", null, []]);
  assert(message.ports === message.ports && Object.isFrozen(message.ports));
  assertEquals(new MessageEvent("message").data, null);
  const error = new ErrorEvent("error", { message: "m", lineno: 3.7, colno: -1, error: 5 });
  assertEquals([error.message, error.lineno, error.colno, error.error, error.filename], ["m", 3, 4294967295, 5, ""]);
  assertEquals(new CustomEvent("x").detail, undefined);
  const promise = Promise.resolve();
  const rejection = new PromiseRejectionEvent(internalToken, "unhandledrejection", { promise, reason: 1 });
  assert(rejection.promise === promise);
  assertEquals(rejection.reason, 1);
  assertThrows(() => new PromiseRejectionEvent("x", { promise }), TypeError, "Illegal constructor");
});
