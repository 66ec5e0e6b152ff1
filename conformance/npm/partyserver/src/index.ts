import { getServerByName, type Connection, routePartykitRequest, Server } from "partyserver";
import { outcome } from "../../../cases/core/src/harness.js";

/** A room: sends everybody what anybody says, and remembers its lines. */
export class Room extends Server {
  static options = { hibernate: true };
  log: string[] = [];

  async onStart() {
    this.log.push(`started ${this.name}`);
  }

  onConnect(connection: Connection, { request }: { request: Request }) {
    connection.setState({ user: new URL(request.url).searchParams.get("user") });
    connection.send(`welcome to ${this.name}`);
  }

  onMessage(connection: Connection<{ user: string }>, message: string) {
    this.broadcast(`${connection.state?.user}: ${message}`);
  }

  onRequest(request: Request) {
    return Response.json({ log: this.log, method: request.method, people: [...this.getConnections()].length });
  }
}

const cases: Record<string, (env: object) => unknown> = {
  request: async (env: { Room: DurableObjectNamespace<Room> }) => {
    const room = await getServerByName(env.Room, "library");
    return (await room.fetch("https://party.example/x", { method: "POST" })).json();
  },
  route: async (env) => {
    const response = await routePartykitRequest(new Request("https://party.example/parties/room/hall"), env as never);
    return response?.json();
  },
  "route-misses": async (env) =>
    (await routePartykitRequest(new Request("https://party.example/elsewhere"), env as never)) === null,
  sockets: async (env) => {
    const connect = async (user: string) => {
      const request = new Request(`https://party.example/parties/room/talk?user=${user}&_pk=${user}`, {
        headers: { Upgrade: "websocket" },
      });
      const socket = (await routePartykitRequest(request, env as never))!.webSocket!;
      const lines: string[] = [];
      const waiting: (() => void)[] = [];
      socket.addEventListener("message", ({ data }) => {
        lines.push(String(data));
        for (const wake of waiting.splice(0)) wake();
      });
      socket.accept();
      const until = async (count: number) => {
        while (lines.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
        return lines;
      };
      return { socket, until };
    };
    const ada = await connect("ada");
    await ada.until(1);
    const bob = await connect("bob");
    await bob.until(1);
    ada.socket.send("hello");
    await Promise.all([ada.until(2), bob.until(2)]);
    bob.socket.send("hi");
    return [await ada.until(3), await bob.until(3)];
  },
};

export default {
  async fetch(request: Request, env: object) {
    const { pathname } = new URL(request.url);
    if (pathname === "/cases") return Response.json(Object.keys(cases).map((name) => ({ name })));
    return Response.json(await outcome(() => cases[pathname.slice("/case/".length)](env)));
  },
};
