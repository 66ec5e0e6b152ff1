// DurableObjectClass: a class of objects without a namespace. It is of use to `ctx.facets.get()` only.

import { refuseToClone } from "../web/clonable.js";
import { defineInterface, illegalConstructor, internalToken } from "../web/webidl.js";

let partsOf;

export class DurableObjectClass {
  #parts;

  constructor(token, parts) {
    if (token !== internalToken) throw illegalConstructor();
    this.#parts = parts;
  }

  static {
    partsOf = (value) => (typeof value === "object" && value !== null && #parts in value ? value.#parts : undefined);
  }
}

defineInterface(DurableObjectClass);
refuseToClone(DurableObjectClass, "DurableObjectClass cannot be serialized in this context.");

/**
 * What a class is made of.
 * @typedef {{ worker: string | undefined, name: string, props: object | undefined }} ClassParts
 *   `worker` may be left out for the program's own
 */

/** @param {ClassParts} parts */
export function makeObjectClass(parts) {
  return new DurableObjectClass(internalToken, parts);
}

/** The parts of a DurableObjectClass; undefined for anything else. */
export { partsOf };

/** Loopback bindings of classes (loopback_class.js) → { Interface, parts, namespace }. */
const loopbacks = new WeakMap();

export function addLoopback(binding, of) {
  loopbacks.set(binding, of);
}

/** What a loopback binding of a class is of; undefined for anything else. */
export function loopbackOf(value) {
  return typeof value === "function" ? loopbacks.get(value) : undefined;
}

/** The parts of whatever may stand for a class; undefined for anything else. */
export function classPartsOf(value) {
  return partsOf(value) ?? loopbackOf(value)?.parts;
}
