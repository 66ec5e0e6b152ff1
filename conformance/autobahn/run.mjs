// Runs the Autobahn test suite against WebSockets of objects:
//   node autobahn/run.mjs [--on holdfast|workerd] [--quick] [case…]
// `case` is the beginning of a number, such as 6. or 9.1.1. Each case meets an object with the hibernation API and one
// with listeners (`echo`). It passes if the suite says OK or INFORMATIONAL, or no worse than `accepted.json` allows, which
// also says why.
//
// The suite and the library that it stands on come from PyPI at the first run, into a folder beside this file.

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startHoldfast } from "../lib/holdfast.mjs";
import { startWorkerd } from "../lib/workerd.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const INSTALLED = path.join(HERE, ".python");
const PYTHON = path.join(INSTALLED, "bin", "python");
const SUITE = path.join(INSTALLED, "suite");
const RUNTIMES = { workerd: startWorkerd, holdfast: startHoldfast };
const OBJECTS = ["hibernating", "listening"];

/** Cases under way at the same time: most of them wait. */
const AT_ONCE = 8;
/** Left out of the quick run: large messages, or sent in very small pieces, and most sizes of compressed messages. */
const NOT_QUICK = /^(9\.[12]\.[456]|9\.[34]\.[12389]|9\.[56]\.[1-4]|1[23]\.\d+\.([2-9]|1[0-689]))$/;
/** How long the cases of one object may take. */
const RUN_MS_MAX = { quick: 300_000, whole: 3_600_000 };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    on: { type: "string", default: "holdfast" },
    quick: { type: "boolean", default: false },
  },
});
if (!(values.on in RUNTIMES)) {
  console.error(`--on ${values.on}: use holdfast or workerd`);
  process.exit(2);
}

await install();
const accepted = JSON.parse(readFileSync(path.join(HERE, "accepted.json"), "utf8"));
const runtime = await RUNTIMES[values.on](path.join(HERE, "echo"));
try {
  const passed = await Promise.all(OBJECTS.map(runObject));
  process.exitCode = passed.every(Boolean) ? 0 : 1;
} catch (error) {
  console.error(`${error.message}\n--- output of ${runtime.name}:\n${runtime.output()}`);
  process.exitCode = 2;
} finally {
  await runtime.stop();
}

/** All cases against one object; gives whether they pass. */
async function runObject(object) {
  const started = performance.now();
  const url = `${runtime.url.replace("http:", "ws:")}/${object}`;
  const args = ["client.py", "--suite", SUITE, "--url", url, "--at-once", String(AT_ONCE)];
  if (values.quick) args.push("--quick", "--without", NOT_QUICK.source);
  const output = await run(PYTHON, [...args, ...positionals], { timeout: RUN_MS_MAX[values.quick ? "quick" : "whole"] });
  const reports = output.trim().split("\n").map((line) => JSON.parse(line));
  const failed = reports.filter((report) => !passes(report));
  for (const report of failed) {
    console.log(`✗ ${report.id} on ${object}: ${report.behavior} (${report.result}), close ${report.behaviorClose} (${report.resultClose})`);
  }
  const strict = reports.filter(({ behavior, behaviorClose }) => behavior === "OK" && behaviorClose === "OK").length;
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `${runtime.name}, ${object}: ${reports.length} cases in ${seconds} s, ${strict} OK, ` +
      `${reports.length - strict - failed.length} accepted or informational, ${failed.length} failed`,
  );
  return failed.length === 0;
}

function passes({ id, behavior, behaviorClose }) {
  const allowed = ["OK", "INFORMATIONAL", accepted[id]?.behavior];
  return allowed.includes(behavior) && allowed.includes(behaviorClose);
}

/** Brings in what PyPI has, unless it is there already. */
async function install() {
  const wanted = ["requirements.txt", "suite.txt"].map((name) => readFileSync(path.join(HERE, name), "utf8")).join();
  const stamp = path.join(INSTALLED, "installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.log("installing the Autobahn test suite");
  await rm(INSTALLED, { recursive: true, force: true });
  await run("python3", ["-m", "venv", INSTALLED]);
  const pip = ["-m", "pip", "--disable-pip-version-check", "--quiet"];
  await run(PYTHON, [...pip, "install", "-r", "requirements.txt"]);
  // It says of itself that it is for Python 2, so it is fetched, and not installed.
  const asIfOld = ["--implementation", "py", "--abi", "none", "--platform", "any", "--python-version", "27"];
  const fetched = path.join(INSTALLED, "fetched");
  await run(PYTHON, [...pip, "download", "--no-deps", "--only-binary=:all:", ...asIfOld, "--dest", fetched, "-r", "suite.txt"]);
  await mkdir(SUITE);
  await run(PYTHON, ["-c", "import glob, shutil, sys; shutil.unpack_archive(*glob.glob(sys.argv[1] + '/*.whl'), sys.argv[2], 'zip')", fetched, SUITE]);
  await writeFile(stamp, wanted);
}

/** The output of a program that must succeed. */
async function run(file, args, { timeout } = {}) {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  const child = spawn(file, args, { cwd: HERE, stdio: ["ignore", "pipe", "inherit"], timeout, env });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  const [code, signal] = await new Promise((resolve, reject) => child.once("close", (...end) => resolve(end)).once("error", reject));
  if (code !== 0) throw new Error(`${file} ${args.join(" ")}: ${signal ? `ended by ${signal}` : `exit code ${code}`}`);
  return output;
}
