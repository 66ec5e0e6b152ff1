import { op_test_console } from "holdfast:ops";
import { test, assert, assertEquals, assertThrows } from "holdfast:test";
import { ErrorEvent } from "holdfast:web/error_event";
import { PromiseRejectionEvent } from "holdfast:web/promise_rejection_event";
import {
  dispatchRejectionHandled, dispatchUnhandledRejection, reportError, reportException,
} from "holdfast:web/report_error";

function listening(type, listener, body) {
  globalThis.addEventListener(type, listener);
  try {
    return body();
  } finally {
    globalThis.removeEventListener(type, listener);
  }
}

test("reportError fires a trusted, cancelable error event at the global object", () => {
  const error = new RangeError("reported");
  let event;
  listening("error", (e) => {
    e.preventDefault();
    event = e;
  }, () => reportError(error));
  assert(event instanceof ErrorEvent && event.error === error && event.target === globalThis);
  assertEquals([event.message, event.isTrusted, event.cancelable], ["Uncaught RangeError: reported", true, true]);
  assert(event.filename.endsWith("report_error.test.js") && event.lineno > 10 && event.colno > 0, `${event.filename}:${event.lineno}`);
});

test("any value can be reported", () => {
  for (const [value, message] of [["text", "Uncaught text"], [undefined, "Uncaught undefined"], [Object.create(null), "Uncaught object"]]) {
    let event;
    listening("error", (e) => {
      e.preventDefault();
      event = e;
    }, () => reportException(value));
    assertEquals([event.message, event.filename, event.lineno], [message, "", 0]);
  }
  assertThrows(() => reportError(), TypeError,
    "Failed to execute 'reportError' on 'ServiceWorkerGlobalScope': parameter 1 is not of type 'Value'.");
});

test("an exception in an error listener does not fire another error event", () => {
  let events = 0;
  listening("error", () => {
    events++;
    throw new Error("in the listener");
  }, () => reportException(new Error("first")));
  assertEquals(events, 1);
});

test("unhandled rejections count as handled when somebody listens", () => {
  const promise = Promise.resolve();
  assertEquals(dispatchUnhandledRejection(1, promise), false);
  let event;
  const handled = listening("unhandledrejection", (e) => (event = e), () => dispatchUnhandledRejection("why", promise));
  assertEquals(handled, true);
  assert(event instanceof PromiseRejectionEvent && event.promise === promise);
  assertEquals([event.reason, event.isTrusted, event.type], ["why", true, "unhandledrejection"]);
});

test("the handler property counts as a listener", () => {
  globalThis.onunhandledrejection = () => {};
  try {
    assertEquals(dispatchUnhandledRejection(1, Promise.resolve()), true);
  } finally {
    delete globalThis.onunhandledrejection;
  }
});

test("rejectionhandled carries promise and reason", () => {
  const promise = Promise.resolve();
  let event;
  listening("rejectionhandled", (e) => (event = e), () => dispatchRejectionHandled("late", promise));
  assert(event.promise === promise);
  assertEquals([event.reason, event.cancelable], ["late", false]);
});

test("an exception in a rejection listener is reported", () => {
  let reported;
  const result = listening("error", (e) => {
    e.preventDefault();
    reported = e.message;
  }, () =>
    listening("unhandledrejection", () => {
      throw new Error("in the listener");
    }, () => dispatchUnhandledRejection(1, Promise.resolve())));
  assertEquals([result, reported], [true, "Uncaught Error: in the listener"]);
});

test("what no listener cancels is written to the console", () => {
  op_test_console();
  reportError(new Error("seen"));
  listening("error", (e) => e.preventDefault(), () => reportError(new Error("cancelled")));
  const lines = op_test_console();
  assertEquals(lines.length, 1);
  assert(/^Error Uncaught Error: seen\n {4}at /.test(lines[0]), lines[0]);
});
