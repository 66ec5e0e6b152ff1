// node:events.

import EventEmitter, * as events from "node:events";
import { attempt, attemptAsync, attemptEngine, describeProperties, table } from "./tools.js";

const { addAbortListener, EventEmitterAsyncResource, on, once } = events;

const fired = (reason) => AbortSignal.abort(reason);

// The constructor's own properties come in another order there.
const shapeOf = (object) => describeProperties(object).filter((line) => !/^(length|name|prototype):/.test(line));

export default {
  "shape of the class": () => [shapeOf(EventEmitter), describeProperties(EventEmitter.prototype)],
  "shape of an emitter": () => describeProperties(new EventEmitter()),
  "as a function": () => {
    const object = {};
    EventEmitter.call(object);
    return [describeProperties(object), attemptEngine(() => EventEmitter()).threwType];
  },
  "without the constructor": () => table({
    emit: () => EventEmitter.prototype.emit.call({}, "x"),
    listeners: () => EventEmitter.prototype.listeners.call({}, "x"),
    error: () => EventEmitter.prototype.emit.call({}, "error", new RangeError("a")),
    on: () => describeProperties(EventEmitter.prototype.on.call({}, "x", () => {})),
  }),
  "order of events about listeners": () => {
    const emitter = new EventEmitter();
    const log = [];
    const f = () => {};
    emitter.on("newListener", (name, listener) => log.push(["+", String(name), listener === f]));
    emitter.on("removeListener", (name, listener) => log.push(["-", String(name), listener === f]));
    emitter.on("a", f);
    emitter.once("a", f);
    emitter.prependListener("b", f);
    emitter.off("a", f);
    emitter.off("a", f);
    emitter.removeAllListeners();
    return [log, emitter.eventNames(), emitter._eventsCount];
  },
  "the last listener of all is removed in silence": () => {
    const emitter = new EventEmitter();
    const log = [];
    emitter.on("removeListener", (name) => log.push(name));
    emitter.off("removeListener", emitter.listeners("removeListener")[0]);
    return [log, emitter._eventsCount];
  },
  "listeners change while they are called": () => {
    const emitter = new EventEmitter();
    const log = [];
    const gone = () => log.push("gone");
    emitter.on("x", () => {
      log.push("first");
      emitter.off("x", gone);
      emitter.on("x", () => log.push("late"));
    });
    emitter.on("x", gone);
    emitter.emit("x");
    return log;
  },
  "error without a listener": () => table({
    nothing: () => new EventEmitter().emit("error"),
    text: () => new EventEmitter().emit("error", "text"),
    object: () => new EventEmitter().emit("error", { a: [1] }),
    error: () => new EventEmitter().emit("error", new TypeError("t")),
    context: () => {
      try {
        new EventEmitter().emit("error", { a: 1 });
      } catch (error) {
        return [error.context, error.code, Object.keys(error)];
      }
    },
  }),
  "wrong arguments": () => table({
    listener: () => new EventEmitter().on("x", 5),
    noListener: () => new EventEmitter().once("x"),
    off: () => new EventEmitter().off("x", "y"),
    limit: () => new EventEmitter().setMaxListeners(-1),
    limitText: () => new EventEmitter().setMaxListeners("a"),
    limitNaN: () => events.setMaxListeners(NaN),
    limitOfNothing: () => events.setMaxListeners(3, {}),
    defaultLimit: () => (EventEmitter.defaultMaxListeners = -1),
    captureRejections: () => (EventEmitter.captureRejections = 1),
    captureOption: () => new EventEmitter({ captureRejections: 1 }),
    listenersOf: () => events.getEventListeners({}, "x"),
    listenersOfNumber: () => events.getEventListeners(5, "x"),
    abortSignal: () => addAbortListener({}, () => {}),
    noAbortSignal: () => addAbortListener(undefined, () => {}),
    abortListener: () => addAbortListener(new AbortController().signal, 5),
    on: () => on({}, "x"),
    onSignal: () => on(new EventEmitter(), "x", { signal: 5 }),
  }),
  limits: () => {
    const target = new EventTarget();
    events.setMaxListeners(3, target);
    EventEmitter.defaultMaxListeners = 20;
    const changed = [events.defaultMaxListeners, new EventEmitter().getMaxListeners()];
    EventEmitter.defaultMaxListeners = 10;
    return [changed, events.getMaxListeners(target), events.getMaxListeners({}), describeProperties(target)];
  },
  counting: () => {
    const emitter = new EventEmitter();
    const f = () => {};
    emitter.on("a", f);
    emitter.once("a", f);
    const target = new EventTarget();
    target.addEventListener("a", f);
    return [
      emitter.listenerCount("a"), events.listenerCount(emitter, "a"), emitter.listeners("a").map((g) => g === f),
      emitter.rawListeners("a").map((g) => [g === f, g.listener === f]),
      events.listenerCount(target, "a"), events.getEventListeners(target, "a").length,
    ];
  },
  "too many listeners": async () => {
    const emitter = new EventEmitter();
    const warned = new Promise((resolve) => process.once("warning", resolve));
    for (let i = 0; i < 13; i++) emitter.on("x", () => {});
    const warning = await warned;
    return [warning.name, warning.message, warning.type, warning.count, warning.emitter === emitter];
  },
  "once: arguments and errors": async () => {
    const emitter = new EventEmitter();
    const values = once(emitter, "x");
    emitter.emit("x", 1, 2);
    const failed = once(emitter, "x");
    emitter.emit("error", new RangeError("boom"));
    const error = once(emitter, "error");
    emitter.emit("error", 5);
    return [await values, await attemptAsync(() => failed), await error, emitter.eventNames()];
  },
  "once: signals": async () => {
    const controller = new AbortController();
    const emitter = new EventEmitter();
    const during = once(emitter, "x", { signal: controller.signal });
    controller.abort("why");
    return [
      await attemptAsync(() => during), await attemptAsync(() => once(emitter, "x", { signal: fired("why") })),
      await attemptAsync(() => once(emitter, "x", { signal: {} })), await attemptAsync(() => once({}, "x")),
      await attemptAsync(() => once(emitter, "x", 5)), emitter.eventNames(),
    ];
  },
  "once: an EventTarget": async () => {
    const target = new EventTarget();
    const event = once(target, "x");
    target.dispatchEvent(new Event("x"));
    const [{ type }, ...rest] = await event;
    return [type, rest];
  },
  "on: values, error, end": async () => {
    const emitter = new EventEmitter();
    const iterator = on(emitter, "x");
    emitter.emit("x", 1, 2);
    const first = await iterator.next();
    const waiting = iterator.next();
    emitter.emit("x", 3);
    emitter.emit("x", 4);
    emitter.emit("error", new Error("end"));
    return [
      first, await waiting, await iterator.next(), await attemptAsync(() => iterator.next()), await iterator.next(),
      emitter.eventNames(), describeProperties(iterator),
    ];
  },
  "on: leaving and signals": async () => {
    const emitter = new EventEmitter();
    queueMicrotask(() => emitter.emit("x", 1));
    const seen = [];
    for await (const values of on(emitter, "x")) {
      seen.push(values);
      break;
    }
    const controller = new AbortController();
    const next = on(emitter, "x", { signal: controller.signal }).next();
    controller.abort("why");
    const aborted = await attemptAsync(() => next);
    return [seen, emitter.eventNames(), aborted, attempt(() => on(emitter, "x", { signal: fired("why") }))];
  },
  "on: throw": async () => {
    const iterator = on(new EventEmitter(), "x");
    return [
      attempt(() => iterator.throw(5)), attempt(() => iterator.throw(new Error("a"))),
      await attemptAsync(() => iterator.next()),
    ];
  },
  "captured rejections": async () => {
    const emitter = new EventEmitter({ captureRejections: true });
    emitter.on("x", async () => {
      throw new Error("q");
    });
    const error = once(emitter, "error");
    emitter.emit("x", 1);
    const own = new EventEmitter({ captureRejections: true });
    own.on("x", () => Promise.reject(new Error("r")));
    const handled = new Promise((resolve) => {
      own[EventEmitter.captureRejectionSymbol] = (...args) => resolve(args);
    });
    own.emit("x", 1, 2);
    return [await error, await handled];
  },
  addAbortListener: async () => {
    const controller = new AbortController();
    const log = [];
    const listener = addAbortListener(controller.signal, (...args) => log.push(args.length));
    addAbortListener(controller.signal, () => log.push("disposed"))[Symbol.dispose]();
    controller.abort();
    addAbortListener(controller.signal, (...args) => log.push(args.length));
    await null;
    return [log, describeProperties(listener), Object.getPrototypeOf(listener)];
  },
  EventEmitterAsyncResource: () => {
    const emitter = new EventEmitterAsyncResource({ name: "n" });
    return [
      describeProperties(emitter), describeProperties(EventEmitterAsyncResource.prototype),
      emitter.asyncResource.constructor.name, emitter.asyncResource.eventEmitter === emitter,
    ];
  },
};
