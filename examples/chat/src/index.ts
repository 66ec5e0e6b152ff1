import { Lobby } from "./lobby";
import page from "./page.html";
import { Room } from "./room";
import { HttpError, json, readJson } from "./http";
import { parseAfter, parseMessage, parseRoomName } from "./validate";

export { Lobby, Room };

export interface Env {
  ROOM: DurableObjectNamespace<Room>;
  LOBBY: DurableObjectNamespace<Lobby>;
}

export default {
  async fetch(request, env): Promise<Response> {
    try {
      return await route(request, env);
    } catch (error) {
      if (error instanceof HttpError) return error.toResponse();
      console.error(error);
      return json({ error: "internal error" }, { status: 500 });
    }
  },
} satisfies ExportedHandler<Env>;

async function route(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  const [first, second, room, last, ...rest] = url.pathname.split("/").slice(1);

  if (first === "" && second === undefined) {
    allow(request, "GET");
    return new Response(page, {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy":
          "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'",
      },
    });
  }

  if (first === "api" && second === "rooms" && room === undefined) {
    allow(request, "GET");
    return json({ rooms: await env.LOBBY.getByName("lobby").rooms() });
  }

  if (first === "api" && second === "rooms" && last === "messages" && rest.length === 0) {
    allow(request, "GET", "POST");
    // One object per room: everyone who names the room reaches the same one.
    const name = parseRoomName(room);
    const stub = env.ROOM.getByName(name);
    if (request.method === "POST") {
      const { author, text } = parseMessage(await readJson(request));
      return json({ message: await stub.post(author, text) }, { status: 201 });
    }
    const after = parseAfter(url.searchParams.get("after"));
    return json({ room: name, messages: await stub.messages(after) });
  }

  if (first === "api" && second === "rooms" && last === "live" && rest.length === 0) {
    allow(request, "GET");
    const name = parseRoomName(room);
    parseAfter(url.searchParams.get("after"));
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      throw new HttpError(426, "connect with a WebSocket", { upgrade: "websocket" });
    }
    return env.ROOM.getByName(name).fetch(request);
  }

  throw new HttpError(404, "no such page");
}

function allow(request: Request, ...methods: string[]): void {
  if (!methods.includes(request.method)) {
    throw new HttpError(405, `use ${methods.join(" or ")}`, { allow: methods.join(", ") });
  }
}
