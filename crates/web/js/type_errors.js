// TypeErrors for arguments of the wrong type, in the words that Workers give.
//
// Each function returns the error; the caller throws (or rejects with) it, so that the stack starts at the caller.

/** `parameter` counts from 1. */
export function argumentError(method, interfaceName, parameter, type) {
  return new TypeError(
    `Failed to execute '${method}' on '${interfaceName}': parameter ${parameter} is not of type '${type}'.`,
  );
}

export function constructorArgumentError(interfaceName, parameter, type) {
  return new TypeError(
    `Failed to construct '${interfaceName}': constructor parameter ${parameter} is not of type '${type}'.`,
  );
}

export function propertyError(property, interfaceName, type) {
  return new TypeError(
    `Failed to set the '${property}' property on '${interfaceName}': the provided value is not of type '${type}'.`,
  );
}

export function fieldError(field, dictionary, type) {
  return new TypeError(
    `Incorrect type for the '${field}' field on '${dictionary}': the provided value is not of type '${type}'.`,
  );
}

/** For a member of a list that is to be a list itself. */
export function sequenceError() {
  return new TypeError("Incorrect type: the provided value is not of type 'Sequence'.");
}

/** The name under which global functions report their arguments. */
export const GLOBAL_SCOPE = "ServiceWorkerGlobalScope";
