// The caller's side of calls: stubs, promises for results, and properties of either.
//
// None of them is what it looks like: every property that a stub does not have itself stands for one of the remote
// value, so all are proxies. Reading a property does nothing; calling or awaiting it makes a call.

import {
  op_call_method, op_call_pipelined, op_promise_peek, op_proxy_target, op_rpc_dispose, op_rpc_dup, op_rpc_export,
} from "holdfast:ops";
import { PromiseReject, PromisePrototypeThen } from "../../web/primordials.js";
import { defineInterface, illegalConstructor, illegalInvocation, isObject } from "../../web/webidl.js";
import { mayBeStub } from "./kinds.js";
import { hasReferences, pack, PARAMS } from "./pack.js";
import { disposeAll } from "./results.js";

const { apply, get: reflectGet } = Reflect;
const { catch: promiseCatch, finally: promiseFinally } = Promise.prototype;
const { dispose } = Symbol;

/** Longest chain of properties that one call may walk. */
const PATH_MAX = 64;

export const DISPOSED = "RPC stub used after being disposed.";

// --- sending ----------------------------------------------------------------------------------------

/** Arguments as the host takes them. */
class Prepared {
  constructor(args, careful) {
    const packed = args === undefined ? undefined : pack(args, PARAMS, careful);
    this.value = packed === undefined ? args : packed.parcel;
    this.handles = packed?.handles;
    this.isParcel = packed !== undefined;
    this.fresh = packed?.fresh;
  }

  /** It will not be sent. */
  discard() {
    if (this.fresh !== undefined) disposeAll(this.fresh);
  }
}

function operate(operation, to, path, prepared, isLastTry) {
  return operation(to, path, prepared.value, prepared.handles, prepared.isParcel, isLastTry);
}

/** Calls a method, or without `args` reads a property. A call never throws: what is wrong with it rejects. */
export function call(channel, path, args) {
  if (args === undefined || !hasReferences(args)) return op_call_method(channel, path, args, undefined, false, true);
  try {
    const prepared = new Prepared(args, false);
    const result = operate(op_call_method, channel, path, prepared, false);
    if (result !== null) return result;
    // Something in it has no clone, such as a proxy: that is found by looking closely at everything.
    prepared.discard();
    return operate(op_call_method, channel, path, new Prepared(args, true), true);
  } catch (error) {
    return PromiseReject(error);
  }
}

/** The way of calls through a channel of the host. */
export class Route {
  constructor(channel) {
    this.channel = channel;
  }

  start(path, args) {
    return call(this.channel, path, args);
  }
}

// --- what all have in common --------------------------------------------------------------------

// Their target is shared: nothing may be changed on it.
class Traps {
  /** What the program has set on it. */
  own = undefined;

  has(_target, key) {
    return typeof key === "string" || key in this.prototype;
  }

  set(_target, key, value) {
    (this.own ??= { __proto__: null })[key] = value;
    return true;
  }

  defineProperty() {
    return false;
  }

  deleteProperty(_target, key) {
    return this.own === undefined || delete this.own[key];
  }

  getOwnPropertyDescriptor() {
    return undefined;
  }

  ownKeys() {
    return [];
  }

  preventExtensions() {
    return false;
  }

  setPrototypeOf() {
    return false;
  }

  getPrototypeOf() {
    return this.prototype;
  }

  get(_target, key, receiver) {
    if (this.own !== undefined && key in this.own) return this.own[key];
    if (typeof key === "symbol" || key in this.prototype) return reflectGet(this.prototype, key, receiver);
    // Names are names: what looks like an index is none, as in Workers.
    return INDEX.test(key) ? undefined : this.property(key);
  }
}

const INDEX = /^(?:0|[1-9][0-9]{0,9})$/;

/** The target of proxies that keep nothing in it. */
const CALLABLE = () => {};

// --- properties -----------------------------------------------------------------------------------

/** A property of a remote object: callable, awaitable, and with properties of its own. */
export class RpcProperty {
  constructor() {
    throw illegalConstructor();
  }

  then() {
    throw illegalInvocation();
  }

  catch() {
    throw illegalInvocation();
  }

  finally() {
    throw illegalInvocation();
  }
}

class PropertyTraps extends Traps {
  constructor(root, path) {
    super();
    this.root = root;
    this.path = path;
  }

  apply(_target, _this, args) {
    return makePromise(this.root.start(this.path, args));
  }

  /** Awaiting the property reads it. */
  read() {
    return this.root.start(this.path, undefined);
  }

  get(target, key, receiver) {
    switch (key) {
      case "then":
        return (onFulfilled, onRejected) => PromisePrototypeThen(this.read(), onFulfilled, onRejected);
      case "catch":
        return (onRejected) => apply(promiseCatch, this.read(), [onRejected]);
      case "finally":
        return (onFinally) => apply(promiseFinally, this.read(), [onFinally]);
    }
    return super.get(target, key, receiver);
  }

  property(key) {
    // As in Workers, one more than the message says.
    if (this.path.length > PATH_MAX) {
      throw new TypeError(`RPC pipelined property path is too deep (max ${PATH_MAX}).`);
    }
    return makeProperty(this.root, [...this.path, key]);
  }
}

PropertyTraps.prototype.prototype = RpcProperty.prototype;

/** @param root what has `start(path, args)`: a Route, or the traps of a stub or promise */
export function makeProperty(root, path) {
  return new Proxy(CALLABLE, new PropertyTraps(root, path));
}

// --- promises -------------------------------------------------------------------------------------

/** The result of a call that may be used before it is here. */
export class RpcPromise {
  constructor() {
    throw illegalConstructor();
  }

  then() {
    throw illegalInvocation();
  }

  catch() {
    throw illegalInvocation();
  }

  finally() {
    throw illegalInvocation();
  }

  [dispose]() {
    throw illegalInvocation();
  }
}

class PromiseTraps extends Traps {
  isDisposed = false;

  constructor(promise) {
    super();
    this.promise = promise;
  }

  apply(_target, _this, args) {
    return makePromise(this.start([], args));
  }

  get(target, key, receiver) {
    switch (key) {
      case "then":
        return (onFulfilled, onRejected) => PromisePrototypeThen(this.promise, onFulfilled, onRejected);
      case "catch":
        return (onRejected) => apply(promiseCatch, this.promise, [onRejected]);
      case "finally":
        return (onFinally) => apply(promiseFinally, this.promise, [onFinally]);
      case dispose:
        return () => this.dispose();
    }
    return super.get(target, key, receiver);
  }

  property(key) {
    return makeProperty(this, [key]);
  }

  dispose() {
    if (this.isDisposed) return;
    this.isDisposed = true;
    PromisePrototypeThen(this.promise, disposeValue, () => {});
  }

  /** Calls something on the result: by the call itself while it has not left, else once the result is here. */
  start(path, args) {
    if (this.isDisposed) return PromiseReject(new Error("RPC promise used after being disposed."));
    const outcome = op_promise_peek(this.promise);
    if (outcome !== undefined) {
      const { 0: isFulfilled, 1: value } = outcome;
      if (!isFulfilled) return this.promise;
      if (!isObject(value)) return PromiseReject(new TypeError("Can't pipeline on RPC that did not return an object."));
      return callOn(value, path, args);
    }
    try {
      let prepared = new Prepared(args, false);
      let result = operate(op_call_pipelined, this.promise, path, prepared, false);
      if (result === null) {
        prepared.discard();
        prepared = new Prepared(args, true);
        result = operate(op_call_pipelined, this.promise, path, prepared, true);
      }
      if (result !== false) return result;
      return PromisePrototypeThen(
        this.promise,
        (value) => callPrepared(value, path, prepared),
        (error) => {
          prepared.discard();
          throw error;
        },
      );
    } catch (error) {
      return PromiseReject(error);
    }
  }
}

PromiseTraps.prototype.prototype = RpcPromise.prototype;

export function makePromise(promise) {
  return new Proxy(CALLABLE, new PromiseTraps(promise));
}

// A result that is here is called like everything else: through the host, by way of an export of it.
function callOn(value, path, args) {
  const channel = op_rpc_export(value, false);
  const promise = call(channel, path, args);
  op_rpc_dispose(channel);
  return promise;
}

function callPrepared(value, path, prepared) {
  const channel = op_rpc_export(value, false);
  const promise = operate(op_call_method, channel, path, prepared, true);
  op_rpc_dispose(channel);
  return promise;
}

/** Disposes of the result of a call. */
export function disposeValue(value) {
  if (!isObject(value)) return;
  const disposer = value[dispose];
  if (typeof disposer === "function") apply(disposer, value, []);
}

// --- stubs ----------------------------------------------------------------------------------------

/** Puts private fields on an object that another constructor made. */
class Stamped {
  constructor(object) {
    return object;
  }
}

/** The target of a stub's proxy, which only this module can tell from other functions. */
class StubTarget extends Stamped {
  #traps;

  constructor(object, traps) {
    super(object);
    this.#traps = traps;
  }

  static trapsOf(target) {
    return typeof target === "function" && #traps in target ? target.#traps : undefined;
  }
}

class StubTraps extends Traps {
  constructor(channel) {
    super();
    this.channel = channel;
  }

  apply(_target, _this, args) {
    return makePromise(call(this.channel, [], args));
  }

  // A stub is not a thenable: awaiting it gives the stub.
  get(target, key, receiver) {
    return key === "then" ? undefined : super.get(target, key, receiver);
  }

  property(key) {
    return makeProperty(this, [key]);
  }

  start(path, args) {
    return call(this.channel, path, args);
  }
}

/** A reference to a function, an RpcTarget or a plain object, mostly a remote one. */
export class RpcStub {
  constructor(target) {
    if (!isObject(target)) {
      throw new TypeError("Failed to construct 'JsRpcStub': constructor parameter 1 is not of type 'Object'.");
    }
    if (!mayBeStub(target)) {
      throw new TypeError("RpcStubs can only wrap plain objects, functions, and RpcTarget derivatives.");
    }
    return makeStub(op_rpc_export(target, typeof target[dispose] === "function"));
  }

  dup() {
    const channel = op_rpc_dup(channelOfStub(this));
    if (channel === undefined) throw new Error(DISPOSED);
    return makeStub(channel);
  }

  [dispose]() {
    op_rpc_dispose(channelOfStub(this));
  }
}

StubTraps.prototype.prototype = RpcStub.prototype;

function channelOfStub(stub) {
  const channel = stubChannel(stub);
  if (channel === undefined) throw illegalInvocation();
  return channel;
}

/** The stub of what `channel` leads to. */
export function makeStub(channel) {
  const traps = new StubTraps(channel);
  const target = () => {};
  new StubTarget(target, traps);
  return new Proxy(target, traps);
}

/** The channel of an RpcStub, or undefined for anything else. */
export function stubChannel(value) {
  return typeof value === "function" ? StubTarget.trapsOf(op_proxy_target(value))?.channel : undefined;
}

/** Whether it is a property or promise of this module: what awaiting it gives is not known yet. */
export function isPending(value) {
  return typeof value === "function" && op_proxy_target(value) === CALLABLE;
}

for (const [Class, name] of [[RpcProperty, "JsRpcProperty"], [RpcPromise, "JsRpcPromise"], [RpcStub, "JsRpcStub"]]) {
  defineInterface(Class, { toStringTag: name });
}
