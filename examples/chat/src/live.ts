// What a room and its visitors say to each other over a WebSocket, as JSON.

import { HttpError } from "./http";
import { parseName } from "./validate";

export type Message = {
  id: number;
  author: string;
  text: string;
  /** Milliseconds since 1970. */
  sentAt: number;
};

/** From the room. */
export type Server =
  /** Right after connecting: what was said. */
  | { type: "history"; messages: Message[] }
  | { type: "people"; names: string[] }
  /** `tag` comes back to the visitor who gave it. */
  | { type: "message"; message: Message; tag?: string }
  | { type: "typing"; name: string }
  | { type: "refused"; tag?: string; error: string };

/** From a visitor. */
export type Client =
  | { type: "hello"; name: string }
  | { type: "typing" }
  | { type: "say"; author: unknown; text: unknown; tag?: string };

const TAG_CHARS_MAX = 64;

export function parseClient(data: string | ArrayBuffer): Client {
  if (typeof data !== "string") throw new HttpError(400, "send text, not binary messages");
  let sent: unknown;
  try {
    sent = JSON.parse(data);
  } catch {
    throw new HttpError(400, "the message is not valid JSON");
  }
  if (typeof sent !== "object" || sent === null) throw new HttpError(400, "the message must be an object");
  const { type, name, author, text, tag } = sent as Record<string, unknown>;
  switch (type) {
    case "hello":
      return { type, name: parseName(name) };
    case "typing":
      return { type };
    case "say":
      return { type, author, text, tag: typeof tag === "string" ? tag.slice(0, TAG_CHARS_MAX) : undefined };
    default:
      throw new HttpError(400, "type must be hello, typing or say");
  }
}
