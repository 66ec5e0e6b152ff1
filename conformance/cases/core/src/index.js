// The Worker of the core cases: GET /cases lists them, GET /case/<name> runs one.

import { cases } from "./registry.js";
import { outcome } from "./harness.js";

export { Bell, Mute } from "./bell.js";
export { Facet, FacetThatFails, OtherFacet, PlainFacet } from "./facet_targets.js";
export { Lab } from "./lab.js";
export { Entry, handlers, Rpc } from "./rpc_targets.js";
export { EventServer } from "./web_messages.js";
export { FailsToStart, Other, Plain, Target } from "./targets.js";
export { PlainSockets, Sockets } from "./sockets.js";

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/cases") {
      return Response.json([...cases].map(([name, { request }]) => ({ name, request })));
    }
    const name = decodeURIComponent(pathname.slice("/case/".length));
    const found = cases.get(name);
    if (!pathname.startsWith("/case/") || !found)
      return Response.json({ error: `no such case: ${name}` }, { status: 404 });

    // A case in an object runs in an object of its own, and comes back as text: how values cross
    // between objects is the subject of other cases, not the means of this one.
    if (found.inObject) {
      const result = await outcome(async () => JSON.parse(await env.LAB.getByName(name).run(name)));
      return Response.json(result.returned ?? result);
    }
    const result = await outcome(() => found.run({ request, env, ctx, name }), { keepResponse: true });
    return result instanceof Response ? result : Response.json(result);
  },
};
