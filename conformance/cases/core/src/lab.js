import { DurableObject } from "cloudflare:workers";
import { outcome } from "./harness.js";
import { cases } from "./registry.js";

/** The object that a case runs in. */
export class Lab extends DurableObject {
  async run(name) {
    const { ctx, env } = this;
    const { storage } = ctx;
    return JSON.stringify(
      await outcome(() =>
        cases.get(name).run({
          ctx,
          env,
          storage,
          name,
          lab: this,
          get sql() {
            return storage.sql;
          },
          get kv() {
            return storage.kv;
          },
        }),
      ),
    );
  }

  alarm() {}

  async echo(value) {
    return value;
  }
}
