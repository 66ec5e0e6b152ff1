// Runs the same cases on two runtimes and lists every difference:
//   node compare.mjs [--on both|workerd|holdfast] [--project cases/core] [name-prefix…]
//   node compare.mjs [--on …] --each npm [project…]
// `both` compares holdfast with workerd. One runtime alone is compared with a second process of itself,
// which shows that the cases give the same answer every time.
//
// A project may keep an `accepted.json`: {"case name": "why holdfast differs on purpose"}, and a `missing.json`:
// {"case name": "what holdfast does not have yet"}. Those cases are counted apart, and one that no longer differs
// fails, so that the lists never outlive their reasons.
// `--each` goes through all projects of a folder, or those that are named, one after the other.
//
// --report FILE writes the counts by topic into FILE, between the lines <!-- compared --> and <!-- /compared -->.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { differ } from "./lib/differ.mjs";
import { send } from "./lib/http.mjs";
import { installPackages } from "./lib/install.mjs";
import { Report } from "./lib/report.mjs";
import { startHoldfast } from "./lib/holdfast.mjs";
import { startWorkerd, workerdVersion } from "./lib/workerd.mjs";

const RUNTIMES = { workerd: startWorkerd, holdfast: startHoldfast };

const { values, positionals: prefixes } = parseArgs({
  allowPositionals: true,
  options: {
    on: { type: "string", default: "both" },
    project: { type: "string", default: fileURLToPath(new URL("cases/core", import.meta.url)) },
    show: { type: "boolean", default: false },
    report: { type: "string" },
    each: { type: "string" },
  },
});
const sides = values.on === "both" ? ["workerd", "holdfast"] : [values.on, values.on];
if (!sides.every((side) => side in RUNTIMES)) {
  console.error(`--on ${values.on}: use both, workerd or holdfast`);
  process.exit(2);
}

if (values.each !== undefined) process.exit(compareEach(values.each));
installPackages(values.project);
const running = [];
try {
  for (const side of sides) running.push(await RUNTIMES[side](path.resolve(values.project)));
  process.exitCode = (await compareAll(running)) ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
} finally {
  await Promise.all(running.map((runtime) => runtime.stop()));
}

/** Compares the projects of a folder, each in a process of its own, and sums up. Gives the exit code. */
function compareEach(folder) {
  installPackages(folder);
  const isProject = (name) => existsSync(path.join(folder, name, "wrangler.jsonc"));
  const names = prefixes.length > 0 ? prefixes : readdirSync(folder).filter(isProject).sort();
  const failed = names.filter((name) => {
    console.log(`== ${name}`);
    const args = [fileURLToPath(import.meta.url), "--on", values.on, "--project", path.join(folder, name)];
    if (values.show) args.push("--show");
    return spawnSync(process.execPath, args, { stdio: "inherit" }).status !== 0;
  });
  console.log(`\n${names.length} projects, ${failed.length} with differences${failed.length > 0 ? `: ${failed.join(", ")}` : ""}`);
  return failed.length > 0 ? 1 : 0;
}

async function compareAll([left, right]) {
  const cases = (await listCases(left)).filter(
    ({ name }) => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix)),
  );
  if (cases.length === 0) throw new Error(`no case begins with ${prefixes.join(" or ")}`);
  console.log(`${cases.length} cases, ${left.name} against ${right.name} (workerd ${workerdVersion})\n`);

  const both = left.name !== right.name;
  const lists = both ? ["accepted", "missing"].map((name) => [name, readList(`${name}.json`)]) : [];
  const report = new Report();
  const failed = [];
  for (const entry of cases) {
    const [a, b] = await Promise.all([ask(left, entry), ask(right, entry)]);
    if (values.show) console.log(`${entry.name}: ${JSON.stringify(a, null, 2)}\n`);
    const broken = [...problems(left, a), ...problems(right, b)];
    const differences = [...broken, ...differ(...withoutLengths(a, b), sides)];
    const list = lists.find(([, known]) => entry.name in known)?.[0];
    if (list !== undefined) {
      if (broken.length === 0 && differences.length > 0) {
        report.count(entry.name, list);
        continue;
      }
      if (differences.length === 0) differences.push(`no longer differs: take it out of ${list}.json`);
    }
    if (differences.length === 0) {
      report.count(entry.name, "equal");
      continue;
    }
    report.count(entry.name, "different");
    failed.push(entry.name);
    console.log(`✗ ${entry.name}`);
    for (const line of differences) console.log(`    ${line}`);
  }
  if (failed.length > 0) console.log(`\ndiffering cases by topic: ${countTopics(failed)}\n`);
  const [onPurpose, missing] = [report.total("accepted"), report.total("missing")];
  if (onPurpose > 0) console.log(`${onPurpose} differ on purpose (accepted.json)`);
  if (missing > 0) console.log(`${missing} need what Holdfast does not have yet (missing.json)`);
  console.log(`${report.total("equal")} passed, ${failed.length} failed`);
  if (values.report) report.writeInto(values.report, workerdVersion);
  return failed.length === 0;
}

function readList(name) {
  const file = path.join(values.project, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}

async function listCases(runtime) {
  const { status, body } = await send(runtime, "/cases", {});
  if (status !== 200)
    throw new Error(`${runtime.name} answers GET /cases with ${status}: ${body}\n${runtime.output()}`);
  return JSON.parse(body);
}

/** One case's answer: JSON bodies parsed, others as text. A runtime that gives no answer is an answer, too. */
async function ask(runtime, { name, request = {} }) {
  try {
    const { status, headers, body } = await send(
      runtime,
      `/case/${encodeURIComponent(name)}${request.query ?? ""}`,
      request,
    );
    const isJson = headers["content-type"]?.some((type) => type.includes("json"));
    return { status, headers, body: isJson ? JSON.parse(body) : body };
  } catch (error) {
    return { noAnswer: error.message };
  }
}

/** What is wrong with an answer by itself: the Worker describes every exception, so a 5xx is a defect. */
function problems(runtime, { noAnswer, status, body }) {
  if (noAnswer) return [`${runtime.name} gives no answer: ${noAnswer}`];
  if (status >= 500 && status !== 599) return [`${runtime.name} answers ${status}: ${JSON.stringify(body)}`];
  return [];
}

/** Where bodies differ, their lengths may: that would only say the same twice. */
function withoutLengths(...answers) {
  if (isDeepStrictEqual(answers[0].body, answers[1].body)) return answers;
  return answers.map(({ headers, ...rest }) => {
    const { "content-length": _, ...others } = headers ?? {};
    return { ...rest, headers: others };
  });
}

function countTopics(names) {
  const counts = new Map();
  for (const name of names) {
    const topic = name.split(".")[0];
    counts.set(topic, (counts.get(topic) ?? 0) + 1);
  }
  return [...counts].map(([topic, count]) => `${topic} ${count}`).join(", ");
}
