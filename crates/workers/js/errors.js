// Errors on their way from one object to another.
//
// What is thrown is packed into a plain value on its own side and made into an error again at the caller,
// with the properties that say how the call failed (remote, retryable, overloaded, durableObjectReset).

import { holdsPlatformObjects } from "../web/clonable.js";
import { copyRequest, copyResponse } from "../web/clone_platform.js";
import { DOMException, isDOMException } from "../web/dom_exception.js";
import { copyWithPlaces, openPlaces } from "../web/places.js";
import { isRequest } from "../web/request.js";
import { isResponse } from "../web/response.js";
import { hasLegacyErrors } from "./flags.js";
import { describePlatform, revivePlatform } from "./rpc/platform.js";

const { getOwnPropertyDescriptors, defineProperty } = Object;
const { toString: defaultToString } = Object.prototype;

const CLASSES = {
  __proto__: null,
  Error, AggregateError, EvalError, RangeError, ReferenceError, SuppressedError: globalThis.SuppressedError ?? Error,
  SyntaxError, TypeError, URIError,
};

/** Own properties that are not copied: made anew, or a matter of the throwing side. */
const NOT_COPIED = new Set(["message", "stack", "name", "fileName", "lineNumber", "columnNumber", "remote"]);

/** The text of what was thrown, where reading it throws as well: a getter of the program, a proxy that was revoked. */
export const UNREADABLE = "(an error that cannot be read)";

function text(value) {
  try {
    if (typeof value === "object" && value !== null && !Error.isError(value)) return describeObject(value);
    // Unlike a template, this takes symbols.
    return String(value);
  } catch {
    return UNREADABLE;
  }
}

// What V8 calls an object in its messages.
function describeObject(object) {
  if (object.toString !== defaultToString) return Reflect.apply(defaultToString, object, []);
  const { constructor } = object;
  return `#<${typeof constructor === "function" && constructor.name !== "" ? constructor.name : "Object"}>`;
}

/** A value that structured clone takes (as a rule), from anything that can be thrown. Never throws itself. */
export function packError(error) {
  try {
    const packed = pack(error);
    // What is in private fields goes beside it. Nothing that needs the other side's help, such as a stream, is sent.
    if (!holdsPlatformObjects(packed)) return packed;
    return { kind: "places", ...copyWithPlaces(packed, describeCopy) };
  } catch {
    return packErrorPlainly(error);
  }
}

/** What a platform object is made of, if it has a copy; undefined for everything else. */
function describeCopy(value) {
  if (isDOMException(value)) return { kind: "dom", name: value.name, message: value.message, stack: value.stack };
  // They throw where there is no copy.
  if (isRequest(value)) return describePlatform(copyRequest(value));
  if (isResponse(value)) return describePlatform(copyResponse(value));
  return describePlatform(value);
}

function reviveCopy(kind) {
  if (kind.kind !== "dom") return revivePlatform(kind);
  const exception = new DOMException(kind.message, kind.name);
  defineProperty(exception, "stack", { __proto__: null, value: kind.stack, writable: true, configurable: true });
  return exception;
}

function pack(error) {
  if (Error.isError(error)) {
    if (hasLegacyErrors() && !(error instanceof DOMException)) return packLegacy(error);
    const properties = {};
    const descriptors = getOwnPropertyDescriptors(error);
    for (const key of Object.keys(descriptors)) {
      if (!NOT_COPIED.has(key) && "value" in descriptors[key]) properties[key] = descriptors[key].value;
    }
    // DOMExceptions are errors too, and keep their name.
    const dom = error instanceof DOMException;
    const stack = error.stack;
    return {
      kind: dom ? "dom" : "error",
      name: text(error.name),
      message: text(error.message),
      stack: typeof stack === "string" ? stack : undefined,
      properties,
    };
  }
  if (typeof error === "object" && error !== null) return { kind: "value", value: error };
  return { kind: "error", name: "Error", message: text(error), stack: undefined, properties: {} };
}

// Before 2026-04-21 an error was its type and its text. Both Workers have a say where their dates differ: whoever throws
// leaves out the rest, and whoever catches takes a type that is not the language's own for a part of the text.
function packLegacy(error) {
  const cause = getOwnPropertyDescriptors(error).cause;
  const properties = cause !== undefined && "value" in cause ? { cause: cause.value } : {};
  return { kind: "legacy", name: text(error.name), message: text(error.message), stack: undefined, properties };
}

function rebuildLegacy({ kind, name, message, value }) {
  if (kind === "value") return new Error(text(value));
  if (CLASSES[name] !== undefined) return makeError(CLASSES[name], message);
  return new Error(message === "" ? name : `${name}: ${message}`);
}

/** The same without what the program put on it, for when that has no clone. Never throws, and always has one. */
export function packErrorPlainly(error) {
  let name = "Error";
  let message = UNREADABLE;
  try {
    if (Error.isError(error)) {
      message = text(error.message);
      name = text(error.name);
    } else {
      message = text(error);
    }
  } catch {
    // What could be read before stays.
  }
  return { kind: "error", name, message, stack: undefined, properties: {} };
}

function rebuild(packed) {
  if (hasLegacyErrors() && packed.kind !== "dom") return rebuildLegacy(packed);
  if (packed.kind === "value") return packed.value;
  const { message, stack, properties } = packed;
  const name = packed.kind === "legacy" && CLASSES[packed.name] === undefined ? "Error" : packed.name;
  let error;
  if (packed.kind === "dom") {
    error = new DOMException(message, name);
  } else {
    const Class = CLASSES[name];
    error = Class === undefined ? new Error(message) : makeError(Class, message);
    if (error.name !== name) error.name = name;
  }
  for (const key of Object.keys(properties)) {
    defineProperty(error, key, { __proto__: null, value: properties[key], configurable: true, enumerable: true, writable: true });
  }
  if (stack !== undefined) {
    defineProperty(error, "stack", { __proto__: null, value: stack, configurable: true, enumerable: false, writable: true });
  }
  return error;
}

function makeError(Class, message) {
  if (Class === AggregateError) return new AggregateError([], message);
  if (Class === globalThis.SuppressedError) return new Class(undefined, undefined, message);
  return new Class(message);
}

/** A flag of `unpackError`. */
export const REMOTE = 1;

/**
 * The error at the caller.
 * @param packed what packError gave
 * @param {number} flags 1 remote, 2 retryable, 4 overloaded, 8 durableObjectReset
 */
export function unpackError(packed, flags) {
  const error = rebuild(packed.kind === "places" ? openPlaces(packed.parcel, packed.made.map(reviveCopy)) : packed);
  if (typeof error !== "object" || error === null) return error;
  if (flags & REMOTE) error.remote = true;
  if (flags & 2) error.retryable = true;
  if (flags & 4) error.overloaded = true;
  if (flags & 8) error.durableObjectReset = true;
  return error;
}
