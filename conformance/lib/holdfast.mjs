// Runs a Workers project on the holdfast binary, straight from its sources.

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Child } from "./process.mjs";
import { projectFolders } from "./project.mjs";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/** `HOLDFAST_BIN`, or the newest choice that a build in this repository left: release before debug. */
export function holdfastBinary() {
  const chosen = process.env.HOLDFAST_BIN;
  if (chosen && !existsSync(chosen)) throw new Error(`HOLDFAST_BIN is ${chosen}: there is no such file`);
  if (chosen) return chosen;
  const target = process.env.CARGO_TARGET_DIR ?? path.join(REPOSITORY, "target");
  const built = ["release", "debug"].map((profile) => path.join(target, profile, "holdfast")).find(existsSync);
  if (!built)
    throw new Error(`no holdfast binary in ${target}: build it with "cargo build --release", or set HOLDFAST_BIN`);
  return built;
}

/**
 * Starts `holdfast dev` on the project and those in its folder `workers`, and waits until it listens.
 *
 * @param {string} folder the project, with its wrangler.jsonc
 * @param {{dataDir?: string, port?: number}} [options] as for `startWorkerd`
 * @returns {Promise<import("./runtime.d.ts").Runtime>}
 */
export async function startHoldfast(folder, { dataDir, port = 0 } = {}) {
  const binary = holdfastBinary();
  const data = path.resolve(dataDir ?? (await mkdtemp(path.join(os.tmpdir(), "conformance-holdfast-"))));

  const runtime = {
    name: "holdfast",
    url: "",
    dataDir: data,
    output: () => child?.output ?? "",
    async kill9() {
      await child.kill9();
    },
    async restart() {
      await child.stop();
      await start();
    },
    async stop() {
      await child.stop();
      if (!dataDir) await rm(data, { recursive: true, force: true });
    },
  };

  let child;
  async function start() {
    child = new Child(binary, ["dev", ...(await projectFolders(folder)), "--port", String(port), "--data", data]);
    runtime.url = await child.ready(
      child.process.stdout,
      (text) => /http:\/\/127\.0\.0\.1:\d+(?=\D)/.exec(text)?.[0],
      "holdfast",
    );
  }

  await start();
  return runtime;
}
