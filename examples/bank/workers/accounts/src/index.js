// Accounts, and transfers between them. No request from outside gets here: this Worker is called by others.

import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";

/** One account. Amounts are whole numbers of the smallest coin. */
export class Account extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec("CREATE TABLE IF NOT EXISTS entries (transfer TEXT PRIMARY KEY, amount INTEGER NOT NULL)");
  }

  #balance() {
    return this.sql.exec("SELECT coalesce(sum(amount), 0) AS balance FROM entries").one().balance;
  }

  statement() {
    return { balance: this.#balance(), entries: this.sql.exec("SELECT count(*) AS n FROM entries").one().n };
  }

  deposit(amount) {
    return this.#enter(crypto.randomUUID(), positive(amount));
  }

  withdraw(transfer, amount) {
    if (this.#balance() < positive(amount)) throw new RangeError("not enough money");
    return this.#enter(transfer, -amount);
  }

  /** Called again with the same transfer, it does nothing. */
  receive(transfer, amount) {
    return this.#enter(transfer, amount);
  }

  #enter(transfer, amount) {
    this.sql.exec("INSERT INTO entries VALUES (?, ?) ON CONFLICT DO NOTHING", transfer, amount);
    return this.#balance();
  }
}

function positive(amount) {
  if (!Number.isSafeInteger(amount) || amount < 1) throw new RangeError("an amount is a whole number above 0");
  return amount;
}

export class Transfers extends WorkerEntrypoint {
  /**
   * Money is at no time in both accounts: it leaves the one before it gets to the other. Should the machine stop in between,
   * it is on its way: a real bank notes the transfer in the first account, and an alarm there delivers it again.
   */
  async transfer(from, to, amount) {
    if (from === to) throw new RangeError("the accounts are the same");
    const transfer = crypto.randomUUID();
    const left = await this.env.ACCOUNT.getByName(from).withdraw(transfer, amount);
    const received = await this.env.ACCOUNT.getByName(to).receive(transfer, amount);
    return { [from]: left, [to]: received };
  }
}

export default {
  fetch: () => new Response("call my entrypoints", { status: 404 }),
};
