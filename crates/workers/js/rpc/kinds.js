// What may be called by reference.

import { RpcTarget } from "./target.js";

const { getPrototypeOf } = Object;
const ObjectPrototype = Object.prototype;

/** Whether others may call it: a function, an RpcTarget, a plain object, or a proxy that looks like one of them. */
export function mayBeStub(value) {
  return typeof value === "function" || value instanceof RpcTarget || getPrototypeOf(value) === ObjectPrototype;
}
