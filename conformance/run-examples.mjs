// Runs the examples' own tests on a runtime:
//   node run-examples.mjs [--on workerd|holdfast|both] [--browser [--shots FOLDER]] [example…]

import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { startHoldfast } from "./lib/holdfast.mjs";
import { startWorkerd } from "./lib/workerd.mjs";

const EXAMPLES = fileURLToPath(new URL("../examples", import.meta.url));
const RUNTIMES = { workerd: startWorkerd, holdfast: startHoldfast };

/** How long the tests of one example may take on one runtime. */
const RUN_MS_MAX = 180_000;

/** How much of a runtime's output is shown where a test has failed. */
const OUTPUT_LINES_MAX = 100;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    on: { type: "string", default: "workerd" },
    browser: { type: "boolean", default: false },
    shots: { type: "string" },
  },
});
const chosen = values.on === "both" ? Object.keys(RUNTIMES) : [values.on];
if (!chosen.every((name) => name in RUNTIMES)) {
  console.error(`--on ${values.on}: use workerd, holdfast or both`);
  process.exit(2);
}

const available = (await readdir(EXAMPLES))
  .filter((name) => existsSync(path.join(EXAMPLES, name, "wrangler.jsonc")))
  .sort();
const unknown = positionals.filter((name) => !available.includes(name));
if (unknown.length > 0) {
  console.error(`no such example: ${unknown.join(", ")} (there are ${available.join(", ")})`);
  process.exit(2);
}

const rows = [];
for (const example of positionals.length > 0 ? positionals : available) {
  for (const runtime of chosen) rows.push(await runExample(example, runtime));
}
printTable(rows);

const passed = rows.reduce((sum, row) => sum + row.passed, 0);
const failed = rows.reduce((sum, row) => sum + row.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** Counts one example's tests on one runtime; a runtime that does not start is one failure. */
async function runExample(example, runtimeName) {
  const dir = path.join(EXAMPLES, example);
  const dataDir = await mkdtemp(path.join(os.tmpdir(), "conformance-data-"));
  const started = performance.now();
  const row = { example, runtime: runtimeName, passed: 0, failed: 0, crash: "–" };
  let runtime;
  try {
    runtime = await RUNTIMES[runtimeName](dir, { dataDir });
    const { passed, failed, output } = await runTests(dir, runtime.url);
    row.passed += passed;
    row.failed += failed;
    if (failed > 0) report(row, `${output}\n${outputOf(runtime, runtimeName)}`);
    if (values.browser) await browserTest(runtime, row);
    await crashTest(dir, runtime, row);
  } catch (error) {
    row.failed += 1;
    report(row, error.stack);
  } finally {
    await runtime?.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
  row.seconds = ((performance.now() - started) / 1000).toFixed(1);
  return row;
}

async function runTests(dir, baseUrl) {
  const folder = path.join(dir, "test");
  const files = (await readdir(folder))
    .filter((name) => name.endsWith(".test.mjs"))
    .map((name) => path.join(folder, name));
  if (files.length === 0) throw new Error(`${folder} has no *.test.mjs`);

  const { code, output } = await runNode(["--test", "--test-reporter=tap", ...files], baseUrl);
  const total = (word) => Number(new RegExp(`^# ${word} (\\d+)$`, "m").exec(output)?.[1] ?? 0);
  const [passed, failed] = [total("pass"), total("fail") + total("cancelled")];
  // Tests that fell over before they counted anything must not look like success.
  const broken = failed === 0 && (code !== 0 || passed === 0);
  return { passed, failed: broken ? 1 : failed, output };
}

/** `browser/<example>.mjs` drives a real browser through the example, where there is one. */
async function browserTest(runtime, row) {
  const script = fileURLToPath(new URL(`browser/${row.example}.mjs`, import.meta.url));
  if (!existsSync(script)) return;
  const shots = values.shots ? ["--shots", path.join(path.resolve(values.shots), row.runtime)] : [];
  const { code, output } = await runNode([script, ...shots], runtime.url);
  if (code === 0) {
    row.passed += 1;
  } else {
    row.failed += 1;
    report(row, `in the browser:\n${output}`);
  }
}

/** Runs Node with BASE_URL set, and gathers what it prints. */
async function runNode(args, baseUrl) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, BASE_URL: baseUrl },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  const timer = setTimeout(() => {
    output += `\nit has not ended after ${RUN_MS_MAX} ms, and was killed\n`;
    child.kill("SIGKILL");
  }, RUN_MS_MAX);
  const code = await new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
  clearTimeout(timer);
  return { code, output };
}

/** `test/persist.mjs` says what must survive: data confirmed before kill -9 is there afterwards. */
async function crashTest(dir, runtime, row) {
  const file = path.join(dir, "test", "persist.mjs");
  if (!existsSync(file)) return;
  const { before, after } = await import(pathToFileURL(file));
  try {
    const token = await before(runtime.url);
    await runtime.kill9();
    await runtime.restart();
    await after(runtime.url, token);
    row.crash = "kept";
    row.passed += 1;
  } catch (error) {
    row.crash = "LOST";
    row.failed += 1;
    report(row, `after kill -9: ${error.stack}\n${outputOf(runtime, row.runtime)}`);
  }
}

function outputOf(runtime, name) {
  const lines = runtime.output().trimEnd().split("\n");
  return `--- the last of the output of ${name}:\n${lines.slice(-OUTPUT_LINES_MAX).join("\n")}`;
}

function report(row, text) {
  console.error(`\n=== ${row.example} on ${row.runtime}\n${text.trimEnd()}\n`);
}

function printTable(rows) {
  const columns = [
    ["example", "example"],
    ["runtime", "runtime"],
    ["passed", "passed"],
    ["failed", "failed"],
    ["crash", "kill -9"],
    ["seconds", "seconds"],
  ];
  const width = ([key, title]) => Math.max(title.length, ...rows.map((row) => String(row[key]).length));
  const line = (cells) =>
    console.log(
      cells
        .map((cell, i) => String(cell).padEnd(width(columns[i])))
        .join("  ")
        .trimEnd(),
    );
  line(columns.map(([, title]) => title));
  for (const row of rows) line(columns.map(([key]) => row[key]));
  console.log();
}
