import { Hono } from "hono";
import { cors } from "hono/cors";
import { getCookie, setCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import { streamSSE } from "hono/streaming";
import { validator } from "hono/validator";
import { project } from "../../serve.js";

type Where = { storage: DurableObjectStorage };

/** The app as an object has it: one counter for each path. */
function makeApp(storage: DurableObjectStorage) {
  const app = new Hono();
  app.use("/api/*", cors({ origin: "https://example.com" }));
  app.get("/api/count/:name", async (c) => {
    const name = c.req.param("name");
    const count = ((await storage.get<number>(name)) ?? 0) + 1;
    await storage.put(name, count);
    return c.json({ name, count, query: c.req.query("q") ?? null });
  });
  app.post(
    "/api/echo",
    validator("json", (value, c) => (typeof value.text === "string" ? value : c.text("no text", 400))),
    (c) => c.json({ echoed: c.req.valid("json").text }, 201),
  );
  app.get("/cookie", (c) => {
    setCookie(c, "seen", "yes", { httpOnly: true, path: "/" });
    return c.text(getCookie(c, "name") ?? "nobody");
  });
  app.get("/events", (c) =>
    streamSSE(c, async (stream) => {
      for (let id = 0; id < 3; id++) await stream.writeSSE({ data: `event ${id}`, event: "tick", id: String(id) });
    }),
  );
  app.get("/teapot", () => {
    throw new HTTPException(418, { message: "short and stout" });
  });
  app.get("/broken", () => {
    throw new Error("on purpose");
  });
  app.onError((error, c) =>
    error instanceof HTTPException ? error.getResponse() : c.json({ error: error.message }, 500 + 99),
  );
  app.notFound((c) => c.json({ missing: c.req.path }, 404));
  app.route("/nested", new Hono().basePath("/v1").get("/:id{[0-9]+}", (c) => c.text(`number ${c.req.param("id")}`)));
  return app;
}

const ask = (path: string, init?: RequestInit) => ({ storage }: Where) =>
  makeApp(storage).fetch(new Request(`https://hono.example${path}`, init));

const cases = {
  count: async ({ storage }: Where) => {
    const app = makeApp(storage);
    await app.request("/api/count/a");
    return (await app.request("/api/count/a?q=2")).json();
  },
  cors: ask("/api/count/b", { method: "OPTIONS", headers: { origin: "https://example.com", "access-control-request-method": "PUT" } }),
  validated: ask("/api/echo", { method: "POST", body: '{"text":"hi"}', headers: { "content-type": "application/json" } }),
  invalid: ask("/api/echo", { method: "POST", body: "{}", headers: { "content-type": "application/json" } }),
  cookie: ask("/cookie", { headers: { cookie: "name=ada; other=1" } }),
  events: ask("/events"),
  exception: ask("/teapot"),
  "thrown-error": ask("/broken"),
  "not-found": ask("/nowhere"),
  nested: ask("/nested/v1/42"),
  "nested-pattern-differs": ask("/nested/v1/x"),
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
