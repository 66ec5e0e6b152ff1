import type { Reminder } from "./reminders";

const NAME = /^[a-z0-9][a-z0-9-]{0,59}$/;
const TEXT_CHARS_MAX = 500;
const AHEAD_SECONDS_MAX = 10 * 365 * 24 * 3600;

/** A request that makes no sense; its message is for the client. */
export class Refusal extends Error {}

export function parseName(what: string, raw: string): string {
  if (!NAME.test(raw)) throw new Refusal(`${what} has 1 to 60 characters: a-z, 0-9 and -, not starting with -`);
  return raw;
}

/** `{text, in, every?}`, times in seconds. */
export function parseReminder(id: string, body: unknown, now: number): Reminder {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw new Refusal("the body must be an object");
  const { text, in: ahead, every } = body as Record<string, unknown>;
  if (typeof text !== "string" || text.trim() === "" || text.length > TEXT_CHARS_MAX) {
    throw new Refusal(`text must have 1 to ${TEXT_CHARS_MAX} characters`);
  }
  const at = now + milliseconds("in", ahead, 0);
  const everyMs = every === undefined ? null : milliseconds("every", every, 0.1);
  return { id, at, text: text.trim(), everyMs };
}

function milliseconds(field: string, value: unknown, min: number): number {
  if (typeof value !== "number" || !(value >= min) || value > AHEAD_SECONDS_MAX) {
    throw new Refusal(`${field} must be a number of seconds from ${min} to ${AHEAD_SECONDS_MAX}`);
  }
  return Math.round(value * 1000);
}
