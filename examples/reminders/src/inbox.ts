import { DurableObject } from "cloudflare:workers";
import type { Env } from "./index";

export type Message = { id: string; at: number; text: string };

/** What one user was reminded of. */
export class Inbox extends DurableObject<Env> {
  private sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS messages (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        key    TEXT NOT NULL UNIQUE,
        id     TEXT NOT NULL,
        at     INTEGER NOT NULL,
        text   TEXT NOT NULL
      )
    `);
  }

  /** Takes a message, unless one with this key has come before. */
  deliver(key: string, { id, at, text }: Message): void {
    this.sql.exec("INSERT OR IGNORE INTO messages (key, id, at, text) VALUES (?, ?, ?, ?)", key, id, at, text);
  }

  list(): Message[] {
    return this.sql.exec<Message>("SELECT id, at, text FROM messages ORDER BY number").toArray();
  }
}
