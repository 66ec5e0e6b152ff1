import { AutoRouter, cors, error, IttyRouter, json, withParams } from "itty-router";
import { project } from "../../serve.js";

const { preflight, corsify } = cors({ origin: "https://a.example" });
const router = AutoRouter({ before: [preflight], finally: [corsify] })
  .get("/hello/:name", ({ name, query }) => `hi ${name} ${query.x ?? ""}`)
  .get("/json", () => ({ a: [1, 2] }))
  .post("/sum", async (request) => {
    const { numbers } = (await request.json()) as { numbers: number[] };
    return { sum: numbers.reduce((a, b) => a + b, 0) };
  })
  .get("/teapot", () => error(418, "teapot"))
  .get("/files/:path+", ({ path }) => json({ path }))
  .get("/throws", () => {
    throw new Error("thrown");
  });

const ask = (path: string, init?: RequestInit) => async () => {
  const response = await router.fetch(new Request(`https://itty.example${path}`, init));
  return { status: response.status, headers: [...response.headers], body: await response.text() };
};

const cases = {
  params: ask("/hello/ada?x=1"),
  json: ask("/json"),
  post: ask("/sum", { method: "POST", body: '{"numbers":[1,2,3]}' }),
  error: ask("/teapot"),
  greedy: ask("/files/a/b/c.txt"),
  missing: ask("/nothing"),
  preflight: ask("/json", { method: "OPTIONS", headers: { origin: "https://a.example" } }),
  small: async () => (await IttyRouter().all("*", withParams, () => new Response("all")).fetch(new Request("https://x.example/"))).text(),
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
