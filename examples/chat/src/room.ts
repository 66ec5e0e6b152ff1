import { DurableObject } from "cloudflare:workers";
import { HttpError } from "./http";
import type { Env } from "./index";
import { type Client, type Message, parseClient, type Server } from "./live";
import { parseMessage } from "./validate";

/** How many messages one answer carries at most. */
const PAGE_SIZE = 100;

/** What a connection remembers while the room sleeps. */
type Visitor = { name: string };

/**
 * One chat room. Its messages live in the object's own SQLite database, its visitors on WebSockets that
 * hibernate: a room in which nobody speaks leaves memory, and everybody stays connected.
 */
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
    // Signs of life are answered without waking the room.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
  }

  /** A visitor connects. `?after=` says what it has seen already. */
  async fetch(request: Request): Promise<Response> {
    const after = new URL(request.url).searchParams.get("after");
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment({ name: "" } satisfies Visitor);
    this.tell(server, { type: "history", messages: await this.messages(after === null ? undefined : Number(after)) });
    this.tell(server, { type: "people", names: this.people() });
    return new Response(null, { status: 101, webSocket: client });
  }

  async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    let sent: Client | undefined;
    try {
      sent = parseClient(data);
      await this.handle(socket, sent);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      this.tell(socket, { type: "refused", tag: sent?.type === "say" ? sent.tag : undefined, error: error.message });
    }
  }

  private async handle(socket: WebSocket, sent: Client): Promise<void> {
    switch (sent.type) {
      case "hello":
        socket.serializeAttachment({ name: sent.name } satisfies Visitor);
        this.tellAll({ type: "people", names: this.people() });
        break;
      case "typing":
        this.tellAll({ type: "typing", name: nameOf(socket) }, socket);
        break;
      case "say": {
        const { author, text } = parseMessage(sent);
        await this.post(author, text, { socket, tag: sent.tag });
      }
    }
  }

  async webSocketClose(socket: WebSocket, code: number, reason: string, wasClean: boolean): Promise<void> {
    // Codes from 1004 to 1006 are never sent.
    if (wasClean) socket.close(code === 1005 ? 1000 : code, reason);
    this.tellAll({ type: "people", names: this.people(socket) }, socket);
  }

  async webSocketError(socket: WebSocket): Promise<void> {
    this.tellAll({ type: "people", names: this.people(socket) }, socket);
  }

  /** Stores a message and shows it to everybody. The visitor who sent it, if one did, gets its `tag` back. */
  async post(author: string, text: string, from?: { socket: WebSocket; tag?: string }): Promise<Message> {
    const message = this.sql
      .exec<Message>(
        "INSERT INTO messages (author, text, sent_at) VALUES (?, ?, ?) RETURNING id, author, text, sent_at AS sentAt",
        author,
        text,
        Date.now(),
      )
      .one();
    // Nobody sees it before it is on disk: what an object sends waits for what it has written.
    this.tellAll({ type: "message", message }, from?.socket);
    if (from) this.tell(from.socket, { type: "message", message, tag: from.tag });
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

  /** The names of those who are here, each once, but for one who is leaving. */
  private people(leaving?: WebSocket): string[] {
    const sockets = this.ctx.getWebSockets().filter((socket) => socket !== leaving);
    const names = sockets.map(nameOf).filter((name) => name !== "");
    return [...new Set(names)].sort((a, b) => a.localeCompare(b));
  }

  private tell(socket: WebSocket, what: Server): void {
    socket.send(JSON.stringify(what));
  }

  private tellAll(what: Server, except?: WebSocket): void {
    const text = JSON.stringify(what);
    for (const socket of this.ctx.getWebSockets()) {
      if (socket !== except && socket.readyState === WebSocket.OPEN) socket.send(text);
    }
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

function nameOf(socket: WebSocket): string {
  return (socket.deserializeAttachment() as Visitor).name;
}
