// Stubs of services and of objects: fetch() and remote method calls.
//
// A stub is pure data until its first call; making one wakes nothing. Every property that the stub does
// not have itself stands for a method or property of the object (`stub.name(...)`, `await stub.name`).

import { op_call_fetch, op_proxy_target, op_rpc_service, op_stub_open } from "holdfast:ops";
import { fetchThrough } from "../web/fetch.js";
import { refuseToClone } from "../web/clonable.js";
import { argumentError } from "../web/type_errors.js";
import { defineInterface, illegalConstructor, illegalInvocation, internalToken } from "../web/webidl.js";
import { hexOf } from "./id.js";
import { propsIn } from "./loopback_options.js";
import { makeProperty, Route } from "./rpc/remote.js";

const { defineProperty } = Object;
const { get: reflectGet } = Reflect;

let routeOfTarget, openObject;

/** A service that can be fetched from and called; the base of object stubs. */
export class ServiceStub {
  #route;

  constructor(token, route = undefined) {
    if (token !== internalToken) throw illegalConstructor();
    this.#route = route;
  }

  fetch(input, init = undefined) {
    const route = routeOf(this);
    if (route === undefined) return Promise.reject(illegalInvocation());
    if (arguments.length === 0) return Promise.reject(argumentError("fetch", "Fetcher", 1, "Request or string"));
    return fetchThrough((request) => send(route.channel, request), "Fetcher", input, init);
  }

  static {
    routeOfTarget = (target) => {
      if (typeof target !== "object" || target === null || !(#route in target)) return undefined;
      return (target.#route ??= new Route(openObject(target)));
    };
  }
}

/** The stub of a facet, which only the parent can use. It looks like any other. */
class FacetStub extends ServiceStub {}

const NOT_SENT = "Stubs pointing to Durable Object facets are not serializable.";

/** Named as Workers name it; `cloudflare:workers` has another class of this name. */
export const DurableObjectStub = class DurableObject extends ServiceStub {
  #class;

  constructor(token, classIndex, id) {
    super(token);
    this.#class = classIndex;
    defineProperty(this, "name", { __proto__: null, value: id.name, enumerable: true });
    defineProperty(this, "id", { __proto__: null, value: id, enumerable: true });
  }

  static {
    openObject = (stub) => op_stub_open(stub.#class, hexOf(stub.id), stub.name);
  }
};

// `cloudflare:workers` exports it under the other name.
defineProperty(ServiceStub, "name", { __proto__: null, value: "Fetcher" });
defineInterface(ServiceStub);
defineInterface(DurableObjectStub);
// Nothing of it can be seen.
defineProperty(FacetStub.prototype, "constructor", { __proto__: null, value: ServiceStub, writable: true, configurable: true });
refuseToClone(FacetStub, NOT_SENT);
refuseToClone(ServiceStub, "ServiceStub cannot be serialized in this context.");

function send(channel, request) {
  const { method, url, headers, body, cf } = request;
  return op_call_fetch(channel, method, url, headers, body, cf === undefined ? undefined : JSON.stringify(cf));
}

const handler = {
  get(target, key) {
    const own = reflectGet(target, key, target);
    if (own !== undefined || typeof key === "symbol" || key in target) return own;
    // A stub is not a thenable: awaiting it gives the stub.
    if (key === "then") return undefined;
    return makeProperty(routeOfTarget(target), [key]);
  },
};

export function makeStub(classIndex, id) {
  return new Proxy(new DurableObjectStub(internalToken, classIndex, id), handler);
}

/** The stub of what a channel of the host leads to. */
export function makeServiceStub(channel) {
  return new Proxy(new ServiceStub(internalToken, new Route(channel)), handler);
}

/** The stub of a facet. */
export function makeFacetStub(channel) {
  return new Proxy(new FacetStub(internalToken, new Route(channel)), handler);
}

/** Why a stub cannot be sent, if it cannot. */
export function whyNotSent(value) {
  return op_proxy_target(value) instanceof FacetStub ? NOT_SENT : undefined;
}

/** The stub of an entry of the Worker of this name; undefined means the program's own. */
export function makeEntryStub(worker, entry, props) {
  return makeServiceStub(op_rpc_service(worker, entry, props));
}

// --- loopback bindings -----------------------------------------------------------------------------

/** Routes of stubs that can also be called, for a copy with other properties. */
const loopbacks = new WeakMap();

class LoopbackServiceStub extends ServiceStub {}

defineInterface(LoopbackServiceStub);
refuseToClone(LoopbackServiceStub);

class LoopbackTraps {
  constructor(stub, specialize) {
    this.stub = stub;
    this.specialize = specialize;
  }

  get(_target, key) {
    return key === "constructor" ? LoopbackServiceStub : this.stub[key];
  }

  has(_target, key) {
    return key in this.stub;
  }

  getPrototypeOf() {
    return LoopbackServiceStub.prototype;
  }

  apply(_target, _this, args) {
    return this.specialize(propsIn(args, "LoopbackServiceStub"));
  }

  defineProperty() {
    return false;
  }

  preventExtensions() {
    return false;
  }

  ownKeys() {
    return [];
  }

  getOwnPropertyDescriptor() {
    return undefined;
  }
}

/** A stub of an entry that can be called with `{ props }`. */
export function makeLoopbackStub(entry) {
  const stub = makeEntryStub(undefined, entry, undefined);
  const target = () => {};
  loopbacks.set(target, routeOfTarget(op_proxy_target(stub)));
  return new Proxy(
    target,
    new LoopbackTraps(stub, (props) => makeEntryStub(undefined, entry, props)),
  );
}

/** The route of a stub of a service or an object, or undefined for anything else. */
export function routeOf(value) {
  const target = op_proxy_target(value);
  return typeof target === "function" ? loopbacks.get(target) : routeOfTarget(target);
}
