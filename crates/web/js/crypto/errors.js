// The exceptions of WebCrypto. Each function returns one; the caller throws it, so that the stack starts there.

import { DOMException } from "../dom_exception.js";

const named = (name) => (message) => new DOMException(message, name);

/** Data of a key is malformed or does not fit the request. */
export const dataError = named("DataError");

/** The key does not allow what is asked of it. */
export const invalidAccessError = named("InvalidAccessError");

/** No such algorithm, or none that can do this. */
export const notSupportedError = named("NotSupportedError");

/** The operation failed for a reason that depends on the algorithm. */
export const operationError = named("OperationError");

/** Usages of a key are missing or wrong. */
export const syntaxError = named("SyntaxError");

/** A required member of a dictionary is missing. */
export function missingField(field, dictionary = "algorithm") {
  return new TypeError(`Missing field "${field}" in "${dictionary}".`);
}
