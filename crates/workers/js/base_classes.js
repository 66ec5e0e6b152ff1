// The classes of `cloudflare:workers` that programs extend.

import { isObject } from "../web/webidl.js";
import { isState } from "./state.js";

const { getPrototypeOf } = Object;

/** As in workerd, an object that inherits from a state will do: tools that watch a program wrap the state so. */
function inheritsState(value) {
  for (let object = value; isObject(object); object = getPrototypeOf(object)) if (isState(object)) return true;
  return false;
}

function wrongParameter(name, index, type) {
  return new TypeError(`Failed to construct '${name}': constructor parameter ${index} is not of type '${type}'.`);
}

export class DurableObject {
  constructor(ctx, env) {
    if (!inheritsState(ctx)) throw wrongParameter("DurableObjectBase", 1, "DurableObjectState");
    if (!isObject(env)) throw wrongParameter("DurableObjectBase", 2, "Object");
    this.ctx = ctx;
    this.env = env;
  }
}

export class WorkerEntrypoint {
  constructor(ctx, env) {
    if (!isObject(ctx)) throw wrongParameter("WorkerEntrypoint", 1, "ExecutionContext");
    if (!isObject(env)) throw wrongParameter("WorkerEntrypoint", 2, "Object");
    this.ctx = ctx;
    this.env = env;
  }
}

export class WorkflowEntrypoint {
  constructor() {
    throw new Error("WorkflowEntrypoint is not supported by Holdfast yet: Workflows cannot be run.");
  }
}

