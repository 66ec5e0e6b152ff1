// ExecutionContext: the `ctx` of a stateless handler.

import { op_background_begin, op_background_end } from "holdfast:ops";
import { defineInterface, illegalConstructor, internalToken } from "../web/webidl.js";
import { reportException } from "../web/report_error.js";
import { argumentError } from "../web/type_errors.js";
import { currentExports } from "./exports.js";
import { hasExports } from "./flags.js";

const { defineProperty } = Object;
const { apply } = Reflect;
const { then } = Promise.prototype;
const resolvePromise = Promise.resolve.bind(Promise);

/** Keeps the current context alive until `promise` settles; a rejection is logged and harms nothing. */
export function waitUntil(promise) {
  const task = op_background_begin();
  apply(then, resolvePromise(promise), [
    () => op_background_end(task),
    (error) => {
      op_background_end(task);
      reportException(error);
    },
  ]);
}

export class ExecutionContext {
  #props;

  constructor(token, props) {
    if (token !== internalToken) throw illegalConstructor();
    this.#props = props;
    if (hasExports()) defineProperty(this, "exports", { __proto__: null, get: currentExports, enumerable: true, configurable: true });
  }

  waitUntil(promise) {
    if (arguments.length === 0) throw argumentError("waitUntil", "ExecutionContext", 1, "Promise");
    waitUntil(promise);
  }

  passThroughOnException() {}

  get props() {
    return this.#props;
  }
}

defineInterface(ExecutionContext);

/** @param props what the caller's configuration gives, if anything */
export function makeExecutionContext(props = undefined) {
  return new ExecutionContext(internalToken, props ?? {});
}
