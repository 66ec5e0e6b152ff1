import { DurableObject } from "cloudflare:workers";
import type { Env } from "./index";

export type Reminder = { id: string; at: number; text: string; everyMs: number | null };

type Row = { id: string; at: number; text: string; every_ms: number | null };

/** How many reminders one run of the alarm delivers; what is left has the next run. */
const BATCH = 50;

/**
 * The reminders of one user. An object has one alarm, these are many: the alarm is always set to the earliest.
 *
 * The alarm handler runs at least once: after an error or a crash it runs again, and may come upon reminders that were
 * delivered, but not yet crossed out. So delivering twice must do nothing: each delivery has a key, and the inbox takes
 * a key once.
 */
export class Reminders extends DurableObject<Env> {
  private sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS reminders (
        id       TEXT PRIMARY KEY,
        at       INTEGER NOT NULL,
        text     TEXT NOT NULL,
        every_ms INTEGER
      );
      CREATE INDEX IF NOT EXISTS reminders_by_time ON reminders (at);
    `);
  }

  /** Sets a reminder. One with the same id is moved. */
  async set({ id, at, text, everyMs }: Reminder): Promise<Reminder> {
    this.sql.exec(
      `INSERT INTO reminders (id, at, text, every_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET at = excluded.at, text = excluded.text, every_ms = excluded.every_ms`,
      id,
      at,
      text,
      everyMs,
    );
    await this.setAlarmToEarliest();
    return { id, at, text, everyMs };
  }

  /** Whether there was such a reminder. */
  async cancel(id: string): Promise<boolean> {
    const { rowsWritten } = this.sql.exec("DELETE FROM reminders WHERE id = ?", id);
    await this.setAlarmToEarliest();
    return rowsWritten > 0;
  }

  list(): Reminder[] {
    const rows = this.sql.exec<Row>("SELECT id, at, text, every_ms FROM reminders ORDER BY at, id");
    return rows.toArray().map(({ every_ms, ...rest }) => ({ ...rest, everyMs: every_ms }));
  }

  async alarm(): Promise<void> {
    const due = this.sql
      .exec<Row>("SELECT id, at, text, every_ms FROM reminders WHERE at <= ? ORDER BY at, id LIMIT ?", Date.now(), BATCH)
      .toArray();
    const inbox = this.env.INBOX.getByName(this.ctx.id.name!);
    for (const { id, at, text, every_ms } of due) {
      await inbox.deliver(`${id}@${at}`, { id, at, text });
      // Unless it was moved while the inbox was asked, it is done with, or has its next time.
      if (every_ms === null) {
        this.sql.exec("DELETE FROM reminders WHERE id = ? AND at = ?", id, at);
      } else {
        // Times that were missed are not made up for.
        const missed = Math.floor((Date.now() - at) / every_ms);
        this.sql.exec("UPDATE reminders SET at = ? WHERE id = ? AND at = ?", at + (missed + 1) * every_ms, id, at);
      }
    }
    await this.setAlarmToEarliest();
  }

  private async setAlarmToEarliest(): Promise<void> {
    const { at } = this.sql.exec<{ at: number | null }>("SELECT min(at) AS at FROM reminders").one();
    if (at === null) await this.ctx.storage.deleteAlarm();
    else await this.ctx.storage.setAlarm(at);
  }
}
