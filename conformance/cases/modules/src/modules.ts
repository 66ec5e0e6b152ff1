// How modules find each other, and what they share.

import { env } from "cloudflare:workers";
import fromAlias from "#alias";
import fromPaths from "~/by-path";
import folder from "./lib/folder";
import withExtension from "./lib/on-disk.js";
import * as cycle from "./lib/cycle-a";
import * as live from "./lib/live";
import { later } from "./lib/later";
import type { Case } from "./index";

export default {
  extensionless: () => folder,
  "js-named-ts-on-disk": () => withExtension,
  "package-imports": () => fromAlias,
  "tsconfig-paths": () => fromPaths,
  cycles: () => [cycle.name, cycle.other(), cycle.early()],
  "live-bindings": () => {
    const before = live.count;
    live.increment();
    return [before, live.count];
  },
  namespace: () => [Object.keys(live), "count" in live],
  "top-level-await": () => later,
  "dynamic-import": async () => {
    const module = await import("./lib/live");
    return [module.increment === live.increment, Object.keys(module)];
  },
  "global-env": () => (env as { GREETING: string }).GREETING,
  "strict-mode": () =>
    (function (this: unknown) {
      return this === undefined;
    })(),
  "object-of-the-project": async ({ SHAPES }) => SHAPES.getByName("one").describe(),
} satisfies Record<string, Case>;
