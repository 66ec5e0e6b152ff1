import { initTRPC, TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { z } from "zod";
import { project } from "../../serve.js";

const t = initTRPC.context<{ storage: DurableObjectStorage; user: string | null }>().create();
const signedIn = t.procedure.use(({ ctx, next }) => {
  if (ctx.user === null) throw new TRPCError({ code: "UNAUTHORIZED" });
  return next({ ctx: { user: ctx.user } });
});
const router = t.router({
  greet: t.procedure.input(z.string()).query(({ input }) => `hello ${input}`),
  add: signedIn.input(z.object({ by: z.number() })).mutation(async ({ ctx, input }) => {
    const sum = ((await ctx.storage.get<number>("sum")) ?? 0) + input.by;
    await ctx.storage.put("sum", sum);
    return { user: ctx.user, sum };
  }),
  count: t.procedure.subscription(async function* () {
    for (let i = 0; i < 3; i++) yield i;
  }),
});

const ask = (path: string, init?: RequestInit) => ({ storage }) =>
  fetchRequestHandler({
    endpoint: "/trpc",
    req: new Request(`https://trpc.example/trpc/${path}`, init),
    router,
    createContext: ({ req }) => ({ storage, user: req.headers.get("x-user") }),
  });
const post = (body: unknown, headers = {}) => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "content-type": "application/json", ...headers },
});

const cases = {
  query: ask(`greet?input=${encodeURIComponent('"ada"')}`),
  "bad-input": async (where) => {
    const body = await (await ask("greet?input=1")(where)).json();
    delete body.error.data.stack;
    return body;
  },
  mutation: ask("add", post({ by: 3 }, { "x-user": "ada" })),
  unauthorized: async (where) => {
    const response = await ask("add", post({ by: 3 }))(where);
    const body = await response.json();
    delete body.error.data.stack;
    return { status: response.status, body };
  },
  batch: ask(`greet,greet?batch=1&input=${encodeURIComponent('{"0":"a","1":"b"}')}`),
  subscription: async (where) =>
    (await ask("count", { headers: { accept: "text/event-stream" } })(where)).text(),
  caller: ({ storage }) => t.createCallerFactory(router)({ storage, user: "me" }).greet("direct"),
  missing: async (where) => {
    const response = await ask("nothing")(where);
    const body = await response.json();
    delete body.error.data.stack;
    return { status: response.status, body };
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
