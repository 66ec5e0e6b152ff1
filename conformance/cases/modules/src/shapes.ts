import { DurableObject } from "cloudflare:workers";
import { AsyncLocalStorage } from "node:async_hooks";
import type { Env } from "./index";

const context = new AsyncLocalStorage<string>();

abstract class Named<E> extends DurableObject<E> {
  protected readonly label = "field of the base";
  abstract kind(): string;
}

/** An object written with much of what TypeScript adds. */
export class Shapes extends Named<Env> {
  declare neverThere: string;
  private order: string[] = [];
  #hidden = 1;

  constructor(
    ctx: DurableObjectState,
    override env: Env,
  ) {
    super(ctx, env);
    // Starts after the constructors are done: fields of every class exist by then.
    void ctx.blockConcurrencyWhile(async () => {
      this.order.push(this.label, String(this.#hidden));
    });
  }

  override kind(): string {
    return "shape";
  }

  async describe() {
    return {
      kind: this.kind(),
      order: this.order,
      declared: "neverThere" in this,
      greeting: this.env.GREETING,
      className: this.constructor.name,
      context: await context.run("kept across awaits", async () => {
        await scheduler.wait(1);
        return context.getStore()!;
      }),
    };
  }
}
