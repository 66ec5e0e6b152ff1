import { OpenAPIHono, createRoute, z } from "@hono/zod-openapi";
import { Elysia, status, t } from "elysia";
import { CloudflareAdapter } from "elysia/adapter/cloudflare-worker";
import { project } from "../../serve.js";

const elysia = new Elysia({ adapter: CloudflareAdapter, aot: false })
  .state("count", 0)
  .decorate("shout", (text: string) => text.toUpperCase())
  .derive(({ headers }) => ({ user: headers["x-user"] ?? "nobody" }))
  .macro({ admin: { beforeHandle: ({ headers }) => (headers["x-user"] === "root" ? undefined : status(403, "not you")) } })
  .get("/hello/:name", ({ params: { name }, shout, user }) => `${shout(name)} for ${user}`)
  .get("/count", ({ store }) => ++store.count)
  .post("/people", ({ body, set }) => {
    set.status = 201;
    set.headers["x-made"] = "yes";
    return { ...body, id: 1 };
  }, { body: t.Object({ name: t.String({ minLength: 2 }), age: t.Optional(t.Number()) }), response: { 201: t.Object({ id: t.Number(), name: t.String(), age: t.Optional(t.Number()) }) } })
  .get("/numbers", ({ query }) => query, { query: t.Object({ n: t.Numeric(), on: t.Optional(t.BooleanString()) }) })
  .get("/secret", () => "secret", { admin: true } as never)
  .get("/cookie", ({ cookie: { seen } }) => {
    const before = seen.value;
    seen.value = "yes";
    seen.httpOnly = true;
    return `before ${before}`;
  })
  .group("/v1", (app) => app.onBeforeHandle(({ set }) => void (set.headers["x-version"] = "1")).get("/x", "x"))
  .onError(({ code, error, set }) => {
    if (code === "NOT_FOUND") return new Response("nothing here", { status: 404 });
    set.headers["x-code"] = String(code);
    if (code === "VALIDATION") return { fields: error.all.map((each) => ("path" in each ? each.path : each.summary)) };
  })
  .get("/broken", () => {
    throw new Error("broken");
  });

const Person = z.object({ id: z.string().openapi({ example: "7" }), name: z.string() }).openapi("Person");
const route = createRoute({
  method: "get",
  path: "/people/{id}",
  request: { params: z.object({ id: z.string().regex(/^\d+$/).openapi({ param: { name: "id", in: "path" } }) }), query: z.object({ full: z.stringbool().optional() }) },
  responses: { 200: { content: { "application/json": { schema: Person } }, description: "One of them" } },
});
const hono = new OpenAPIHono({ defaultHook: (result, c) => (result.success ? undefined : c.json({ issues: result.error.issues.map(({ path, code }) => [path, code]) }, 422)) });
hono.openapi(route, (c) => c.json({ id: c.req.valid("param").id, name: c.req.valid("query").full ? "Ada Lovelace" : "Ada" }, 200));
hono.doc31("/doc", { openapi: "3.1.0", info: { title: "People", version: "1" } });

const HEADERS = ["content-type", "x-made", "x-version", "x-code", "set-cookie"];
const answer = async (response: Response | Promise<Response>) => {
  const { status, headers } = await response;
  const shown = HEADERS.map((name) => [name, headers.get(name)]).filter(([, value]) => value !== null);
  return [status, Object.fromEntries(shown), await (await response).text()];
};
const ask = (path: string, init?: RequestInit) => answer(elysia.handle(new Request(`https://app.example${path}`, init)));
const json = (body: unknown) => ({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

const cases = {
  routes: async () => [await ask("/hello/ada", { headers: { "x-user": "bob" } }), await ask("/v1/x"), await ask("/nowhere"), (await ask("/count"))[2]],
  validated: async () => [await ask("/people", json({ name: "Ada", age: 36, extra: 1 })), await ask("/people", json({ name: "A" })), await ask("/numbers?n=42&on=true"), await ask("/numbers?n=x")],
  macro: async () => [await ask("/secret"), await ask("/secret", { headers: { "x-user": "root" } })],
  cookies: () => ask("/cookie", { headers: { cookie: "seen=no" } }),
  broken: async () => (await ask("/broken")).slice(0, 2),
  "open-api": async () => [await answer(hono.request("/people/7?full=true")), await answer(hono.request("/people/x")), await (await hono.request("/doc")).json()],
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
