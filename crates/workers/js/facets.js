// DurableObjectFacets: `ctx.facets`, objects inside an object.

import { op_facet_abort, op_facet_clone, op_facet_delete, op_facet_open, op_facet_refused, op_facet_started } from "holdfast:ops";
import { refuseToClone } from "../web/clonable.js";
import { argumentError, fieldError } from "../web/type_errors.js";
import { defineInterface, illegalConstructor, illegalInvocation, internalToken, isObject } from "../web/webidl.js";
import { describe, packThrown } from "./dispatch.js";
import { hexOf, isId } from "./id.js";
import { classPartsOf } from "./object_class.js";
import { makeFacetStub } from "./stub.js";

const NAME = "DurableObjectFacets";

const { apply } = Reflect;
const { then } = Promise.prototype;
const resolvePromise = Promise.resolve.bind(Promise);

let managerOf;

export class DurableObjectFacets {
  /** The host object that knows whose facets these are. */
  #manager;

  constructor(token, manager) {
    if (token !== internalToken) throw illegalConstructor();
    this.#manager = manager;
  }

  /** The facet is started by its first call, which asks `getStartupOptions` for its class if it is not running. */
  get(name, getStartupOptions) {
    const manager = managerOf(this);
    if (arguments.length < 1) throw argumentError("get", NAME, 1, "string");
    const text = `${name}`;
    if (typeof getStartupOptions !== "function") throw argumentError("get", NAME, 2, "function");
    return makeFacetStub(op_facet_open(manager, text, getStartupOptions));
  }

  abort(name, reason) {
    const manager = managerOf(this);
    if (arguments.length < 1) throw argumentError("abort", NAME, 1, "string");
    const text = `${name}`;
    if (arguments.length < 2) throw argumentError("abort", NAME, 2, "Value");
    op_facet_abort(manager, text, packThrown(reason), describe(reason));
  }

  delete(name) {
    const manager = managerOf(this);
    if (arguments.length < 1) throw argumentError("delete", NAME, 1, "string");
    op_facet_delete(manager, `${name}`);
  }

  clone(source, target) {
    const manager = managerOf(this);
    if (arguments.length < 1) throw argumentError("clone", NAME, 1, "string");
    const from = `${source}`;
    if (arguments.length < 2) throw argumentError("clone", NAME, 2, "string");
    op_facet_clone(manager, from, `${target}`);
  }

  static {
    managerOf = (facets) => {
      if (!isObject(facets) || !(#manager in facets)) throw illegalInvocation();
      return facets.#manager;
    };
  }
}

defineInterface(DurableObjectFacets);
refuseToClone(DurableObjectFacets);

export function makeFacets(manager) {
  return new DurableObjectFacets(internalToken, manager);
}

// --- starting --------------------------------------------------------------------------------------

const CLASS_TYPES = "DurableObjectClass or LoopbackDurableObjectNamespace or LoopbackColoLocalActorNamespace";

/** Asks the callback of get() what to start, and tells the host. Called by the host. */
export function startFacet(start, callback) {
  const refuse = (error) => op_facet_refused(start, packThrown(error), describe(error));
  const accept = (options) => {
    try {
      begin(start, options);
    } catch (error) {
      refuse(error);
    }
  };
  try {
    const given = apply(callback, globalThis, []);
    if (given !== undefined && given !== null && !isObject(given)) {
      throw new TypeError("Callback returned incorrect type; expected 'Promise'");
    }
    apply(then, resolvePromise(given), [accept, refuse]);
  } catch (error) {
    refuse(error);
  }
}

function begin(start, options) {
  if (options !== undefined && options !== null && !isObject(options)) {
    throw new TypeError("Incorrect type for Promise: the Promise did not resolve to 'StartupOptions'.");
  }
  if (!isObject(options)) {
    throw new TypeError("The callback of ctx.facets.get() must return an object with the class of the facet: { class, id? }.");
  }
  const { class: Class, id } = options;
  const parts = classPartsOf(Class);
  if (parts === undefined) throw fieldError("class", "StartupOptions", CLASS_TYPES);
  const { worker, name, props } = parts;
  if (id === undefined) op_facet_started(start, worker, name, props);
  else if (isId(id)) op_facet_started(start, worker, name, props, hexOf(id), id.name, false);
  else op_facet_started(start, worker, name, props, `${id}`, undefined, true);
}
