const ROWS_MAX = 26;
const SEATS_PER_ROW_MAX = 50;
const SEATS_PER_BOOKING_MAX = 10;
const HOLDER_CHARS_MAX = 80;

/** A request that makes no sense; its message is for the client. */
export class Refusal extends Error {}

export function parseEventName(raw: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,59}$/.test(raw)) {
    throw new Refusal("an event's name has 1 to 60 characters: a-z, 0-9 and -, not starting with -");
  }
  return raw;
}

export function parseLayout(body: unknown): { rows: number; seatsPerRow: number } {
  const { rows, seatsPerRow } = fields(body);
  return {
    rows: count("rows", rows, ROWS_MAX),
    seatsPerRow: count("seatsPerRow", seatsPerRow, SEATS_PER_ROW_MAX),
  };
}

export function parseBooking(body: unknown): { holder: string; seats: string[] } {
  const { holder, seats } = fields(body);
  if (typeof holder !== "string" || holder.trim() === "") throw new Refusal("holder must be a name");
  if (holder.length > HOLDER_CHARS_MAX) throw new Refusal(`holder must have at most ${HOLDER_CHARS_MAX} characters`);
  if (!Array.isArray(seats) || seats.length === 0) throw new Refusal("seats must be a list of seat names");
  if (seats.length > SEATS_PER_BOOKING_MAX) throw new Refusal(`a booking has at most ${SEATS_PER_BOOKING_MAX} seats`);
  if (!seats.every((seat) => typeof seat === "string" && /^[A-Z]\d{1,2}$/.test(seat)))
    throw new Refusal("a seat is a letter and a number, such as A1");
  if (new Set(seats).size !== seats.length) throw new Refusal("a seat is named twice");
  return { holder: holder.trim(), seats };
}

export function parseStatus(raw: string | null): "free" | "booked" | undefined {
  if (raw === null || raw === "free" || raw === "booked") return raw ?? undefined;
  throw new Refusal("status must be free or booked");
}

function fields(body: unknown): Record<string, unknown> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new Refusal("the body must be an object");
  return body as Record<string, unknown>;
}

function count(field: string, value: unknown, max: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > max) {
    throw new Refusal(`${field} must be a whole number from 1 to ${max}`);
  }
  return value;
}
