// What the projects here have in common: GET /cases lists a project's cases, GET /case/<name> runs one in an object.

import { DurableObject } from "cloudflare:workers";
import { outcome } from "../cases/core/src/harness.js";

/**
 * @param {Record<string, (where: {ctx: DurableObjectState, storage: DurableObjectStorage, env: object, request: Request}) => unknown>} cases
 *   what each returns is its answer
 * @returns {{worker: ExportedHandler, Box: typeof DurableObject}} to be exported by the project, `worker` as default
 */
export function project(cases) {
  class Box extends DurableObject {
    async fetch(request) {
      const name = decodeURIComponent(new URL(request.url).pathname.slice("/case/".length));
      const { ctx, env } = this;
      const result = await outcome(() => cases[name]({ ctx, storage: ctx.storage, env, request }), {
        keepResponse: true,
      });
      return result instanceof Response ? result : Response.json(result);
    }
  }

  const worker = {
    async fetch(request, env) {
      const { pathname } = new URL(request.url);
      if (pathname === "/cases") return Response.json(Object.keys(cases).map((name) => ({ name })));
      return env.BOX.getByName(pathname).fetch(request);
    },
  };
  return { Box, worker };
}
