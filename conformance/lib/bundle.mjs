// Turns a project into what the workerd binary takes: one ES module, plus the files that the
// project imports as text, bytes or WebAssembly, kept as modules of their own.

import { createHash } from "node:crypto";
import { copyFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import path from "node:path";
import { build } from "esbuild";

/// Names both with and without the prefix reach workerd as `node:…`.
const NODE_BUILTINS = new Set(builtinModules.filter((name) => !name.startsWith("_")));

/**
 * @param {import("./project.mjs").Project} project
 * @param {string} outDir an existing empty folder
 * @returns {Promise<{name: string, kind: "esModule"|"text"|"data"|"wasm"}[]>} modules, as file names in `outDir`; the entry first
 */
export async function bundle(project, outDir) {
  const extra = new Map();
  await build({
    entryPoints: [project.main],
    outfile: path.join(outDir, "index.js"),
    absWorkingDir: project.dir,
    bundle: true,
    format: "esm",
    target: "es2024",
    keepNames: true,
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    external: ["cloudflare:*"],
    define: { "process.env.NODE_ENV": '"development"' },
    logLevel: "silent",
    plugins: [nodeBuiltins(), otherModules(project.moduleKinds, extra)],
  });

  const modules = [{ name: "index.js", kind: "esModule" }];
  for (const [name, { file, kind }] of extra) {
    await copyFile(file, path.join(outDir, name));
    modules.push({ name, kind });
  }
  return modules;
}

function nodeBuiltins() {
  const required = "required-builtin";
  return {
    name: "node-builtins",
    setup(build) {
      build.onResolve({ filter: /^(node:)?[a-z]/ }, ({ path: specifier, kind }) => {
        const name = specifier.replace(/^node:/, "");
        if (name === specifier && !NODE_BUILTINS.has(name)) return undefined;
        // Only an import can stay an import: what CommonJS requires goes through a module that imports it.
        if (kind === "require-call") return { path: `node:${name}`, namespace: required };
        return { path: `node:${name}`, external: true };
      });
      build.onLoad({ filter: /.*/, namespace: required }, ({ path: name }) => ({
        contents: `import builtin from ${JSON.stringify(name)};\nmodule.exports = builtin;\n`,
        loader: "js",
      }));
    },
  };
}

/** Leaves imports of text, data and WebAssembly files as imports, and notes the files in `found`. */
function otherModules(kinds, found) {
  const kindNames = { Text: "text", Data: "data", CompiledWasm: "wasm" };
  const endings = [...kinds.keys()].map((ending) => ending.replaceAll(".", "\\."));
  return {
    name: "other-modules",
    setup(build) {
      build.onResolve(
        { filter: new RegExp(`(${endings.join("|")})(\\?module)?$`) },
        async ({ path: written, resolveDir, kind, pluginData }) => {
          if (pluginData === "resolving") return undefined;
          // As Cloudflare's tools, for WebAssembly: `./x.wasm?module` is the file.
          const specifier = written.replace(/(?<=\.wasm)\?module$/, "");
          const resolved = await build.resolve(specifier, { resolveDir, kind, pluginData: "resolving" });
          if (resolved.errors.length > 0) return { errors: resolved.errors };
          const ending = [...kinds.keys()].filter((e) => resolved.path.endsWith(e)).at(-1);
          const mark = createHash("sha256").update(resolved.path).digest("hex").slice(0, 8);
          const name = `${mark}-${path.basename(resolved.path)}`;
          found.set(name, { file: resolved.path, kind: kindNames[kinds.get(ending)] });
          return { path: `./${name}`, external: true };
        },
      );
    },
  };
}
