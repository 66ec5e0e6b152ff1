// What is on the other side when the cases of async_hooks.js call somebody.

import { AsyncLocalStorage } from "node:async_hooks";
import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";

export const storage = new AsyncLocalStorage();

/** A snapshot that one request leaves for another. */
export const kept = { snapshot: undefined };

const look = () => storage.getStore() ?? "nothing";

async function callBack(callback) {
  return storage.run("callee", async () => [await callback(), look()]);
}

export class StoreEntry extends WorkerEntrypoint {
  async exit(code) {
    process.exit(code);
  }

  async look() {
    return look();
  }

  async callBack(callback) {
    return callBack(callback);
  }

  async useSnapshot() {
    try {
      return kept.snapshot(look);
    } catch (error) {
      return `${error}`;
    }
  }
}

export class StoreObject extends DurableObject {
  calls = 0;

  async count() {
    return ++this.calls;
  }

  async exit(code) {
    process.exit(code);
  }

  async look() {
    return look();
  }

  async callBack(callback) {
    return callBack(callback);
  }

  async blocked() {
    return storage.run("outside", () => this.ctx.blockConcurrencyWhile(async () => {
      await this.ctx.storage.put("a", 1);
      return look();
    }));
  }

  async afterStorage() {
    return storage.run("outside", async () => {
      await this.ctx.storage.put("a", 1);
      const stored = await this.ctx.storage.get("a");
      const within = await this.ctx.storage.transaction(async () => look());
      await scheduler.wait(1);
      return [stored, within, look()];
    });
  }
}
