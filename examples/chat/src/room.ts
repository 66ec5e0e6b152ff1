import { DurableObject } from "cloudflare:workers";
import type { Env } from "./index";

/** How many messages one answer carries at most. */
const PAGE_SIZE = 100;

export type Message = {
  id: number;
  author: string;
  text: string;
  /** Milliseconds since 1970. */
  sentAt: number;
};

/** One chat room. Its messages live in the object's own SQLite database. */
export class Room extends DurableObject<Env> {
  private sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;

    // No request reaches the object before the table exists.
    ctx.blockConcurrencyWhile(async () => {
      this.sql.exec(`
        CREATE TABLE IF NOT EXISTS messages (
          id      INTEGER PRIMARY KEY AUTOINCREMENT,
          author  TEXT    NOT NULL,
          text    TEXT    NOT NULL,
          sent_at INTEGER NOT NULL
        )
      `);
    });
  }

  async post(author: string, text: string): Promise<Message> {
    const message = this.sql
      .exec<Message>(
        "INSERT INTO messages (author, text, sent_at) VALUES (?, ?, ?) RETURNING id, author, text, sent_at AS sentAt",
        author,
        text,
        Date.now(),
      )
      .one();
    await this.tellLobby(message.sentAt);
    return message;
  }

  /** Messages with an id above `after`, oldest first; without `after`, the latest ones. */
  async messages(after?: number): Promise<Message[]> {
    if (after !== undefined) {
      return this.sql
        .exec<Message>(
          "SELECT id, author, text, sent_at AS sentAt FROM messages WHERE id > ? ORDER BY id LIMIT ?",
          after,
          PAGE_SIZE,
        )
        .toArray();
    }
    return this.sql
      .exec<Message>("SELECT id, author, text, sent_at AS sentAt FROM messages ORDER BY id DESC LIMIT ?", PAGE_SIZE)
      .toArray()
      .reverse();
  }

  /**
   * The lobby's entry is only a summary of this room. Should the call fail, the message is kept all
   * the same, and the next one puts the summary right, since it carries totals.
   */
  private async tellLobby(lastPostAt: number): Promise<void> {
    const { count } = this.sql.exec<{ count: number }>("SELECT count(*) AS count FROM messages").one();
    try {
      await this.env.LOBBY.getByName("lobby").update(this.ctx.id.name!, count, lastPostAt);
    } catch (error) {
      console.warn("the lobby does not know of the latest message", error);
    }
  }
}
