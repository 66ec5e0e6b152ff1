import { Agent, callable, getAgentByName } from "agents";
import { outcome } from "../../../cases/core/src/harness.js";

type State = { count: number; log: string[] };

export class Counter extends Agent<object, State> {
  initialState: State = { count: 0, log: [] };

  onStateChanged(state: State) {
    this.sql`CREATE TABLE IF NOT EXISTS seen (count INTEGER)`;
    this.sql`INSERT INTO seen (count) VALUES (${state.count})`;
  }

  @callable()
  add(by: number) {
    this.setState({ count: this.state.count + by, log: [...this.state.log, `+${by}`] });
    return this.state.count;
  }

  seen() {
    return this.sql<{ count: number }>`SELECT count FROM seen ORDER BY rowid`;
  }

  async later() {
    const { callback, payload, type } = await this.schedule(3600, "ring", { text: "x" });
    return { callback, payload, type, pending: (await this.getSchedules()).length };
  }

  ring() {}

  onRequest(request: Request) {
    return Response.json({ method: request.method, name: this.name, state: this.state });
  }
}

type Env = { Counter: DurableObjectNamespace<Counter> };

const cases: Record<string, (env: Env) => unknown> = {
  state: async (env) => {
    const agent = await getAgentByName(env.Counter, "state");
    await agent.add(2);
    return [await agent.add(3), await agent.seen()];
  },
  request: async (env) => {
    const agent = await getAgentByName(env.Counter, "request");
    return (await agent.fetch("https://agent.example/", { method: "PUT" })).json();
  },
  schedule: async (env) => (await getAgentByName(env.Counter, "schedule")).later(),
};

export default {
  async fetch(request: Request, env: Env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/cases") return Response.json(Object.keys(cases).map((name) => ({ name })));
    return Response.json(await outcome(() => cases[pathname.slice("/case/".length)](env)));
  },
};
