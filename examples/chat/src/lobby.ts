import { DurableObject } from "cloudflare:workers";
import type { Env } from "./index";

/** How many rooms the lobby shows. */
const ROOMS_SHOWN = 200;

export type RoomSummary = {
  name: string;
  messages: number;
  /** Milliseconds since 1970. */
  lastPostAt: number;
};

/** Knows which rooms exist. There is one lobby; rooms tell it about themselves. */
export class Lobby extends DurableObject<Env> {
  private sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS rooms (
        name         TEXT    PRIMARY KEY,
        messages     INTEGER NOT NULL,
        last_post_at INTEGER NOT NULL
      )
    `);
    this.sql.exec("CREATE INDEX IF NOT EXISTS rooms_by_last_post ON rooms (last_post_at DESC)");
  }

  /** Calls of one room may overtake each other, so totals only ever grow. */
  async update(name: string, messages: number, lastPostAt: number): Promise<void> {
    this.sql.exec(
      `INSERT INTO rooms (name, messages, last_post_at) VALUES (?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET
         messages     = max(messages, excluded.messages),
         last_post_at = max(last_post_at, excluded.last_post_at)`,
      name,
      messages,
      lastPostAt,
    );
  }

  /** The rooms with the latest messages, the liveliest first. */
  async rooms(): Promise<RoomSummary[]> {
    return this.sql
      .exec<RoomSummary>(
        "SELECT name, messages, last_post_at AS lastPostAt FROM rooms ORDER BY last_post_at DESC, name LIMIT ?",
        ROOMS_SHOWN,
      )
      .toArray();
  }
}
