import { DurableObject } from "cloudflare:workers";

const PREFIX = "counter:";
/** How many keys one call of the storage takes. */
const KEYS_PER_CALL = 128;

/** A group of named counters, each a key in the object's key-value storage. */
export class Counters extends DurableObject {
  async read(name) {
    return (await this.ctx.storage.get(PREFIX + name)) ?? 0;
  }

  async increment(name, amount = 1) {
    // Safe without a lock: no other event reaches the object between this get and this put.
    const value = (await this.read(name)) + amount;
    await this.ctx.storage.put(PREFIX + name, value);
    return value;
  }

  async decrement(name, amount = 1) {
    return this.increment(name, -amount);
  }

  /** All counters that were ever changed, by name. */
  async readAll() {
    const entries = await this.ctx.storage.list({ prefix: PREFIX });
    return Object.fromEntries([...entries].map(([key, value]) => [key.slice(PREFIX.length), value]));
  }

  /** Whether there was such a counter. */
  async remove(name) {
    return this.ctx.storage.delete(PREFIX + name);
  }

  /** How many counters there were. */
  async removeAll() {
    let removed = 0;
    for (;;) {
      const batch = await this.ctx.storage.list({ prefix: PREFIX, limit: KEYS_PER_CALL });
      if (batch.size === 0) return removed;
      removed += await this.ctx.storage.delete([...batch.keys()]);
    }
  }
}
