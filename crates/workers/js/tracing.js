// `tracing` of `cloudflare:workers`: spans of a program's own. Nobody records them here, which a span says of itself
// (`isTraced`), as in workerd without a collector.

import { argumentError } from "../web/type_errors.js";
import { defineInterface, illegalConstructor, internalToken } from "../web/webidl.js";

const { apply } = Reflect;

export class Span {
  constructor(token) {
    if (token !== internalToken) throw illegalConstructor();
  }

  get isTraced() {
    return false;
  }

  setAttribute() {
    return this;
  }

  setAttributes() {
    return this;
  }

  end() {}
}

defineInterface(Span);

function runIn(method, callback, args) {
  if (typeof callback !== "function") throw argumentError(method, "Tracing", 2, "function");
  return apply(callback, undefined, [new Span(internalToken), ...args]);
}

export class Tracing {
  constructor(token) {
    if (token !== internalToken) throw illegalConstructor();
  }

  /** Calls `callback(span, ...args)` and gives what that gives; the span ends with it. */
  enterSpan(_name, callback, ...args) {
    return runIn("enterSpan", callback, args);
  }

  startActiveSpan(_name, callback, ...args) {
    return runIn("startActiveSpan", callback, args);
  }

  startSpan() {
    return new Span(internalToken);
  }

  get Span() {
    return Span;
  }
}

defineInterface(Tracing);

export const tracing = new Tracing(internalToken);
