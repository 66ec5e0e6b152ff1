// Loopback bindings: `ctx.exports`, one binding for each export of the program.

import { makeLoopbackClass, makeLoopbackNamespace } from "./loopback_class.js";
import { makeLoopbackStub } from "./stub.js";

let bindings = {};

/** The bindings; the same object in all contexts. */
export function currentExports() {
  return bindings;
}

/**
 * @param {string[]} entries exports that answer calls without being objects: handlers and WorkerEntrypoint classes
 * @param {string[]} classes names of the object classes, in the order of their indices
 * @param {string[]} others names of classes that may be of objects and have no namespace
 */
export function makeExports(entries, classes, others) {
  const made = {};
  for (const name of entries) made[name] = makeLoopbackStub(name);
  for (let index = 0; index < classes.length; index++) made[classes[index]] = makeLoopbackNamespace(classes[index], index);
  for (const name of others) made[name] = makeLoopbackClass(name);
  bindings = made;
}
