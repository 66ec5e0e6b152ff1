// node:timers, node:timers/promises and the global timers.

import timers from "node:timers";
import promises from "node:timers/promises";
import { attempt, attemptAsync, describeProperties, table } from "./tools.js";

const once = (start) => new Promise(start);
const { scheduler: nodeScheduler } = promises;

export default {
  "shape of Timeout": () => {
    const timeout = timers.setTimeout(() => {}, 1);
    timers.clearTimeout(timeout);
    return [
      describeProperties(timeout), describeProperties(Object.getPrototypeOf(timeout)), typeof +timeout,
      setTimeout === timers.setTimeout, timeout instanceof timers.setTimeout(() => {}, 0).constructor,
    ];
  },
  "methods of Timeout": () => {
    const timeout = setTimeout(() => {}, 1);
    const seen = [
      timeout.hasRef(), timeout.unref() === timeout, timeout.hasRef(), timeout.ref() === timeout, timeout.hasRef(),
      timeout.refresh() === timeout, timeout.close() === timeout,
    ];
    return seen;
  },
  "methods of Immediate": () => {
    const immediate = setImmediate(() => {});
    const seen = [
      Object.prototype.toString.call(immediate), immediate.ref(), immediate.unref(), immediate.hasRef(),
      describeProperties(immediate),
    ];
    clearImmediate(immediate);
    return seen;
  },
  "wrong arguments": () => table({
    setTimeout: () => setTimeout(5),
    nothing: () => timers.setTimeout(),
    setInterval: () => timers.setInterval("x"),
    setImmediate: () => timers.setImmediate(5),
    globalSetImmediate: () => setImmediate(5),
    clearImmediate: () => clearImmediate({}),
    clearNoImmediate: () => clearImmediate(),
    clearTimeout: () => [clearTimeout({}), clearTimeout(null), clearTimeout("x"), clearTimeout()],
    enroll: () => timers.enroll({}, 1),
    unenroll: () => [timers.unenroll({}), timers.active({})],
  }),
  "arguments and receivers": async () => [
    await once((done) => setTimeout((...args) => done(args), 1, 1, 2)),
    await once((done) => setImmediate((...args) => done(args), 3)),
    await once((done) => setTimeout(function () {
      done(this === globalThis);
    }, "no number")),
  ],
  "order of everything": () => once((done) => {
    const log = [];
    setTimeout(() => log.push("timeout 0"), 0);
    setImmediate(() => log.push("immediate"));
    process.nextTick(() => log.push("tick"));
    Promise.resolve().then(() => log.push("reaction"));
    queueMicrotask(() => log.push("microtask"));
    process.nextTick(() => log.push("second tick"));
    setTimeout(() => done(log), 5);
    log.push("now");
  }),
  "immediates in immediates": () => once((done) => {
    const log = [];
    let gone;
    setImmediate(() => {
      log.push("a");
      clearImmediate(gone);
      setImmediate(() => log.push("d"));
      Promise.resolve().then(() => log.push("b"));
    });
    gone = setImmediate(() => log.push("gone"));
    setImmediate(() => log.push("c"));
    setTimeout(() => done(log), 5);
  }),
  "cleared by object, number and disposal": () => once((done) => {
    const log = [];
    clearTimeout(+setTimeout(() => log.push("number"), 1));
    clearInterval(setInterval(() => log.push("object"), 1));
    setTimeout(() => log.push("timeout"), 1)[Symbol.dispose]();
    setImmediate(() => log.push("immediate"))[Symbol.dispose]();
    setTimeout(() => done(log), 10);
  }),
  "refresh starts again": () => once((done) => {
    let count = 0;
    const timeout = setTimeout(() => {
      count++;
      if (count < 3) timeout.refresh();
      else done(count);
    }, 1);
  }),
  intervals: () => once((done) => {
    let count = 0;
    const interval = timers.setInterval((step) => {
      count += step;
      if (count < 6) return;
      timers.clearInterval(interval);
      done(count);
    }, 1, 2);
  }),
  "promises: values": async () => [
    await promises.setTimeout(1, "a"), await promises.setTimeout(), await promises.setImmediate("b"),
    await nodeScheduler.wait(1), await nodeScheduler.yield(),
  ],
  "promises: wrong arguments": async () => [
    await attemptAsync(() => promises.setTimeout("x")), await attemptAsync(() => promises.setTimeout(1, 1, 5)),
    await attemptAsync(() => promises.setTimeout(1, 1, { signal: 5 })),
    await attemptAsync(() => promises.setTimeout(1, 1, { ref: 5 })),
    await attemptAsync(() => promises.setImmediate(1, 5)), await attemptAsync(() => promises.setInterval("x").next()),
  ],
  "promises: signals": async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const during = promises.setTimeout(10_000, 1, { signal });
    const interval = promises.setInterval(1, "v", { signal });
    await interval.next();
    controller.abort("why");
    return [
      await attemptAsync(() => during), await attemptAsync(() => interval.next()),
      await attemptAsync(() => promises.setTimeout(1, 1, { signal })),
      await attemptAsync(() => promises.setImmediate(1, { signal })),
      await attemptAsync(() => promises.setInterval(1, 1, { signal }).next()),
    ];
  },
  "promises: setInterval": async () => {
    const seen = [];
    for await (const value of promises.setInterval(1, "v")) {
      seen.push(value);
      if (seen.length === 3) break;
    }
    const iterator = promises.setInterval(1);
    return [seen, Object.prototype.toString.call(iterator), await iterator.return(5), await iterator.next()];
  },
  "promises: scheduler": () => [
    describeProperties(nodeScheduler), describeProperties(Object.getPrototypeOf(nodeScheduler)),
    typeof new nodeScheduler.constructor(),
  ],
  globals: () => ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "process", "global"].map((name) => {
    const type = typeof globalThis[name];
    const { value, ...rest } = Object.getOwnPropertyDescriptor(globalThis, name);
    return [name, type, rest, value.length];
  }),
  "an exception in a tick": () => once((done) => {
    const listener = (event) => {
      event.preventDefault();
      removeEventListener("error", listener);
      done(event.message);
    };
    addEventListener("error", listener);
    process.nextTick(() => {
      throw new Error("tick");
    });
  }),
  "what nextTick is given": () => [attempt(() => process.nextTick(() => {})), process.nextTick.length],
};
