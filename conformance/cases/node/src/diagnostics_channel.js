// node:diagnostics_channel.

import diagnostics, { Channel, TracingChannel } from "node:diagnostics_channel";
import { AsyncLocalStorage } from "node:async_hooks";
import { attempt, attemptAsync, describeProperties, table } from "./tools.js";

const storage = new AsyncLocalStorage();
let count = 0;
/** Channels of its own for each case. */
const fresh = () => `channel ${++count}`;

const parts = ["start", "end", "asyncStart", "asyncEnd", "error"];

/** A tracing channel all of whose messages go to a log. */
function traced() {
  const channel = diagnostics.tracingChannel(fresh());
  const log = [];
  const handlers = Object.fromEntries(parts.map((part) => [part, (message) => log.push([part, { ...message }])]));
  channel.subscribe(handlers);
  return { channel, log };
}

export default {
  shape: () => [
    describeProperties(TracingChannel.prototype), describeProperties(diagnostics.tracingChannel(fresh())),
    describeProperties(diagnostics.channel(fresh())),
    Object.getOwnPropertyDescriptor(Channel.prototype, "hasSubscribers").get !== undefined,
  ],
  names: () => {
    const name = fresh();
    return [
      diagnostics.channel(name) === diagnostics.channel(name), diagnostics.channel(name) instanceof Channel,
      diagnostics.channel(Symbol.iterator) === diagnostics.channel(Symbol.iterator),
      diagnostics.hasSubscribers(name), diagnostics.hasSubscribers("never made"),
    ];
  },
  "wrong arguments": () => {
    const channel = diagnostics.channel(fresh());
    return table({
      Channel: () => new Channel("x"),
      TracingChannel: () => new TracingChannel("x"),
      subscribe: () => channel.subscribe(5),
      unsubscribe: () => channel.unsubscribe(5),
      moduleSubscribe: () => diagnostics.subscribe("x"),
      moduleUnsubscribe: () => diagnostics.unsubscribe("x", 5),
      bindStore: () => channel.bindStore(5),
      transform: () => channel.bindStore(storage, 5),
      runStores: () => channel.runStores(),
      runWhat: () => channel.runStores(1),
      tracing: () => diagnostics.tracingChannel(5),
      tracingObject: () => diagnostics.tracingChannel({}),
    });
  },
  subscribing: () => {
    const name = fresh();
    const channel = diagnostics.channel(name);
    const log = [];
    const f = (...args) => log.push(args.slice(0, 1));
    const g = () => log.push("g");
    const answers = [channel.subscribe(f), channel.subscribe(f), channel.hasSubscribers, diagnostics.subscribe(name, g)];
    channel.publish({ a: 1 });
    answers.push(channel.unsubscribe(f), channel.unsubscribe(f), diagnostics.hasSubscribers(name));
    channel.publish(2);
    answers.push(diagnostics.unsubscribe(name, g), channel.hasSubscribers);
    return [answers, log];
  },
  "subscribing in a message": () => {
    const channel = diagnostics.channel(fresh());
    const log = [];
    const late = () => log.push("late");
    const first = () => {
      log.push("first");
      channel.subscribe(late);
      channel.unsubscribe(first);
    };
    channel.subscribe(first);
    channel.publish(1);
    log.push("-");
    channel.publish(2);
    return log;
  },
  "a subscriber throws": () => {
    const channel = diagnostics.channel(fresh());
    const log = [];
    channel.subscribe(() => {
      throw new Error("x");
    });
    channel.subscribe(() => log.push("second"));
    return [attempt(() => channel.publish(1)), log];
  },
  stores: () => {
    const channel = diagnostics.channel(fresh());
    const other = new AsyncLocalStorage();
    const log = [];
    channel.subscribe((message) => log.push([message, storage.getStore()]));
    channel.bindStore(storage, (message) => ({ got: message }));
    channel.bindStore(other);
    const inside = channel.runStores(1, function (...args) {
      return [storage.getStore(), other.getStore(), args, this.me];
    }, { me: 2 }, 3, 4);
    const answers = [channel.unbindStore(storage), channel.unbindStore(storage)];
    return [inside, answers, channel.runStores(5, () => [storage.getStore(), other.getStore()]), log];
  },
  "a transform throws": () => {
    const channel = diagnostics.channel(fresh());
    channel.bindStore(storage, () => {
      throw new Error("t");
    });
    return attempt(() => channel.runStores(1, () => 2));
  },
  traceSync: () => {
    const { channel, log } = traced();
    return [
      channel.traceSync(function (...args) {
        return [args, this.me];
      }, { id: 1 }, { me: 2 }, 3),
      attempt(() => channel.traceSync(() => {
        throw new RangeError("z");
      }, { id: 2 })),
      diagnostics.tracingChannel(fresh()).traceSync(() => 5), log,
    ];
  },
  tracePromise: async () => {
    const { channel, log } = traced();
    return [
      await channel.tracePromise(async (a) => a, { id: 1 }, undefined, 9),
      await attemptAsync(() => channel.tracePromise(async () => {
        throw new RangeError("late");
      }, { id: 2 })),
      attempt(() => channel.tracePromise(() => {
        throw new RangeError("now");
      }, { id: 3 })),
      await channel.tracePromise(() => 5, { id: 4 }), log,
    ];
  },
  traceCallback: async () => {
    const { channel, log } = traced();
    const call = (error, value) => new Promise((resolve) => {
      channel.traceCallback((_first, callback) => {
        setTimeout(() => callback(error, value), 0);
      }, 1, { id: 1 }, undefined, "first", (...args) => resolve(args));
    });
    return [
      await call(null, 7), await call(new RangeError("e")), log,
      attempt(() => channel.traceCallback(() => {}, 0, {}, undefined, 5)),
    ];
  },
  "stores of traces": async () => {
    const channel = diagnostics.tracingChannel(fresh());
    channel.start.bindStore(storage, ({ id }) => id);
    const seen = await channel.tracePromise(async () => {
      await null;
      return storage.getStore();
    }, { id: 8 });
    return [seen, storage.getStore()];
  },
};
