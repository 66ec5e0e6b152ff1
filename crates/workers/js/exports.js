// Loopback bindings: `ctx.exports`, one binding for each export of the program.

import { makeNamespace } from "./namespace.js";
import { makeLoopbackStub } from "./stub.js";

let bindings = {};

/** The bindings; the same object in all contexts. */
export function currentExports() {
  return bindings;
}

/**
 * @param {string[]} entries exports that answer calls without being objects: handlers and WorkerEntrypoint classes
 * @param {string[]} classes names of the object classes, in the order of their indices
 */
export function makeExports(entries, classes) {
  const made = {};
  for (const name of entries) made[name] = makeLoopbackStub(name);
  for (let index = 0; index < classes.length; index++) made[classes[index]] = makeNamespace(index);
  bindings = made;
}
