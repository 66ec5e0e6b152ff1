// Brings in a project's packages the first time it is used.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

/** Runs `npm ci` in a project that has a lock file and no node_modules yet. */
export function installPackages(folder) {
  const has = (name) => existsSync(path.join(folder, name));
  if (!has("package-lock.json") || has("node_modules")) return;
  const { status, stderr, error } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`npm ci in ${folder} failed: ${error ?? stderr}`);
}
