// node:diagnostics_channel.

import { assert, assertEquals, assertThrows, test } from "holdfast:test";
import diagnostics, { Channel, TracingChannel } from "holdfast:node/diagnostics_channel";
import { AsyncLocalStorage } from "holdfast:node/async_hooks";

test("channels are found by name, and give messages to their subscribers", () => {
  const channel = diagnostics.channel("a");
  const log = [];
  const subscriber = (...args) => log.push(args);
  channel.subscribe(subscriber);
  channel.subscribe(subscriber);
  assert(diagnostics.channel("a") === channel && channel.hasSubscribers && diagnostics.hasSubscribers("a"));
  channel.publish(1);
  diagnostics.unsubscribe("a", subscriber);
  channel.publish(2);
  assertEquals([log, channel.hasSubscribers], [[[1, "a"]], false]);
  assertThrows(() => new Channel("x"), TypeError, "Illegal constructor");
  assertThrows(() => new TracingChannel("x"), Error);
});

test("a message goes to those who were there when it was published", () => {
  const channel = diagnostics.channel("b");
  const log = [];
  const late = () => log.push("late");
  const first = () => {
    log.push("first");
    channel.subscribe(late);
    channel.unsubscribe(first);
  };
  channel.subscribe(first);
  channel.publish();
  channel.publish();
  assertEquals(log, ["first", "late"]);
});

test("bound stores are set while runStores runs", () => {
  const channel = diagnostics.channel("c");
  const [plain, changed] = [new AsyncLocalStorage(), new AsyncLocalStorage()];
  channel.bindStore(plain);
  channel.bindStore(changed, (message) => message * 2);
  const inside = channel.runStores(2, function (...args) {
    return [plain.getStore(), changed.getStore(), this.name, args];
  }, { name: "r" }, 1);
  assertEquals(inside, [2, 4, "r", [1]]);
  assertEquals(plain.getStore(), undefined);
  channel.unbindStore(changed);
  assertEquals(channel.runStores(3, () => [plain.getStore(), changed.getStore()]), [3, undefined]);
});

function traced(name) {
  const channel = diagnostics.tracingChannel(name);
  const log = [];
  const handlers = {};
  for (const part of ["start", "end", "asyncStart", "asyncEnd", "error"]) handlers[part] = () => log.push(part);
  channel.subscribe(handlers);
  return { channel, log, handlers };
}

test("traceSync", () => {
  const { channel, log, handlers } = traced("sync");
  assertEquals(channel.traceSync((a) => a + 1, {}, null, 1), 2);
  const error = new Error("x");
  assertThrows(() => channel.traceSync(() => {
    throw error;
  }), error);
  assertEquals(log, ["start", "end", "start", "error", "end"]);
  assert(channel.hasSubscribers);
  channel.unsubscribe(handlers);
  assert(!channel.hasSubscribers);
});

test("tracePromise", async () => {
  const { channel, log } = traced("promise");
  const message = {};
  assertEquals(await channel.tracePromise(async () => 5, message), 5);
  assertEquals([log.splice(0), message.result], [["start", "end", "asyncStart", "asyncEnd"], 5]);
  const error = new Error("x");
  const caught = await channel.tracePromise(() => Promise.reject(error)).catch((reason) => reason);
  assert(caught === error);
  assertEquals(log, ["start", "end", "error", "asyncStart", "asyncEnd"]);
});

test("traceCallback, the last argument by default", () => {
  const { channel, log } = traced("callback");
  const seen = [];
  channel.traceCallback((a, callback) => callback(null, a), undefined, {}, null, 1, (...args) => seen.push(args));
  channel.traceCallback((callback) => callback("no"), 0, {}, null, (...args) => seen.push(args));
  assertEquals(seen, [[null, 1], ["no"]]);
  assertEquals(log, ["start", "asyncStart", "asyncEnd", "end", "start", "error", "asyncStart", "asyncEnd", "end"]);
});
