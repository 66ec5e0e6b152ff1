// What a loader must accept: GET /cases lists the cases, GET /case/<name> answers with what it gave.

import assets from "./assets";
import languages from "./languages";
import modules from "./modules";
import packages from "./packages";

export { Shapes } from "./shapes";

export interface Env {
  SHAPES: DurableObjectNamespace<import("./shapes").Shapes>;
  GREETING: string;
}

export type Case = (env: Env) => unknown;

const topics: Record<string, Record<string, Case>> = { assets, languages, modules, packages };
const cases = new Map<string, Case>();
for (const [topic, list] of Object.entries(topics)) {
  for (const [name, run] of Object.entries(list)) cases.set(`${topic}.${name}`, run);
}

export default {
  async fetch(request, env): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/cases") return Response.json([...cases.keys()].map((name) => ({ name })));
    const run = cases.get(decodeURIComponent(pathname.slice("/case/".length)));
    if (!run) return Response.json({ error: "no such case" }, { status: 404 });
    try {
      return Response.json({ returned: (await run(env)) ?? null });
    } catch (error) {
      return Response.json({ threw: `${error}` });
    }
  },
} satisfies ExportedHandler<Env>;
