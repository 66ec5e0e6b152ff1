// Runs random programs on Holdfast and on workerd, and shows those that do not give the same:
//   node fuzz.mjs [--area kv,sql,…] [--seed N] [--count M] [--first I] [--differences D] [--on both|workerd|holdfast]
//   node fuzz.mjs --program FILE     a program that was written down
// Program I of an area depends on the seed, the area and I alone. A difference is shrunk and printed as JavaScript, and as
// JSON for --program. `--on workerd` compares two processes of workerd, which finds programs that are no use.
// What Holdfast does otherwise on purpose stands in `accepted.mjs`.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { differ } from "../lib/differ.mjs";
import { startHoldfast } from "../lib/holdfast.mjs";
import { send } from "../lib/http.mjs";
import { startWorkerd, workerdVersion } from "../lib/workerd.mjs";
import { accept } from "./accepted.mjs";
import { areas } from "./areas/index.mjs";
import { askNode, withoutNodesWords } from "./node_judge.mjs";
import { normalise } from "./program/normalise.mjs";
import { printProgram } from "./program/print.mjs";
import { Random } from "./program/random.mjs";
import { shrink } from "./program/shrink.mjs";

/** How many programs run at the same time. */
const AT_ONCE = 4;
/** How long one may take. */
const PROGRAM_MS_MAX = 10_000;
const RUNTIMES = { workerd: startWorkerd, holdfast: startHoldfast };

const { values: options } = parseArgs({
  options: {
    area: { type: "string", default: Object.keys(areas).join(",") },
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "100" },
    first: { type: "string", default: "0" },
    differences: { type: "string", default: "5" },
    on: { type: "string", default: "both" },
    program: { type: "string" },
    "no-shrink": { type: "boolean", default: false },
    show: { type: "boolean", default: false },
  },
});
const sides = options.on === "both" ? ["workerd", "holdfast"] : [options.on, options.on];
if (!sides.every((side) => side in RUNTIMES)) {
  console.error(`--on ${options.on}: use both, workerd or holdfast`);
  process.exit(2);
}

let runs = 0;
let reviving;
let stopping = false;
const project = fileURLToPath(new URL("worker", import.meta.url));
const running = [];
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(
    signal,
    () => (stopping = true) && Promise.all(running.map((runtime) => runtime.stop())).then(() => process.exit(130)),
  );
}
try {
  for (const side of sides) running.push(await RUNTIMES[side](project));
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exitCode = 2;
} finally {
  await Promise.all(running.map((runtime) => runtime.stop()));
}

async function main() {
  if (options.program !== undefined) {
    const program = JSON.parse(readFileSync(options.program, "utf8"));
    const { differences, logs } = await compare(program);
    if (options.show) console.log(JSON.stringify(logs, null, 1));
    console.log(printProgram(program));
    console.log(differences.join("\n") || "equal");
    return differences.length === 0;
  }
  console.log(`${sides[0]} against ${sides[1]} (workerd ${workerdVersion}), seed ${options.seed}`);
  let equal = true;
  for (const area of options.area.split(",")) {
    if (!(area in areas)) throw new Error(`--area ${area}: there are ${Object.keys(areas).join(", ")}`);
    if (!(await fuzzArea(area))) equal = false;
  }
  return equal;
}

/** Gives whether all programs of the area were equal. */
async function fuzzArea(area) {
  const started = performance.now();
  const first = Number(options.first);
  const indices = Array.from({ length: Number(options.count) }, (_, i) => first + i);
  const enough = Number(options.differences);
  let tried = 0;
  let found = 0;
  const work = async () => {
    for (let index = indices.shift(); index !== undefined && found < enough; index = indices.shift()) {
      tried++;
      const program = areas[area](new Random(`${options.seed}/${area}/${index}`));
      const { differences } = await compareTwice(program);
      if (differences.length === 0) continue;
      // A shrunk program takes many runs; others of this area wait until the difference is told.
      if (++found > enough) return;
      await tell(area, index, program, differences);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${area}: ${tried} programs, ${found} with differences (${seconds} s)`);
  return found === 0;
}

async function tell(area, index, program, before) {
  // A smaller program must not fail as a whole where this one did not.
  const fails = ({ logs }) =>
    logs.some((log) => log.some(([label]) => ["answer", "no answer", "failed"].includes(label)));
  const failed = fails(await compare(program));
  const differs = async (candidate) => {
    const result = await compareTwice(candidate);
    return result.differences.length > 0 && fails(result) === failed;
  };
  const small = options["no-shrink"] ? program : await shrink(program, differs);
  const { differences } = await compare(small);
  console.log(`\n✗ ${area}, program ${index} (--area ${area} --seed ${options.seed} --first ${index} --count 1)`);
  console.log(printProgram(small));
  for (const line of differences) console.log(`    ${line}`);
  if (differences.length === 0)
    console.log(`    the last run did not differ: it depends on time. Before:\n    ${before.join("\n    ")}`);
  console.log(`    ${JSON.stringify(small)}\n`);
}

/** As `compare`; what differs must do so again, with more time for what comes late. */
async function compareTwice(program) {
  const result = await compare(program);
  if (result.differences.length === 0) return result;
  await reviveRuntimes();
  return compare({ ...program, lastMs: 5 * (program.lastMs ?? 60) });
}

/** Starts those again that a program has ended or stopped. */
async function reviveRuntimes() {
  if (stopping) return;
  reviving ??= (async () => {
    for (const runtime of running) {
      const alive = await send(runtime, "/", {}).then(
        () => true,
        () => false,
      );
      if (!alive) {
        console.log(`${runtime.name} was started again; it said:\n${runtime.output().slice(-2000)}`);
        await runtime.restart();
      }
    }
    reviving = undefined;
  })();
  await reviving;
}

/** Runs a program on both sides, each time in objects of their own. */
async function compare(program) {
  const name = `${process.pid}-${runs++}`;
  const byNode = program.judge === "node" && sides[0] !== sides[1];
  const left = byNode ? askNode(program) : ask(running[0], name, program);
  const logs = await Promise.all([left, ask(running[1], name, program)]);
  let pair = accept(...logs.map((log) => arrange(program, log)));
  if (byNode) pair = withoutNodesWords(...pair);
  const [a, b] = normalise(...pair);
  return { differences: isDeepStrictEqual(a, b) ? [] : differ(a, b, byNode ? ["node", sides[1]] : sides), logs };
}

async function ask(runtime, name, program) {
  try {
    const { status, body } = await send(runtime, "/run", {
      method: "POST",
      body: JSON.stringify({ name, program }),
      msMax: PROGRAM_MS_MAX,
    });
    return status === 200
      ? JSON.parse(body)
      : [["answer", { status, body: body.replace(/reference = \w+/, "reference = …") }]];
  } catch (error) {
    return [["no answer", error.message]];
  }
}

/**
 * The log as it is compared: outcomes by label, and the order of events as far as the program's area promises one:
 * `ordered` is "all", "results" (a refusal may come sooner than results that are on their way) or "none".
 */
function arrange({ ordered }, log) {
  const outcomes = {};
  for (const [label, outcome] of log) (outcomes[label] ??= []).push(outcome);
  if (ordered === "none") return { outcomes };
  const counted = ordered === "all" ? log : log.filter(([, outcome]) => !outcome.rejected);
  return { order: counted.map(([label]) => label).join(" "), outcomes };
}
