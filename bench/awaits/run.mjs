// What an await costs in Node, workerd and Holdfast: the shapes of crates/engine/benches/awaits.js, in nanoseconds
// a step, lowest and median of many short rounds.
//
//   node bench/awaits/run.mjs [node] [workerd=BINARY] [holdfast=BINARY]
//
// The servers are timed from outside, since a Worker's clock stands still: a request that does STEPS more steps
// than another takes so much longer.

import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROUNDS = 20;
const STEPS = 100_000;

const source = new URL("../../crates/engine/benches/awaits.js", import.meta.url);
const { shapes, run } = await import(`data:text/javascript,${encodeURIComponent(readFileSync(source, "utf8"))}`);

const WORKER = `import { run } from "./awaits.js";
export default {
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    return new Response(await run(searchParams.get("shape"), Number(searchParams.get("n"))));
  },
};`;

const capnp = (port) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js"), (name = "awaits.js", esModule = embed "awaits.js")],
  compatibilityDate = "2026-01-01");`;

const now = () => Number(process.hrtime.bigint());

/** Prints, for each shape, what `time(shape, n)` tells of `STEPS` steps against none: the lowest and the median. */
async function report(title, time) {
  console.log(title);
  for (const [shape] of shapes) {
    const [some, none] = [[], []];
    for (let round = 0; round <= ROUNDS; round += 1) {
      none.push(await time(shape, 0));
      some.push(await time(shape, STEPS));
    }
    const figure = (index) => {
      // The first round warms up.
      const [slow, quick] = [some, none].map((times) => times.slice(1).sort((a, b) => a - b)[index]);
      return ((slow - quick) / STEPS).toFixed(1).padStart(7);
    };
    console.log(`  ${shape.padEnd(12)} ${figure(0)} ${figure(ROUNDS / 2)} ns`);
  }
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

/** Nanoseconds until the answer. */
function ask(port, path) {
  return new Promise((resolve, reject) => {
    const start = now();
    http
      .get({ host: "127.0.0.1", port, path, agent }, (response) => {
        response.resume();
        response.on("end", () =>
          response.statusCode === 200 ? resolve(now() - start) : reject(new Error(`${path}: ${response.statusCode}`)),
        );
      })
      .on("error", reject);
  });
}

async function serve(title, argv, port) {
  const child = spawn(argv[0], argv.slice(1), { stdio: ["ignore", "ignore", "inherit"] });
  try {
    const patience = Date.now() + 30_000;
    while (!(await ask(port, "/?shape=value&n=0").then(() => true, () => false))) {
      if (child.exitCode !== null || Date.now() > patience) throw new Error(`${title} does not answer`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await report(title, (shape, n) => ask(port, `/?shape=${shape}&n=${n}`));
  } finally {
    child.kill();
  }
}

const folder = mkdtempSync(join(tmpdir(), "awaits-"));
try {
  copyFileSync(source, join(folder, "awaits.js"));
  writeFileSync(join(folder, "worker.js"), WORKER);
  writeFileSync(join(folder, "wrangler.json"), '{ "name": "awaits", "main": "worker.js", "compatibility_date": "2026-01-01" }');
  for (const which of process.argv.length > 2 ? process.argv.slice(2) : ["node"]) {
    const [title, binary] = which.split("=");
    if (title === "node") {
      await report(`node ${process.version}`, async (shape, n) => {
        const start = now();
        await run(shape, n);
        return now() - start;
      });
      continue;
    }
    const port = await freePort();
    if (title === "workerd") {
      writeFileSync(join(folder, "config.capnp"), capnp(port));
      await serve(title, [binary, "serve", join(folder, "config.capnp")], port);
    } else if (title === "holdfast") {
      const data = join(folder, "data");
      await serve(title, [binary, "dev", folder, `--port=${port}`, "--data", data, "--no-watch", "--log-level=warn"], port);
    } else {
      throw new Error(`unknown: ${which}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
