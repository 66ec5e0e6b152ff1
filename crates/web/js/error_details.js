// What belongs to an error and is no part of the engine's clone of it: own properties, and names of its own. Workers
// copy them with the compatibility flag `enhanced_error_serialization`.

import { enabled } from "./compat.js";

const { getOwnPropertyNames } = Object;
const ErrorNames = new Set([
  "Error", "AggregateError", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError",
]);
/** What the engine copies, or what says where in this program an error was made. */
const Cloned = new Set(["message", "stack", "cause", "errors", "fileName", "lineNumber", "columnNumber"]);
const AggregateErrorConstructor = AggregateError;

/** The keys of what a clone of the error lacks, the name first. */
export function errorDetails(error) {
  if (!enabled("enhanced_error_serialization")) return [];
  const isAggregate = error instanceof AggregateErrorConstructor;
  const details = ErrorNames.has(error.name) ? [] : ["name"];
  for (const key of getOwnPropertyNames(error)) {
    if (key !== "name" && (!Cloned.has(key) || (key === "errors" && !isAggregate))) details.push(key);
  }
  return details;
}
