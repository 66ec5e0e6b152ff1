import { createServer } from "node:http";
import { httpServerHandler, handleAsNodeRequest } from "cloudflare:node";
import express, { type NextFunction, type Request as Asked, type Response as Answer } from "express";
import { project } from "../../serve.js";

/** An app as its documentation writes it: middleware, routers, bodies, errors. */
const app = express();
app.use(express.json({ limit: "1kb" }), express.urlencoded({ extended: true }), express.text());
app.use((request, response, next) => {
  response.setHeader("x-seen", request.path);
  next();
});
app.get("/users/:id", (request, response) => {
  response.json({ id: request.params.id, query: request.query, host: request.hostname, accepts: request.accepts(["json", "html"]) });
});
app.post("/echo", (request, response) => {
  response.status(201).type("json").send(JSON.stringify({ got: request.body, type: request.get("content-type") }));
});
app.get("/download", (_, response) => {
  response.attachment("a b.txt").send(Buffer.from("bytes"));
});
app.get("/stream", (_, response) => {
  response.type("txt");
  for (const part of ["one ", "two ", "three"]) response.write(part);
  response.end();
});
app.get("/cookies", (_, response) => {
  response.cookie("a", "1 2", { httpOnly: true, maxAge: 1000, path: "/" }).clearCookie("b").redirect(303, "/users/1");
});
app.get("/async-error", async () => {
  throw Object.assign(new Error("from a promise"), { status: 409 });
});
const router = express.Router({ mergeParams: true });
router.route("/items").get((request, response) => void response.send(`items of ${(request.params as { user: string }).user}`));
router.param("n", (_, __, next, n) => (Number.isNaN(Number(n)) ? next("route") : next()));
router.get("/items/:n", (request, response) => void response.send(Number(request.params.n) * 2 + ""));
router.get("/items/:word", (request, response) => void response.send(`word ${request.params.word}`));
app.use("/of/:user", router);
app.use((_: Asked, response: Answer) => void response.status(404).json({ error: "no such thing" }));
app.use((error: Error & { status?: number; type?: string }, _: Asked, response: Answer, next: NextFunction) => {
  if (response.headersSent) return next(error);
  response.status(error.status ?? 500).json({ error: error.message, type: error.type });
});

const PORT = 8080;
createServer(app).listen(PORT);
const handler = httpServerHandler({ port: PORT });

const HEADERS = ["content-type", "content-disposition", "set-cookie", "location", "x-seen", "etag", "x-powered-by"];

const ask = async (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) => {
  // As from a client: a body's length is known, and without one of these the app takes it for none.
  if (typeof init.body === "string") init.headers = { "content-length": String(init.body.length), ...init.headers };
  if (init.body instanceof ReadableStream) init.headers = { "transfer-encoding": "chunked", ...init.headers };
  const context = { waitUntil() {}, passThroughOnException() {} };
  const request = new Request(`https://app.example${path}`, init) as never;
  const response = await (handler.fetch as (...args: unknown[]) => Promise<Response>)(request, {}, context);
  const headers = Object.fromEntries(HEADERS.map((name) => [name, response.headers.get(name)]).filter(([, value]) => value !== null));
  // The time at which a cookie expires is no part of the answer.
  if (headers["set-cookie"]) headers["set-cookie"] = headers["set-cookie"].replace(/Expires=[^;]*GMT/g, "Expires=…");
  return { status: response.status, headers, body: await response.text() };
};

const json = (body: unknown) => ({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

const cases = {
  params: () => ask("/users/a%20b?x=1&y[]=2&y[]=3", { headers: { accept: "application/json" } }),
  "conditional-get": async () => {
    const { headers } = await ask("/users/1");
    return (await ask("/users/1", { headers: { "if-none-match": headers.etag } })).status;
  },
  "json-body": () => ask("/echo", json({ a: [1, { b: null }] })),
  "form-body": () =>
    ask("/echo", { method: "POST", body: "a[b]=1&c=2&c=3", headers: { "content-type": "application/x-www-form-urlencoded" } }),
  "text-body": () => ask("/echo", { method: "POST", body: "plain", headers: { "content-type": "text/plain" } }),
  "broken-json": async () => (await ask("/echo", { ...json(1), body: "{oops" })).status,
  "too-large": () => ask("/echo", json("x".repeat(2_000))),
  "streamed-body": () => {
    const body = new ReadableStream({
      start(controller) {
        for (const part of ['{"a"', ":", "1}"]) controller.enqueue(new TextEncoder().encode(part));
        controller.close();
      },
    });
    return ask("/echo", { ...json(0), body });
  },
  attachment: () => ask("/download"),
  stream: () => ask("/stream"),
  "cookies-and-redirect": () => ask("/cookies", { redirect: "manual" }),
  head: () => ask("/users/1", { method: "HEAD" }),
  routers: async () => [await ask("/of/ada/items"), await ask("/of/ada/items/21"), await ask("/of/ada/items/x")],
  "async-error": () => ask("/async-error"),
  "not-found": () => ask("/nowhere", { method: "DELETE" }),
  "as-node-request": async () => (await handleAsNodeRequest(PORT, new Request("https://app.example/of/bob/items"))).text(),
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
