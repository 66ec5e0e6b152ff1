// Reads a Workers project the way Cloudflare's tools do: only as much of wrangler.jsonc as the
// programs in this folder use. A setting that would change behaviour and is not understood here is
// an error, because a comparison over a half-read configuration proves nothing.

import { readdir, readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import path from "node:path";
import { parse, printParseErrorCode } from "jsonc-parser";

const UNDERSTOOD = new Set([
  "$schema",
  "name",
  "main",
  "compatibility_date",
  "compatibility_flags",
  "durable_objects",
  "services",
  "migrations",
  "vars",
  "rules",
  "observability",
  "limits",
  "dev",
  "no_bundle",
  "minify",
  "keep_names",
]);

/// Module kinds by file ending that Cloudflare's tools add to a project's own `rules`.
const DEFAULT_RULES = [
  { type: "Text", globs: ["**/*.txt", "**/*.html", "**/*.sql"] },
  { type: "Data", globs: ["**/*.bin"] },
  { type: "CompiledWasm", globs: ["**/*.wasm"] },
];

/**
 * @typedef {object} Project
 * @property {string} dir absolute path of the project folder
 * @property {string} name the Worker's name
 * @property {string} main absolute path of the entry module
 * @property {string} compatibilityDate
 * @property {string[]} compatibilityFlags
 * @property {Record<string, unknown>} vars plain values; `.dev.vars` wins over `vars`
 * @property {{binding: string, className: string, script: string}[]} bindings Durable Object namespaces in `env`, each with
 *   the name of the Worker that has the class
 * @property {{binding: string, service: string, entrypoint?: string, props?: object}[]} services bindings to Workers
 * @property {Map<string, {key: string, sqlite: boolean}>} classes Durable Object classes after all migrations
 * @property {Map<string, "Text"|"Data"|"CompiledWasm">} moduleKinds by file ending, e.g. ".html"
 */

/** The folders of the projects that run together: the one given, and those in its folder `workers`. */
export async function projectFolders(folder) {
  const beside = path.join(path.resolve(folder), "workers");
  const names = existsSync(beside) ? (await readdir(beside)).sort() : [];
  return [path.resolve(folder), ...names.map((name) => path.join(beside, name))];
}

/**
 * Reads the projects that run together.
 * @returns {Promise<Project[]>} the first gets the requests
 */
export async function readProjects(folder) {
  const projects = await Promise.all((await projectFolders(folder)).map(readProject));
  for (const { dir, bindings, services } of projects) {
    for (const { binding, className, script } of bindings) {
      const owner = projects.find(({ name }) => name === script);
      if (!owner?.classes.has(className)) {
        throw new Error(`${dir}: binding ${binding}: no migration of ${script} creates the class ${className}`);
      }
    }
    for (const { binding, service } of services) {
      if (!projects.some(({ name }) => name === service)) throw new Error(`${dir}: service ${binding}: no Worker ${service}`);
    }
  }
  return projects;
}

/** @returns {Promise<Project>} */
async function readProject(folder) {
  const dir = path.resolve(folder);
  const file = path.join(dir, "wrangler.jsonc");
  const config = parseJsonc(await readFile(file, "utf8"), file);

  for (const key of Object.keys(config)) {
    if (!UNDERSTOOD.has(key)) throw new Error(`${file}: "${key}" is not supported by the conformance tools`);
  }
  for (const key of ["name", "main", "compatibility_date"]) {
    if (typeof config[key] !== "string") throw new Error(`${file}: "${key}" must be a string`);
  }

  const classes = classesAfterMigrations(config, file);
  const bindings = (config.durable_objects?.bindings ?? []).map(({ name, class_name, script_name }) => {
    return { binding: name, className: class_name, script: script_name ?? config.name };
  });
  const services = (config.services ?? []).map(({ binding, service, entrypoint, props }) => {
    return { binding, service, entrypoint, props };
  });

  return {
    dir,
    name: config.name,
    main: path.join(dir, config.main),
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: config.compatibility_flags ?? [],
    vars: { ...config.vars, ...(await readDevVars(dir)) },
    bindings,
    services,
    classes,
    moduleKinds: moduleKinds(config, file),
  };
}

function parseJsonc(text, file) {
  const errors = [];
  const value = parse(text, errors, { allowTrailingComma: true });
  if (errors.length > 0) {
    const { error, offset } = errors[0];
    const line = text.slice(0, offset).split("\n").length;
    throw new Error(`${file}:${line}: ${printParseErrorCode(error)}`);
  }
  return value;
}

/** A renamed class keeps the storage key it was created with: that is what keeps its data. */
function classesAfterMigrations(config, file) {
  const classes = new Map();
  const create = (name, sqlite) => classes.set(name, { key: `${config.name}-${name}`, sqlite });
  for (const step of config.migrations ?? []) {
    for (const name of step.new_classes ?? []) create(name, false);
    for (const name of step.new_sqlite_classes ?? []) create(name, true);
    for (const name of step.deleted_classes ?? []) classes.delete(name);
    for (const { from, to } of step.renamed_classes ?? []) {
      if (!classes.has(from)) throw new Error(`${file}: migration ${step.tag} renames the unknown class ${from}`);
      classes.set(to, classes.get(from));
      classes.delete(from);
    }
    if (step.transferred_classes) {
      throw new Error(`${file}: "transferred_classes" is not supported by the conformance tools`);
    }
  }
  return classes;
}

function moduleKinds(config, file) {
  const kinds = new Map();
  // As Cloudflare's tools have it: the first rule that matches wins, and a rule without `fallthrough` ends its type.
  const closed = new Set();
  for (const rule of [...(config.rules ?? []), ...DEFAULT_RULES]) {
    if (closed.has(rule.type)) continue;
    if (rule.fallthrough !== true) closed.add(rule.type);
    for (const glob of rule.globs) {
      const ending = /^\*\*\/\*(\.[\w.-]+)$/.exec(glob)?.[1];
      if (!ending || !["Text", "Data", "CompiledWasm"].includes(rule.type)) {
        throw new Error(
          `${file}: rule ${rule.type} ${glob} is not supported: use Text, Data or CompiledWasm with "**/*.ending"`,
        );
      }
      if (!kinds.has(ending)) kinds.set(ending, rule.type);
    }
  }
  return kinds;
}

/** KEY=VALUE lines; quotes around a value are dropped. */
async function readDevVars(dir) {
  const file = path.join(dir, ".dev.vars");
  if (!existsSync(file)) return {};
  const vars = {};
  for (const line of (await readFile(file, "utf8")).split("\n")) {
    const match = /^\s*([\w.-]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (match) vars[match[1]] = match[2].replace(/^(["'])(.*)\1$/, "$2");
  }
  return vars;
}
