// inspect() and format() as node:util has them; what they do is the Web platform's console's, too.

import { formatWithOptions as formatArguments } from "holdfast:web/format";
import { inspect } from "holdfast:web/inspect";
import { ERR_INVALID_ARG_TYPE } from "./errors.js";

export function format(...args) {
  return formatArguments(undefined, args);
}

export function formatWithOptions(inspectOptions, ...args) {
  if (typeof inspectOptions !== "object" || inspectOptions === null) {
    throw new ERR_INVALID_ARG_TYPE("inspectOptions", "object", inspectOptions);
  }
  return formatArguments(inspectOptions, args);
}

export { inspect };
