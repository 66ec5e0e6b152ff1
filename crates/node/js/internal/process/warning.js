// process.emitWarning().

import { queueMicrotask } from "holdfast:web/timers";
import { ERR_INVALID_ARG_TYPE } from "../errors.js";

const { captureStackTrace, isError } = Error;

/** The object on which `warning` is emitted, once somebody has asked for it. */
let emitter;

export function setWarningEmitter(process) {
  emitter = process;
}

/** What the overloads mean: `(options)`, `(type, code, constructor)`, `(type, constructor)`, `(constructor)`. */
function interpret(options, codeOrConstructor, maybeConstructor) {
  if (typeof options === "object" && !Array.isArray(options)) {
    return { name: options.type, code: options.code, detail: options.detail, make: options.ctor };
  }
  if (typeof options === "function") return { make: options };
  if (options === undefined) return {};
  if (typeof options !== "string") throw new ERR_INVALID_ARG_TYPE("options", "object", options);
  const hasCode = typeof codeOrConstructor === "string";
  const make = hasCode ? maybeConstructor : codeOrConstructor;
  if (make !== undefined && typeof make !== "function") throw new ERR_INVALID_ARG_TYPE("ctor", "function", make);
  return { name: options, code: hasCode ? codeOrConstructor : undefined, make };
}

export function emitWarning(warning, options, codeOrConstructor, maybeConstructor) {
  const { name, code, detail, make } = interpret(options, codeOrConstructor, maybeConstructor);
  let error;
  if (typeof warning === "string") {
    error = new (make || Error)(warning);
    error.name = name || "Warning";
  } else if (isError(warning)) {
    error = warning;
    if (name && name !== "Warning") error.name = name;
  } else {
    throw new ERR_INVALID_ARG_TYPE("warning", "string or Error", warning);
  }
  if (code) error.code = code;
  if (detail && typeof detail === "string") error.detail = detail;
  captureStackTrace(error, make || emitWarning);
  queueMicrotask(() => {
    emitter?.emit("warning", error);
  });
}
