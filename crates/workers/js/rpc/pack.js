// Values on their way to another context.
//
// The engine's structured clone carries data. It takes every plain object and copies its own properties, also those
// of class instances: between contexts that would lose the class silently, so such values are refused as Workers
// do. What is no data (functions, targets, stubs, streams) and what the platform keeps in private fields (Headers,
// Request …) travels beside it: the value is copied with an empty object in each such place, and a list says what
// belongs there. An error keeps its type and message in the clone; what else belongs to it is in a list, too.

import { op_proxy_target, op_rpc_dup, op_rpc_export, op_rpc_is_open, op_worker_name } from "holdfast:ops";
import { DOMException, isDOMException } from "../../web/dom_exception.js";
import { duplicatesParams } from "../flags.js";
import { loopbackOf, partsOf } from "../object_class.js";
import { routeOf, whyNotSent } from "../stub.js";
import { mayBeStub } from "./kinds.js";
import { describePlatform, isPlatform } from "./platform.js";
import { DISPOSED, isPending, stubChannel } from "./remote.js";
import { disposeAll, disposeNothing, ResultDisposer } from "./results.js";
import { RpcTarget } from "./target.js";

const { defineProperty, getOwnPropertyDescriptors, getPrototypeOf, keys: ObjectKeys } = Object;
const { isView } = ArrayBuffer;
const { isArray } = Array;
const { apply } = Reflect;
const ObjectPrototype = Object.prototype;

/** What is packed: the arguments of a call, or its result. */
export const PARAMS = 0;
export const RESULT = 1;

export function dataCloneError(message) {
  return new DOMException(message, "DataCloneError");
}

function typeName(value) {
  const { constructor } = value;
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "Object";
}

function unsupportedType(name) {
  return dataCloneError(`Could not serialize object of type "${name}". This type does not support serialization.`);
}

/** Built-in classes whose instances no structured clone takes. */
const NEVER_CLONED = [Promise, WeakMap, WeakSet, WeakRef, FinalizationRegistry];
/** The tags of the language's own iterators, generators among them. */
const ITERATOR_TAG = /^(?:Async)?Generator$|^(?:Array|Map|Set|String|RegExp String) Iterator$/;

function notSupported(value) {
  for (const Class of NEVER_CLONED) {
    if (value instanceof Class) return dataCloneError(`#<${Class.name}> could not be cloned.`);
  }
  const tag = value[Symbol.toStringTag];
  if (ITERATOR_TAG.test(tag)) return dataCloneError(`[object ${tag}] could not be cloned.`);
  if (value instanceof AbortSignal) return dataCloneError("AbortSignal serialization is not enabled.");
  return unsupportedType(typeName(value));
}

const BUILT_IN = new Set([
  Boolean.prototype, Number.prototype, String.prototype, BigInt.prototype, Date.prototype, RegExp.prototype,
  ArrayBuffer.prototype,
]);

/** Own properties of errors that the engine's clone keeps, or that say where in this program it was made. */
const NOT_COPIED = new Set(["message", "stack", "cause", "errors", "fileName", "lineNumber", "columnNumber"]);
/** Errors of these names are of the class of that name at the other end. */
const ERROR_NAMES = new Set([
  "Error", "AggregateError", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError",
]);

/** Whether a list of arguments has something in it that must be looked at. */
export function hasReferences(args) {
  for (let i = 0; i < args.length; i++) if (isReference(args[i])) return true;
  return false;
}

function isReference(value) {
  const type = typeof value;
  return (type === "object" && value !== null) || type === "function" || type === "symbol";
}

/**
 * Throws what is wrong with a value that cannot be sent.
 *
 * @param {boolean} careful looks also for proxies, which the clone refuses
 * @returns {{ parcel: object, handles: Array | undefined, fresh: Array } | undefined} what to send in place of `value`, and to
 *   open with `openParcel` (open.js); undefined if the value can be sent as it is. `fresh` are the channels that were made for
 *   it: whoever does not send it disposes of them.
 */
export function pack(value, mode, careful) {
  if (!isReference(value)) return undefined;
  const disposer = mode === RESULT ? ownDisposer(value) : undefined;
  if (!careful && disposer === undefined) {
    const scan = new Scan();
    if (scan.sees(value)) {
      if (scan.found.length === 0) return undefined;
      const { found, details } = scan;
      const parcel = { value, found, details, places: NOTHING, kinds: NOTHING, disposer: -1 };
      return { parcel, handles: undefined, fresh: NOTHING };
    }
  }
  const copy = new Copy(mode);
  const { details, found, fresh, handles, kinds, places } = copy;
  let copied;
  try {
    copied = copy.of(value);
  } catch (error) {
    disposeAll(fresh);
    throw error;
  }
  const disposerAt = disposer === undefined ? -1 : copy.export(new ResultDisposer(value, disposer), true);
  return { parcel: { value: copied, found, details, places, kinds, disposer: disposerAt }, handles, fresh };
}

const NOTHING = [];

// A plain object that is returned may want to know when the caller is done with it.
function ownDisposer(value) {
  if (typeof value !== "object" || getPrototypeOf(value) !== ObjectPrototype) return undefined;
  const disposer = value[Symbol.dispose];
  return typeof disposer === "function" && disposer !== disposeNothing ? disposer : undefined;
}

// --- what both ways have in common ------------------------------------------------------------------

class Walk {
  /** Errors met, and what their clones lack. */
  found = [];
  details = [];

  /** Takes note of an error; `visit` gives what to send of the values of its properties. */
  noteError(error, visit) {
    if (isDOMException(error)) {
      this.#push(error, { dom: true, name: error.name, message: error.message, properties: undefined });
      return;
    }
    const descriptors = getOwnPropertyDescriptors(error);
    const properties = {};
    let count = 0;
    for (const key of ObjectKeys(descriptors)) {
      if (!("value" in descriptors[key])) continue;
      const { value } = descriptors[key];
      const sent = isReference(value) ? visit(value) : value;
      if (NOT_COPIED.has(key) || (key === "name" && ERROR_NAMES.has(value))) continue;
      properties[key] = sent;
      count++;
    }
    if (count > 0) this.#push(error, { dom: false, name: undefined, message: undefined, properties });
  }

  #push(error, detail) {
    this.found.push(error);
    this.details.push(detail);
  }
}

/** Thrown by a Scan that meets what is no data. */
const EXTERNAL = Symbol("external");

/** Looks whether a value is nothing but data. */
class Scan extends Walk {
  #seen = new Set();

  /** Whether it is. */
  sees(value) {
    try {
      this.#visit(value);
      return true;
    } catch (error) {
      if (error === EXTERNAL) return false;
      throw error;
    }
  }

  #visit(value) {
    switch (typeof value) {
      case "function":
        throw EXTERNAL;
      case "symbol":
        throw dataCloneError(`${String(value)} could not be cloned.`);
    }
    const prototype = getPrototypeOf(value);
    if (BUILT_IN.has(prototype) || isView(value)) return;
    if (this.#seen.has(value)) return;
    this.#seen.add(value);
    if (isArray(value)) {
      for (const item of value) if (isReference(item)) this.#visit(item);
    } else if (prototype === ObjectPrototype) {
      for (const key of ObjectKeys(value)) {
        const item = value[key];
        if (isReference(item)) this.#visit(item);
      }
    } else if (op_proxy_target(value) !== undefined) {
      throw EXTERNAL;
    } else if (value instanceof Map) {
      for (const [key, item] of value) {
        if (isReference(key)) this.#visit(key);
        if (isReference(item)) this.#visit(item);
      }
    } else if (value instanceof Set) {
      for (const item of value) if (isReference(item)) this.#visit(item);
    } else if (Error.isError(value)) {
      this.noteError(value, (item) => {
        this.#visit(item);
        return item;
      });
    } else if (value instanceof RpcTarget || isPlatform(value) || partsOf(value) !== undefined) {
      throw EXTERNAL;
    } else {
      throw notSupported(value);
    }
  }
}

/** Copies a value, with an empty object in each place of what is no data. */
class Copy extends Walk {
  places = [];
  kinds = [];
  handles = [];
  fresh = [];
  #mode;
  #copies = new Map();

  constructor(mode) {
    super();
    this.#mode = mode;
  }

  of(value) {
    if (!isReference(value)) return value;
    if (typeof value === "symbol") throw dataCloneError(`${String(value)} could not be cloned.`);
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    if (typeof value === "function") return this.#place(value, this.#function(value));
    if (op_proxy_target(value) !== undefined) return this.#place(value, this.#proxy(value));
    const prototype = getPrototypeOf(value);
    if (BUILT_IN.has(prototype) || isView(value)) return value;
    if (isArray(value)) return this.#array(value);
    if (prototype === ObjectPrototype) return this.#object(value);
    if (value instanceof Map) return this.#map(value);
    if (value instanceof Set) return this.#set(value);
    if (Error.isError(value)) {
      this.#copies.set(value, value);
      this.noteError(value, (item) => this.of(item));
      return value;
    }
    if (value instanceof RpcTarget) return this.#place(value, this.#target(value));
    const parts = partsOf(value);
    if (parts !== undefined) {
      return this.#place(value, { kind: "class", ...parts, worker: parts.worker ?? op_worker_name() });
    }
    const kind = describePlatform(value, this);
    if (kind === undefined) throw notSupported(value);
    return this.#place(value, kind);
  }

  #array(value) {
    const copy = new Array(value.length);
    this.#copies.set(value, copy);
    for (const key of ObjectKeys(value)) copy[key] = this.of(value[key]);
    return copy;
  }

  #object(value) {
    const copy = {};
    this.#copies.set(value, copy);
    for (const key of ObjectKeys(value)) {
      const item = this.of(value[key]);
      if (key === "__proto__") {
        defineProperty(copy, key, { __proto__: null, value: item, configurable: true, enumerable: true, writable: true });
      } else {
        copy[key] = item;
      }
    }
    return copy;
  }

  #map(value) {
    const copy = new Map();
    this.#copies.set(value, copy);
    for (const [key, item] of value) copy.set(this.of(key), this.of(item));
    return copy;
  }

  #set(value) {
    const copy = new Set();
    this.#copies.set(value, copy);
    for (const item of value) copy.add(this.of(item));
    return copy;
  }

  #place(value, kind) {
    const place = {};
    this.#copies.set(value, place);
    this.places.push(place);
    this.kinds.push(kind);
    return place;
  }

  /** Adds a handle of the host; gives its number. */
  handle(handle) {
    this.handles.push(handle);
    return this.handles.length - 1;
  }

  /** Exports something; gives the number of its handle. */
  export(target, wantsDisposal) {
    const channel = op_rpc_export(target, wantsDisposal);
    this.fresh.push(channel);
    return this.handle(channel);
  }

  #function(value) {
    const channel = stubChannel(value);
    if (channel !== undefined) return this.#stub(channel);
    if (isPending(value)) throw unsupportedType(typeName(value));
    const route = routeOf(value);
    if (route !== undefined) return { kind: "service", at: this.handle(route.channel) };
    const binding = loopbackOf(value);
    if (binding !== undefined) throw unsupportedType(binding.Interface.name);
    return this.#target(value);
  }

  #stub(channel) {
    // A stub that is returned, or passed where the program has the older rule, goes over to the other side.
    const stays = this.#mode === PARAMS && duplicatesParams();
    if (!op_rpc_is_open(channel)) throw Object.assign(new Error(DISPOSED), { remote: true });
    if (!stays) return { kind: "stub", at: this.handle(channel) };
    const copy = op_rpc_dup(channel);
    this.fresh.push(copy);
    return { kind: "stub", at: this.handle(copy) };
  }

  #proxy(value) {
    const route = routeOf(value);
    if (route !== undefined) {
      const why = whyNotSent(value);
      if (why !== undefined) throw dataCloneError(why);
      return { kind: "service", at: this.handle(route.channel) };
    }
    if (!mayBeStub(value)) {
      throw dataCloneError(
        "Proxy could not be serialized because it is not a valid RPC receiver type. The Proxy must emulate either a " +
          "plain object or an RpcTarget, as indicated by the Proxy's prototype chain.",
      );
    }
    return this.#target(value);
  }

  #target(value) {
    const target = this.#mode === PARAMS && duplicatesParams() ? duplicate(value) : value;
    const wantsDisposal = typeof target[Symbol.dispose] === "function";
    return { kind: "stub", at: this.export(target, wantsDisposal) };
  }
}

function duplicate(value) {
  const { dup } = value;
  if (typeof dup !== "function") return value;
  const copy = apply(dup, value, []);
  const isFunction = typeof value === "function";
  if (isFunction ? typeof copy === "function" : copy instanceof RpcTarget) return copy;
  throw dataCloneError(`Couldn't create a stub for the ${wrongCopy(value)}`);
}

function wrongCopy(value) {
  const advice = "Either remove the dup() method or make sure it returns";
  const of = "because it has a dup() method which did not return";
  if (op_proxy_target(value) !== undefined) {
    return `Proxy ${of} the same underlying type (RpcTarget or Function) as the Proxy itself represents. ${advice} an RpcTarget.`;
  }
  if (typeof value === "function") return `function ${of} another function. ${advice} a function.`;
  // Spelled as Workers spell it.
  return `RcpTarget ${of} another RpcTarget. ${advice} an RpcTarget.`;
}
