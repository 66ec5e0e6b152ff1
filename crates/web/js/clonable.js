// What structuredClone() and storage refuse to copy, and which platform objects can be copied.
//
// The engine's structured clone takes every object that is no exotic one and copies its own properties. For instances
// of a program's classes that is what Workers do. The platform's own classes keep their state in private fields, so
// their copies would be empty objects: they are refused here.

import { AbortController, AbortSignal } from "./abort.js";
import { Blob } from "./blob.js";
import { Crypto, CryptoKey, SubtleCrypto } from "./crypto/crypto.js";
import { DOMException } from "./dom_exception.js";
import { TextDecoder, TextEncoder } from "./encoding.js";
import { errorDetails } from "./error_details.js";
import { Event } from "./event.js";
import { EventTarget } from "./event_target.js";
import { File } from "./file.js";
import { FormData } from "./form_data.js";
import { Headers } from "./headers.js";
import { Navigator } from "./navigator.js";
import { Performance } from "./performance.js";
import { SymbolToStringTag, uncurryThis } from "./primordials.js";
import { Request } from "./request.js";
import { Response } from "./response.js";
import * as streams from "./streams/index.js";
import { Scheduler } from "./timers.js";
import { URL } from "./url.js";
import { URLSearchParams } from "./url_search_params.js";

const { getPrototypeOf } = Object;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const { isError } = Error;
const ObjectPrototype = Object.prototype;
const ArrayPrototype = Array.prototype;
const SetConstructor = Set;
const MapPrototypeForEach = uncurryThis(Map.prototype.forEach);
const SetPrototypeAdd = uncurryThis(Set.prototype.add);
const SetPrototypeForEach = uncurryThis(Set.prototype.forEach);
const SetPrototypeHas = uncurryThis(Set.prototype.has);
const WeakMapPrototypeGet = uncurryThis(WeakMap.prototype.get);

/** Arrays beyond this length may be sparse, so that only their elements are visited. */
const DENSE_LENGTH_MAX = 1 << 20;

/** Prototype of a class → why its instances are refused. */
const refused = new WeakMap();

/**
 * Makes structured clone refuse the instances of a class, and of the classes derived from it, with a DataCloneError.
 *
 * @param {Function} Class
 * @param {string} [message]
 */
export function refuseToClone(
  Class,
  message = `Could not serialize object of type "${Class.name}". This type does not support serialization.`,
) {
  refused.set(Class.prototype, message);
}

const unsupported = [
  ...[AbortController, Crypto, CryptoKey, Event, EventTarget, File, FormData, Navigator, Performance, Scheduler],
  ...[SubtleCrypto, TextDecoder, TextEncoder, URL, URLSearchParams],
];
for (const Class of unsupported) refuseToClone(Class);
for (const Class of Object.values(streams)) {
  if (typeof Class === "function" && Class.prototype !== undefined) refuseToClone(Class);
}
refuseToClone(streams.ReadableStream, "ReadableStream can only be serialized for RPC.");
refuseToClone(streams.WritableStream, "WritableStream can only be serialized for RPC.");
refuseToClone(AbortSignal, "AbortSignal serialization is not enabled.");
// These can be copied while the program runs (clone_platform.js), but their copies cannot be kept.
const COPYABLE = [Blob, DOMException, Headers, Request, Response];
for (const Class of COPYABLE) {
  refuseToClone(
    Class,
    `Storing an object of type "${Class.name}" is not supported by Holdfast yet: store its parts instead.`,
  );
}
const copyable = new WeakSet(COPYABLE.map((Class) => Class.prototype));
const WeakSetPrototypeHas = uncurryThis(WeakSet.prototype.has);

const isOf = (getSize) => (object) => {
  // Nearly all objects say by their tag that they are neither.
  if (object[SymbolToStringTag] === undefined) return false;
  try {
    getSize(object);
    return true;
  } catch {
    return false;
  }
};
const getter = (prototype, name) => uncurryThis(Object.getOwnPropertyDescriptor(prototype, name).get);
const isMap = isOf(getter(Map.prototype, "size"));
const isSet = isOf(getter(Set.prototype, "size"));

const isObject = (value) => typeof value === "object" && value !== null;

/**
 * Throws a DataCloneError if `value` is or holds an object of a platform class. Everything else is the business of the
 * engine's structured clone, which refuses functions and the like itself.
 */
export function checkClonable(value) {
  if (isObject(value)) checkObject(value, false);
  else if (typeof value === "function") checkPrototypes(getPrototypeOf(value), false);
}

/**
 * As checkClonable(), but lets those pass that clone_platform.js can copy.
 * @returns {boolean} whether there are any, or errors of which the engine does not copy all
 */
export function holdsPlatformObjects(value) {
  return isObject(value) && checkObject(value, true);
}

function checkObject(root, mayCopy) {
  let found = false;
  // Containers still to be looked into; with `seen` once there is a second one, against cycles.
  const waiting = [root];
  let seen;
  const look = (item) => {
    // Some of the platform's classes are functions. Those that can be copied are not among them.
    if (typeof item === "function" && !mayCopy) checkPrototypes(getPrototypeOf(item), false);
    if (!isObject(item) || isView(item)) return;
    if (seen === undefined) SetPrototypeAdd((seen = new SetConstructor()), root);
    if (SetPrototypeHas(seen, item)) return;
    SetPrototypeAdd(seen, item);
    waiting[waiting.length] = item;
  };
  while (waiting.length > 0) {
    const object = waiting[waiting.length - 1];
    waiting.length--;
    if (isView(object)) continue;
    const prototype = getPrototypeOf(object);
    if (prototype !== ObjectPrototype && prototype !== ArrayPrototype && checkPrototypes(prototype, mayCopy)) {
      found = true;
      continue;
    }
    if (isError(object)) {
      look(object.cause);
      look(object.errors);
      const details = errorDetails(object);
      if (details.length > 0) found = true;
      for (let i = 0; i < details.length; i++) look(object[details[i]]);
      continue;
    }
    if (isArray(object) && object.length <= DENSE_LENGTH_MAX) {
      for (let i = 0; i < object.length; i++) look(object[i]);
    } else if (!lookIntoCollection(object, look)) {
      for (const key in object) look(object[key]);
    }
  }
  return found;
}

/** Throws if one of these prototypes is that of a class that is refused; true if it is of one that can be copied. */
function checkPrototypes(first, mayCopy) {
  for (let prototype = first; prototype !== null; prototype = getPrototypeOf(prototype)) {
    if (mayCopy && WeakSetPrototypeHas(copyable, prototype)) return true;
    const message = WeakMapPrototypeGet(refused, prototype);
    if (message !== undefined) throw new DOMException(message, "DataCloneError");
  }
  return false;
}

/** Looks at the members of a Map or Set; false if it is neither. */
function lookIntoCollection(object, look) {
  if (isMap(object)) {
    MapPrototypeForEach(object, (value, key) => {
      look(key);
      look(value);
    });
    return true;
  }
  if (isSet(object)) {
    SetPrototypeForEach(object, (member) => look(member));
    return true;
  }
  return false;
}
