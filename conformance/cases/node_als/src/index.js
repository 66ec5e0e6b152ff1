// Of Node only AsyncLocalStorage: the flag `nodejs_als` without `nodejs_compat`.

import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { outcome } from "../../core/src/harness.js";

const storage = new AsyncLocalStorage();
const get = () => storage.getStore();

const reach = async (load) => {
  try {
    return typeof (await load()).default;
  } catch (error) {
    return `${error}`.split(",")[0];
  }
};

const cases = {
  stores: async () => [
    storage.run(1, get), await storage.run(2, async () => {
      await scheduler.wait(1);
      return get();
    }),
    storage.run(3, () => new AsyncResource("x")).runInAsyncScope(get), get(),
    await new Promise((resolve) => storage.run(4, () => setTimeout(() => resolve(get()), 1))),
  ],
  "other modules": async () => [
    await reach(() => import("node:process")), await reach(() => import("node:async_hooks")),
  ],
  globals: () => ["process", "Buffer", "global", "setImmediate"].map((name) => [name, name in globalThis]),
  timers: () => {
    const timer = setTimeout(() => {}, 1);
    clearTimeout(timer);
    return typeof timer;
  },
};

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/cases") return Response.json(Object.keys(cases).map((name) => ({ name })));
    const run = cases[decodeURIComponent(pathname.slice("/case/".length))];
    if (run === undefined) return Response.json({ error: "no such case" }, { status: 404 });
    return Response.json(await outcome(run));
  },
};
