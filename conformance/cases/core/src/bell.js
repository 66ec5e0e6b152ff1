// The object of the alarm cases: its handler does what the case has stored, and writes down what it saw.

import { DurableObject } from "cloudflare:workers";
import { engineOutcome, outcome, show } from "./harness.js";

/** A time that no case waits for. */
const FAR_MS = 3_600_000;

/** How an alarm's argument looks from outside. */
function anatomy(info) {
  "use strict";
  const own = Object.getOwnPropertyNames(info).sort();
  const shape = (holder, name) => {
    const { value, get, set, writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(holder, name);
    return { value: typeof value, get: typeof get, set: typeof set, writable, enumerable, configurable };
  };
  const prototype = Object.getPrototypeOf(info);
  return {
    class: info.constructor.name,
    tag: Object.prototype.toString.call(info),
    own,
    shapes: own.map((name) => shape(info, name)),
    keys: Object.keys(info),
    json: Object.keys(JSON.parse(JSON.stringify(info))),
    prototype: Object.getOwnPropertyNames(prototype).sort(),
    isGlobal: typeof globalThis.AlarmInvocationInfo,
    types: ["retryCount", "isRetry", "scheduledTime"].map((name) => typeof info[name]),
  };
}

/** What a handler does, by name. Each gets the object and the alarm's argument; what it returns is written down. */
const acts = {
  nothing: () => undefined,
  anatomy: (bell, info) => anatomy(info),
  arguments: (bell, info, ...more) => ({ more: more.length, self: bell instanceof Bell }),
  assign: (bell, info) =>
    engineOutcome(() => {
      "use strict";
      info.retryCount = 5;
    }),
  construct: (bell, info) => outcome(() => new info.constructor()),
  getAlarm: (bell) => bell.ctx.storage.getAlarm(),
  name: (bell) => ({ name: bell.ctx.id.name, hex: bell.ctx.id.toString().length }),
  async setAnother(bell) {
    await bell.ctx.storage.setAlarm(Date.now() + FAR_MS);
    return (await bell.ctx.storage.getAlarm()) > Date.now();
  },
  async again(bell) {
    if (bell.runs() < 3) await bell.ctx.storage.setAlarm(Date.now());
  },
  async deleteIt(bell) {
    await bell.ctx.storage.deleteAlarm();
    return bell.ctx.storage.getAlarm();
  },
  async deleteAll(bell) {
    const log = bell.log();
    await bell.ctx.storage.deleteAll();
    bell.ctx.storage.kv.put("log", log);
    return bell.ctx.storage.getAlarm();
  },
  async setAndRollBack(bell) {
    const { storage } = bell.ctx;
    const seen = [];
    try {
      storage.transactionSync(() => {
        storage.setAlarm(Date.now() + FAR_MS);
        throw new Error("undone");
      });
    } catch {
      seen.push((await storage.getAlarm()) !== null);
    }
    await storage.transaction(async (txn) => {
      await txn.setAlarm(Date.now() + FAR_MS);
      seen.push((await txn.getAlarm()) !== null);
      txn.rollback();
    });
    seen.push((await storage.getAlarm()) !== null);
    return seen;
  },
  async setInTransaction(bell) {
    await bell.ctx.storage.transaction(async (txn) => {
      await txn.setAlarm(Date.now() + FAR_MS);
      await scheduler.wait(1);
    });
    return (await bell.ctx.storage.getAlarm()) !== null;
  },
  throwOnce(bell) {
    if (bell.runs() === 1) throw new Error("once");
  },
  async rejectOnce(bell) {
    await scheduler.wait(1);
    if (bell.runs() === 1) throw new Error("once");
  },
  throwAfterWrite(bell) {
    bell.ctx.storage.kv.put("a", `run ${bell.runs()}`);
    if (bell.runs() === 1) throw new Error("once");
  },
  async setAndThrow(bell) {
    if (bell.runs() > 1) return;
    await bell.ctx.storage.setAlarm(Date.now() + 1);
    throw new Error("after it set another");
  },
  async deleteAndThrow(bell) {
    await bell.ctx.storage.deleteAlarm();
    throw new Error("after it deleted itself");
  },
  async abortOnce(bell) {
    if (bell.runs() > 1) return;
    await scheduler.wait(1);
    bell.ctx.storage.kv.put("a", "lost");
    bell.ctx.abort("on purpose");
  },
  async abortForGood(bell) {
    await scheduler.wait(1);
    bell.ctx.abort("for good", { retryAlarm: false });
  },
  async breakGateOnce(bell) {
    if (bell.runs() > 1) return;
    await bell.ctx.blockConcurrencyWhile(async () => {
      throw new Error("in the section");
    });
  },
  async slow(bell) {
    bell.busy += 1;
    bell.most = Math.max(bell.most, bell.busy);
    await bell.until(() => bell.released);
    bell.busy -= 1;
    return { most: bell.most };
  },
  background(bell) {
    bell.ctx.waitUntil(scheduler.wait(3_000));
  },
};

export class Bell extends DurableObject {
  busy = 0;
  most = 0;
  released = false;

  async alarm(info, ...more) {
    const { kv } = this.ctx.storage;
    const { act, time } = kv.get("plan");
    kv.put("runs", this.runs() + 1);
    const entry = {
      retryCount: info.retryCount,
      isRetry: info.isRetry,
      asSet: info.scheduledTime === time,
      early: Date.now() < info.scheduledTime,
    };
    let result;
    try {
      result = await acts[act](this, info, ...more);
      entry.returned = show(result);
    } catch (error) {
      entry.threw = error.message;
      throw error;
    } finally {
      kv.put("log", [...this.log(), entry]);
    }
    return result;
  }

  runs() {
    return this.ctx.storage.kv.get("runs") ?? 0;
  }

  log() {
    return this.ctx.storage.kv.get("log") ?? [];
  }

  /** Sets an alarm on which the handler does this. */
  async plan(act, delay = 0, fixed) {
    const wanted = fixed ?? Date.now() + delay;
    await this.ctx.storage.setAlarm(wanted);
    const time = await this.ctx.storage.getAlarm();
    this.ctx.storage.kv.put("plan", { act, time });
    return delay > 0 ? time === wanted : time > wanted;
  }

  async set(delay) {
    await this.ctx.storage.setAlarm(Date.now() + delay);
  }

  async remove() {
    await this.ctx.storage.deleteAlarm();
  }

  async rollBack() {
    const { storage } = this.ctx;
    await outcome(() =>
      storage.transactionSync(() => {
        storage.setAlarm(Date.now());
        throw new Error("undone");
      }),
    );
    await outcome(() =>
      storage.transaction(async (txn) => {
        await txn.setAlarm(Date.now());
        throw new Error("undone");
      }),
    );
    return storage.getAlarm();
  }

  async until(condition) {
    while (!condition()) await scheduler.wait(2);
  }

  release() {
    this.released = true;
    return this.busy;
  }

  async isSet() {
    return (await this.ctx.storage.getAlarm()) !== null;
  }

  stored(key) {
    return this.ctx.storage.kv.get(key) ?? null;
  }
}

/** Sets an alarm in its constructor, where nobody asks for a handler. There is none. */
export class Mute extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    if (ctx.storage.kv.get("set") !== true) ctx.storage.setAlarm(Date.now() + 20);
    ctx.storage.kv.put("set", true);
  }

  async isSet() {
    return (await this.ctx.storage.getAlarm()) !== null;
  }

  async gone() {
    while (await this.isSet()) await scheduler.wait(5);
    return "gone";
  }
}
