// Runs a program in this process, on Node: the judge for what the Web's specifications say in every detail and workerd does
// in its own way. Its errors have texts of their own, so of those that Node words only the name counts.

import { runProgram } from "./worker/src/machine.js";

// Programs leave promises and callbacks behind that fail.
process.on("unhandledRejection", () => {});

/** The log of a program. */
export async function askNode(program) {
  return JSON.parse(JSON.stringify(await runProgram(program, {})));
}

const isNodes = (value) => value?.own?.some(([key, code]) => key === "code" && /^ERR_/.test(code));

/** Both logs, with only the names of errors that Node words. */
export function withoutNodesWords(a, b) {
  if (Array.isArray(a) && Array.isArray(b)) {
    const pairs = Array.from({ length: Math.max(a.length, b.length) }, (_, i) => withoutNodesWords(a[i], b[i]));
    return [a.map((_, i) => pairs[i][0]), b.map((_, i) => pairs[i][1])];
  }
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return [a, b];
  if (isNodes(a)) return [{ name: a.name }, "message" in b ? { name: b.name } : b];
  const [left, right] = [{ ...a }, { ...b }];
  for (const key of Object.keys(left)) {
    if (key in right) [left[key], right[key]] = withoutNodesWords(left[key], right[key]);
  }
  return [left, right];
}
