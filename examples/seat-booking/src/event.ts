import { DurableObject } from "cloudflare:workers";
import type { Env } from "./index";

export type Reason = "no such event" | "no such seat" | "no such booking" | "taken" | "other layout";

/** What an object says: a refusal is an answer, not an exception. */
export type Result<T> = { ok: true; value: T } | { ok: false; reason: Reason; details?: Record<string, unknown> };

export type Availability = {
  event: string;
  rows: number;
  seatsPerRow: number;
  total: number;
  free: number;
  booked: number;
};
export type Seat = { seat: string; status: "free" | "booked" };
export type Booking = { id: string; holder: string; seats: string[] };

type Layout = { rows: number; seats_per_row: number };

/** One event with its seats. A seat belongs to at most one booking. */
export class BookableEvent extends DurableObject<Env> {
  private sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS layout (
        only          INTEGER PRIMARY KEY CHECK (only = 1),
        rows          INTEGER NOT NULL,
        seats_per_row INTEGER NOT NULL
      );
      CREATE TABLE IF NOT EXISTS bookings (
        id     TEXT PRIMARY KEY,
        holder TEXT NOT NULL
      );
      CREATE TABLE IF NOT EXISTS seats (
        seat    TEXT PRIMARY KEY,
        place   INTEGER NOT NULL UNIQUE,
        booking TEXT REFERENCES bookings (id)
      );
      CREATE INDEX IF NOT EXISTS seats_by_booking ON seats (booking);
    `);
  }

  /** Opens the event for booking. Asking again for the same layout changes nothing. */
  async open(rows: number, seatsPerRow: number): Promise<Result<Availability>> {
    const layout = this.layout();
    if (layout && (layout.rows !== rows || layout.seats_per_row !== seatsPerRow)) {
      return { ok: false, reason: "other layout", details: { rows: layout.rows, seatsPerRow: layout.seats_per_row } };
    }
    if (!layout) {
      this.ctx.storage.transactionSync(() => {
        this.sql.exec("INSERT INTO layout (only, rows, seats_per_row) VALUES (1, ?, ?)", rows, seatsPerRow);
        for (let place = 0; place < rows * seatsPerRow; place++) {
          this.sql.exec("INSERT INTO seats (seat, place) VALUES (?, ?)", seatName(place, seatsPerRow), place);
        }
      });
    }
    return this.availability();
  }

  async availability(): Promise<Result<Availability>> {
    const layout = this.layout();
    if (!layout) return { ok: false, reason: "no such event" };
    const { total, booked } = this.sql
      .exec<{ total: number; booked: number }>("SELECT count(*) AS total, count(booking) AS booked FROM seats")
      .one();
    return {
      ok: true,
      value: {
        event: this.ctx.id.name!,
        rows: layout.rows,
        seatsPerRow: layout.seats_per_row,
        total,
        free: total - booked,
        booked,
      },
    };
  }

  async seats(status?: Seat["status"]): Promise<Result<{ seats: Seat[] }>> {
    if (!this.layout()) return { ok: false, reason: "no such event" };
    const seats: Seat[] = [];
    for (const row of this.sql.exec<{ seat: string; booking: string | null }>(
      "SELECT seat, booking FROM seats ORDER BY place",
    )) {
      const seat: Seat = { seat: row.seat, status: row.booking === null ? "free" : "booked" };
      if (status === undefined || seat.status === status) seats.push(seat);
    }
    return { ok: true, value: { seats } };
  }

  /** Books all the seats, or none. */
  async book(holder: string, seats: string[]): Promise<Result<Booking>> {
    if (!this.layout()) return { ok: false, reason: "no such event" };
    const id = crypto.randomUUID();
    try {
      this.ctx.storage.transactionSync(() => {
        this.sql.exec("INSERT INTO bookings (id, holder) VALUES (?, ?)", id, holder);
        const unknown = seats.filter(
          (seat) => this.sql.exec("SELECT 1 FROM seats WHERE seat = ?", seat).toArray().length === 0,
        );
        if (unknown.length > 0) throw new CannotBook("no such seat", unknown);

        const taken = seats.filter(
          (seat) =>
            this.sql
              .exec("UPDATE seats SET booking = ? WHERE seat = ? AND booking IS NULL RETURNING seat", id, seat)
              .toArray().length === 0,
        );
        // Leaving by an exception rolls back: the booking, and the seats that were still free.
        if (taken.length > 0) throw new CannotBook("taken", taken);
      });
    } catch (error) {
      if (error instanceof CannotBook) return { ok: false, reason: error.reason, details: { seats: error.seats } };
      throw error;
    }
    return this.booking(id);
  }

  async booking(id: string): Promise<Result<Booking>> {
    const [booking] = this.sql.exec<{ holder: string }>("SELECT holder FROM bookings WHERE id = ?", id);
    if (!booking) return { ok: false, reason: "no such booking" };
    const seats = this.sql
      .exec<{ seat: string }>("SELECT seat FROM seats WHERE booking = ? ORDER BY place", id)
      .toArray();
    return { ok: true, value: { id, holder: booking.holder, seats: seats.map(({ seat }) => seat) } };
  }

  /** Gives the seats back; the answer is the booking as it was. */
  async cancel(id: string): Promise<Result<Booking>> {
    const booking = await this.booking(id);
    if (!booking.ok) return booking;
    this.ctx.storage.transactionSync(() => {
      this.sql.exec("UPDATE seats SET booking = NULL WHERE booking = ?", id);
      this.sql.exec("DELETE FROM bookings WHERE id = ?", id);
    });
    return booking;
  }

  private layout(): Layout | undefined {
    return this.sql.exec<Layout>("SELECT rows, seats_per_row FROM layout").toArray()[0];
  }
}

class CannotBook extends Error {
  constructor(
    readonly reason: "no such seat" | "taken",
    readonly seats: string[],
  ) {
    super(`${reason}: ${seats.join(", ")}`);
  }
}

/** A1, A2, …, B1, …: a letter per row. */
function seatName(place: number, seatsPerRow: number): string {
  return String.fromCharCode(65 + Math.floor(place / seatsPerRow)) + String((place % seatsPerRow) + 1);
}
