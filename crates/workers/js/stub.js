// Stubs of objects: fetch() and remote method calls.
//
// A stub is pure data until its first call; making one wakes nothing. Every property that the stub does
// not have itself stands for a method or property of the object (`stub.name(...)`, `await stub.name`).

import { op_call_fetch, op_call_method, op_stub_open } from "holdfast:ops";
import { fetchThrough } from "../web/fetch.js";
import { refuseToClone } from "../web/clonable.js";
import { argumentError } from "../web/type_errors.js";
import { defineInterface, illegalConstructor, internalToken } from "../web/webidl.js";
import { hexOf } from "./id.js";
import { pack } from "./serialize.js";

const { apply, get: reflectGet } = Reflect;
const { then, catch: promiseCatch, finally: promiseFinally } = Promise.prototype;

/** Longest chain of properties that one call may walk. */
const PATH_MAX = 64;

/** A service that can be fetched from and called; the base of object stubs. */
export class Fetcher {
  constructor(token) {
    if (token !== internalToken) throw illegalConstructor();
  }
}

Object.defineProperty(Fetcher, "name", { value: "Fetcher" });

let channelOf;

/** Named as Workers name it; `cloudflare:workers` has another class of this name. */
export const DurableObjectStub = class DurableObject extends Fetcher {
  #class;
  #channel;

  constructor(token, classIndex, id) {
    super(token);
    this.#class = classIndex;
    Object.defineProperty(this, "id", { value: id, enumerable: true });
    Object.defineProperty(this, "name", { value: id.name, enumerable: true });
  }

  fetch(input, init = undefined) {
    if (arguments.length === 0) return Promise.reject(argumentError("fetch", "Fetcher", 1, "Request or string"));
    return fetchThrough((request) => send(this.#open(), request), "Fetcher", input, init);
  }

  #open() {
    return (this.#channel ??= op_stub_open(this.#class, hexOf(this.id), this.name));
  }

  static {
    channelOf = (stub) => stub.#open();
  }
};

defineInterface(Fetcher);
defineInterface(DurableObjectStub);
refuseToClone(Fetcher, "ServiceStub cannot be serialized in this context.");

function send(channel, request) {
  const { method, url, headers, body, cf } = request;
  return op_call_fetch(channel, method, url, headers, body, cf === undefined ? undefined : JSON.stringify(cf));
}

function call(channel, path, args) {
  let parcel;
  for (let i = 0; i < args.length; i++) {
    const value = args[i];
    if (typeof value === "object" ? value !== null : typeof value === "function" || typeof value === "symbol") {
      try {
        parcel = pack(args);
      } catch (error) {
        return Promise.reject(error);
      }
      break;
    }
  }
  return op_call_method(channel, path, parcel ?? args);
}

/** A property of a remote object: callable, awaitable, and with properties of its own. */
export class RpcProperty {
  constructor() {
    throw illegalConstructor();
  }
}

class RpcPromise {
  constructor() {
    throw illegalConstructor();
  }
}

export { RpcPromise };

/** The traps of one property's proxy; calls go to the target function without passing here. */
class PropertyTraps {
  constructor(channel, path) {
    this.channel = channel;
    this.path = path;
    this.value = undefined;
  }

  /** Awaiting the property reads it, once. */
  read() {
    return (this.value ??= op_call_method(this.channel, this.path, undefined));
  }

  get(target, key, receiver) {
    switch (key) {
      case "then":
        return (onFulfilled, onRejected) => apply(then, this.read(), [onFulfilled, onRejected]);
      case "catch":
        return (onRejected) => apply(promiseCatch, this.read(), [onRejected]);
      case "finally":
        return (onFinally) => apply(promiseFinally, this.read(), [onFinally]);
    }
    if (typeof key === "symbol") return reflectGet(target, key, receiver);
    if (this.path.length >= PATH_MAX) {
      throw new TypeError(`RPC pipelined property path is too deep (max ${PATH_MAX}).`);
    }
    return makeProperty(this.channel, [...this.path, key]);
  }

  getPrototypeOf() {
    return RpcProperty.prototype;
  }
}

function makeProperty(channel, path) {
  return new Proxy((...args) => call(channel, path, args), new PropertyTraps(channel, path));
}

const handler = {
  get(target, key) {
    const own = reflectGet(target, key, target);
    if (own !== undefined || typeof key === "symbol" || key in target) {
      return key === "fetch" && typeof own === "function" ? bound(target, own) : own;
    }
    // A stub is not a thenable: awaiting it gives the stub.
    if (key === "then") return undefined;
    return makeProperty(channelOf(target), [key]);
  },
};

// `fetch` works also when torn off; a method set on the stub by the program is its own affair.
function bound(target, method) {
  return method === DurableObjectStub.prototype.fetch ? (...args) => apply(method, target, args) : method;
}

export function makeStub(classIndex, id) {
  return new Proxy(new DurableObjectStub(internalToken, classIndex, id), handler);
}
