// Runs a Workers project on the published `workerd` binary.

import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { bundle } from "./bundle.mjs";
import { Child } from "./process.mjs";
import { readProjects } from "./project.mjs";

const require = createRequire(import.meta.url);

/** The exact version of the `workerd` package these tools are pinned to. */
export const workerdVersion = require("workerd/package.json").version;

/**
 * Bundles the project and those in its folder `workers`, starts workerd on them and waits until it listens.
 *
 * @param {string} folder the project, with its wrangler.jsonc
 * @param {{dataDir?: string, port?: number}} [options] `dataDir` is kept after `stop()`; without it a
 *   temporary folder is used and removed. Port 0 (the default) takes a free one.
 * @returns {Promise<import("./runtime.d.ts").Runtime>}
 */
export async function startWorkerd(folder, { dataDir, port = 0 } = {}) {
  const projects = await readProjects(folder);
  const work = await mkdtemp(path.join(os.tmpdir(), "conformance-workerd-"));
  const data = path.resolve(dataDir ?? path.join(work, "data"));
  const removeWork = () => rm(work, { recursive: true, force: true });

  const runtime = {
    name: "workerd",
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
      await removeWork();
    },
  };

  let child;
  async function start() {
    // File descriptor 3 carries workerd's own report of the port it took.
    child = new Child(
      require("workerd").default,
      ["serve", "--experimental", "--control-fd=3", path.join(work, "config.capnp")],
      {
        stdio: ["ignore", "pipe", "pipe", "pipe"],
      },
    );
    const taken = await child.ready(child.process.stdio[3], findPort, "workerd");
    runtime.url = `http://127.0.0.1:${taken}`;
  }

  try {
    await mkdir(data, { recursive: true });
    const workers = [];
    for (const [index, project] of projects.entries()) {
      const folder = `worker-${index}`;
      await mkdir(path.join(work, folder));
      workers.push({ project, folder, modules: await bundle(project, path.join(work, folder)) });
    }
    await writeFile(path.join(work, "config.capnp"), capnpConfig(workers, data, port));
    await start();
  } catch (error) {
    await removeWork();
    throw error;
  }
  return runtime;
}

const EMAIL_MODULE = `
export class EmailMessage {
  constructor(from, to, raw) {
    Object.assign(this, { from, to, raw });
  }
}
export default { EmailMessage };
`;

function findPort(text) {
  for (const line of text.split("\n").slice(0, -1)) {
    const message = JSON.parse(line);
    if (message.event === "listen" && message.socket === "http") return message.port;
  }
  return undefined;
}

/** The first of `workers` gets the requests. */
function capnpConfig(workers, dataDir, port) {
  const services = workers.map(({ project, folder }) => `(name = ${text(serviceName(project.name))}, worker = .${constant(folder)})`);
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    ${services.join(",\n    ")},
    (name = "data", disk = (path = ${text(dataDir)}, writable = true)),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  # Cloudflare's tools provide this, without which cloudflare:email cannot be imported.
  extensions = [(modules = [(name = "cloudflare-internal:email", internal = true, esModule = ${text(EMAIL_MODULE)})])],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = ${text(serviceName(workers[0].project.name))})],
);
${workers.map(capnpWorker).join("")}`;
}

function capnpWorker({ project, folder, modules }) {
  const namespaces = [...project.classes].map(
    ([className, { key, sqlite }]) =>
      `(className = ${text(className)}, uniqueKey = ${text(key)}, enableSql = ${sqlite})`,
  );
  const bindings = [
    ...project.bindings.map(({ binding, className, script }) => {
      const there = script === project.name ? "" : `, serviceName = ${text(serviceName(script))}`;
      return `(name = ${text(binding)}, durableObjectNamespace = (className = ${text(className)}${there}))`;
    }),
    ...project.services.map(({ binding, service, entrypoint, props }) => {
      const target = [
        `name = ${text(serviceName(service))}`,
        ...(entrypoint === undefined ? [] : [`entrypoint = ${text(entrypoint)}`]),
        ...(props === undefined ? [] : [`props = (json = ${text(JSON.stringify(props))})`]),
      ];
      return `(name = ${text(binding)}, service = (${target.join(", ")}))`;
    }),
    ...Object.entries(project.vars).map(([name, value]) =>
      typeof value === "string"
        ? `(name = ${text(name)}, text = ${text(value)})`
        : `(name = ${text(name)}, json = ${text(JSON.stringify(value))})`,
    ),
  ];
  const moduleList = modules.map(
    ({ name, kind }) => `(name = ${text(name)}, ${kind} = embed ${text(`${folder}/${name}`)})`,
  );

  return `
const ${constant(folder)} :Workerd.Worker = (
  modules = [${moduleList.join(", ")}],
  compatibilityDate = ${text(project.compatibilityDate)},
  compatibilityFlags = [${project.compatibilityFlags.map(text).join(", ")}],
  durableObjectNamespaces = [${namespaces.join(", ")}],
  durableObjectStorage = (localDisk = "data"),
  bindings = [${bindings.join(", ")}],
);
`;
}

/** Services of workerd's own use the same names. */
const serviceName = (worker) => `worker:${worker}`;
/** Names of constants have letters and digits only. */
const constant = (folder) => folder.replace("-", "");

/** A Cap'n Proto text literal; its escapes are C's, so non-ASCII goes through as UTF-8. */
function text(value) {
  const escaped = value.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n").replace(/\r/g, "\\r").replace(/\t/g, "\\t");
  return `"${escaped}"`;
}
