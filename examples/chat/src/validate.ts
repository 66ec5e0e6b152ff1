import { HttpError } from "./http";

const AUTHOR_CHARS_MAX = 40;
const TEXT_CHARS_MAX = 2_000;

export function parseRoomName(raw: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(raw)) {
    throw new HttpError(400, "a room name has 1 to 40 characters: a-z, 0-9 and -, not starting with -");
  }
  return raw;
}

export function parseAfter(raw: string | null): number | undefined {
  if (raw === null) return undefined;
  if (!/^\d{1,15}$/.test(raw)) throw new HttpError(400, "after must be the id of a message");
  return Number(raw);
}

/** A visitor's name; empty for one who has not said it. */
export function parseName(raw: unknown): string {
  if (typeof raw !== "string") throw new HttpError(400, "name must be a string");
  const name = raw.trim();
  if ([...name].length > AUTHOR_CHARS_MAX) {
    throw new HttpError(400, `name must have at most ${AUTHOR_CHARS_MAX} characters`);
  }
  return name;
}

export function parseMessage(body: unknown): { author: string; text: string } {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new HttpError(400, "the body must be an object with author and text");
  }
  const { author, text } = body as Record<string, unknown>;
  return {
    author: parseText("author", author, AUTHOR_CHARS_MAX),
    text: parseText("text", text, TEXT_CHARS_MAX),
  };
}

/** Trims, and counts characters as people do: an emoji is one. */
function parseText(field: string, value: unknown, charsMax: number): string {
  if (typeof value !== "string") throw new HttpError(400, `${field} must be a string`);
  const trimmed = value.trim();
  if (trimmed === "") throw new HttpError(400, `${field} must not be empty`);
  if ([...trimmed].length > charsMax) throw new HttpError(400, `${field} must have at most ${charsMax} characters`);
  return trimmed;
}
