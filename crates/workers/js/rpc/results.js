// Results of calls at the caller, and who may dispose of them.

import { op_rpc_dispose } from "holdfast:ops";
import { isObject } from "../../web/webidl.js";
import { openParcel } from "./open.js";

const { apply, defineProperty } = Reflect;
const { dispose } = Symbol;

/** The disposer of results that refer to nothing. */
export function disposeNothing() {}

function addDisposer(object, disposer) {
  defineProperty(object, dispose, { __proto__: null, value: disposer, configurable: true, enumerable: false, writable: true });
  return object;
}

/** A result that is an object and nothing but data. */
export function finishResult(value) {
  return addDisposer(value, disposeNothing);
}

/** A result that is a parcel. */
export function openResult(parcel, handles) {
  const channels = [];
  const value = openParcel(parcel, handles, channels);
  if (parcel.disposer >= 0) channels.push(handles[parcel.disposer]);
  if (!isObject(value)) return value;
  // A stub has a disposer of its own.
  if (typeof value === "function" || dispose in value) return value;
  return addDisposer(value, channels.length === 0 ? disposeNothing : () => disposeAll(channels));
}

export function disposeAll(channels) {
  for (let i = 0; i < channels.length; i++) op_rpc_dispose(channels[i]);
}

/** What the callee exports with a result that has a disposer: nobody calls it, but its release is told. */
export class ResultDisposer {
  #result;
  #disposer;

  constructor(result, disposer) {
    this.#result = result;
    this.#disposer = disposer;
  }

  run() {
    apply(this.#disposer, this.#result, []);
  }

  static is(value) {
    return typeof value === "object" && value !== null && #disposer in value;
  }
}
