// The entries by which the host runs the program: handlers, constructors, remote calls, critical sections.
//
// A `reply` is the host's handle on whoever waits; each gets exactly one answer.

import {
  op_alarm_missing, op_alarm_succeeded, op_alarm_threw, op_body_cancel, op_reply_error, op_reply_response, op_reply_value, op_section_end,
} from "holdfast:ops";
import { HOST, hostBodyKind } from "../web/body.js";
import { requestFromHost } from "../web/request.js";
import { isResponse, responseToHost } from "../web/response.js";
import { structuredClone } from "../web/structured_clone.js";
import { makeAlarmInvocationInfo } from "./alarm_invocation_info.js";
import { DurableObject, RpcTarget, WorkerEntrypoint, WorkflowEntrypoint } from "./base_classes.js";
import { currentEnv } from "./env.js";
import { packError, packErrorPlainly, UNREADABLE } from "./errors.js";
import { makeExecutionContext } from "./execution_context.js";
import { makeId } from "./id.js";
import { openParcel, pack } from "./serialize.js";
import { makeState } from "./state.js";

const { apply } = Reflect;
const { then } = Promise.prototype;
const resolvePromise = Promise.resolve.bind(Promise);
const ObjectPrototype = Object.prototype;
const { hasOwn, getPrototypeOf } = Object;
const { isArray } = Array;

// --- the program ----------------------------------------------------------------------------------

/** The program's default export: an object of handlers or a WorkerEntrypoint class. */
let worker;
/** Object classes by index: { Class, name, rpc }. */
let classes = [];

function extendsClass(Class, Base) {
  for (let c = Class; typeof c === "function"; c = getPrototypeOf(c)) if (c === Base) return true;
  return false;
}

/**
 * Takes in the main module.
 * @param namespace its module namespace object
 * @param {string[]} names the object classes that have bindings or migrations, in the order of their indices
 * @returns {string | undefined} what is wrong with it
 */
export function load(namespace, names) {
  worker = namespace.default;
  const type = typeof worker;
  if (worker !== undefined && type !== "function" && (type !== "object" || worker === null)) {
    return `The default export is ${worker === null ? "null" : `a ${type}`}; expected an object with handlers such as fetch(), or a class that extends WorkerEntrypoint.`;
  }
  if (type === "function" && !extendsClass(worker, WorkerEntrypoint)) {
    return `The default export is a function or class that does not extend WorkerEntrypoint; expected an object with handlers such as fetch(), or a class that extends WorkerEntrypoint.`;
  }
  classes = [];
  for (const name of names) {
    const Class = namespace[name];
    if (typeof Class !== "function") {
      return `The export "${name}" is ${Class === undefined ? "missing" : "no class"}; a Durable Object binding or migration names it.`;
    }
    if (extendsClass(Class, WorkerEntrypoint) || extendsClass(Class, WorkflowEntrypoint)) {
      return `The class "${name}" extends WorkerEntrypoint or WorkflowEntrypoint; a Durable Object class extends DurableObject.`;
    }
    classes.push({ Class, name, rpc: extendsClass(Class, DurableObject) });
  }
  return undefined;
}

// --- answers --------------------------------------------------------------------------------------

export function replyError(reply, error) {
  const text = describe(error);
  const flags = errorFlags(error);
  if (!op_reply_error(reply, packError(error), text, flags)) {
    op_reply_error(reply, packErrorPlainly(error), text, flags);
  }
}

// Anything can be thrown: what reads it must stand getters that throw and proxies that were revoked.

// Errors that say so themselves keep these properties on their way.
function errorFlags(error) {
  if (typeof error !== "object" || error === null) return 0;
  try {
    return (error.retryable ? 2 : 0) | (error.overloaded ? 4 : 0);
  } catch {
    return 0;
  }
}

function describe(error) {
  try {
    const stack = Error.isError(error) ? error.stack : undefined;
    return typeof stack === "string" ? stack : `${error}`;
  } catch {
    return UNREADABLE;
  }
}

function replyResponse(reply, response) {
  let body = null;
  try {
    if (!isResponse(response)) {
      throw new TypeError("Incorrect type for Promise: the Promise did not resolve to 'Response'.");
    }
    const host = responseToHost(response);
    body = host.body;
    if (host.status === 0) {
      throw new TypeError("Return value from serve handler must not be an error response (like Response.error()).");
    }
    op_reply_response(reply, host.status, host.statusText, host.headers, body, host.encodeBody === "manual");
  } catch (error) {
    replyError(reply, error);
    // Nobody will read it; whoever feeds it must learn so.
    if (hostBodyKind(body) === HOST) op_body_cancel(body);
  }
}

// Answers with what `run()` returns, awaited; the common case of a ready value takes no microtask.
function answer(reply, send, run) {
  let result;
  try {
    result = run();
  } catch (error) {
    replyError(reply, error);
    return;
  }
  if ((typeof result !== "object" && typeof result !== "function") || result === null || isResponse(result)) {
    send(reply, result);
    return;
  }
  try {
    apply(then, resolvePromise(result), [(value) => send(reply, value), (error) => replyError(reply, error)]);
  } catch (error) {
    replyError(reply, error);
  }
}

function makeRequest(method, url, headers, body, cf) {
  return requestFromHost({ method, url, headers, body, cf: cf === undefined ? undefined : JSON.parse(cf) });
}

// --- stateless handlers ---------------------------------------------------------------------------

export function workerFetch(reply, method, url, headers, body, cf) {
  answer(reply, replyResponse, () => {
    const request = makeRequest(method, url, headers, body, cf);
    const ctx = makeExecutionContext();
    if (typeof worker === "function") {
      const entry = new worker(ctx, currentEnv());
      if (typeof entry.fetch !== "function") throw new Error("Handler does not export a fetch() function.");
      return entry.fetch(request);
    }
    const handler = worker?.fetch;
    if (typeof handler !== "function") throw new Error("Handler does not export a fetch() function.");
    return apply(handler, worker, [request, currentEnv(), ctx]);
  });
}

// --- objects --------------------------------------------------------------------------------------

/** One instance of an object: the program's object, and its handlers as they were when it was built. */
class Instance {
  constructor(target, rpc) {
    this.target = target;
    this.rpc = rpc;
    this.fetch = typeof target.fetch === "function" ? target.fetch : undefined;
    this.alarm = typeof target.alarm === "function" ? target.alarm : undefined;
  }
}

/** Runs a class's constructor; what it throws is for the host. */
export function construct(classIndex, hex, name, storage) {
  const { Class, rpc } = classes[classIndex];
  const state = makeState(makeId(hex, name, classIndex), storage);
  return new Instance(new Class(state, currentEnv()), rpc);
}

export function objectFetch(reply, instance, method, url, headers, body, cf) {
  answer(reply, replyResponse, () => {
    if (instance.fetch === undefined) throw new Error("Handler does not export a fetch() function.");
    return apply(instance.fetch, instance.target, [makeRequest(method, url, headers, body, cf)]);
  });
}

/** Runs the alarm handler and tells the host how it ended. */
export function objectAlarm(run, instance, scheduledTime, retryCount) {
  if (instance.alarm === undefined) {
    op_alarm_missing(run);
    return;
  }
  try {
    const result = apply(instance.alarm, instance.target, [makeAlarmInvocationInfo(scheduledTime, retryCount)]);
    apply(then, resolvePromise(result), [() => op_alarm_succeeded(run), (error) => op_alarm_threw(run, describe(error))]);
  } catch (error) {
    op_alarm_threw(run, describe(error));
  }
}

const RESERVED = new Set([
  "fetch", "connect", "alarm", "webSocketMessage", "webSocketClose", "webSocketError", "dup", "constructor",
]);

function notImplemented(name) {
  return new TypeError(`The RPC receiver does not implement the method "${name}".`);
}

// One step of a path. An object of the program gives what its class defines, a plain object what it holds itself.
function step(holder, name, isEntry) {
  if (typeof holder === "function") {
    if (!hasOwn(holder, name)) throw notImplemented(name);
    return holder[name];
  }
  if (typeof holder !== "object" || holder === null) throw notImplemented(name);
  if (isEntry || holder instanceof RpcTarget) {
    if (hasOwn(holder, name) || !(name in holder) || name in ObjectPrototype) throw notImplemented(name);
    return holder[name];
  }
  if (getPrototypeOf(holder) !== ObjectPrototype || !hasOwn(holder, name)) throw notImplemented(name);
  return holder[name];
}

const NO_RPC =
  "The receiving Durable Object does not support RPC, because its class was not declared with `extends DurableObject`. " +
  "In order to enable RPC, make sure your class extends the special class `DurableObject`, which can be imported from " +
  'the module "cloudflare:workers".';

/** Calls (or, without `args`, reads) what `path` leads to. `args` is an array, or a parcel with one. */
export function objectCall(reply, instance, path, args) {
  answer(reply, replyValue, () => {
    if (!instance.rpc) throw new TypeError(NO_RPC);
    let holder = instance.target;
    const last = path.length - 1;
    const name = path[0];
    if (RESERVED.has(name)) throw new TypeError(`'${name}' is a reserved method and cannot be called over RPC.`);
    for (let i = 0; i < last; i++) holder = step(holder, path[i], i === 0);
    const value = step(holder, path[last], last === 0);
    if (args === undefined) return value;
    if (typeof value !== "function") throw new TypeError(`"${path.join(".")}" is not a function.`);
    return apply(value, holder, isArray(args) ? args : openParcel(args));
  });
}

function replyValue(reply, value) {
  try {
    const parcel = pack(value);
    op_reply_value(reply, parcel ?? value, parcel !== undefined);
  } catch (error) {
    replyError(reply, error);
  }
}

// --- critical sections ----------------------------------------------------------------------------

/** Runs the callback of a critical section and tells the host how it ended. */
export function runSection(section, callback) {
  try {
    const promise = resolvePromise(callback());
    apply(then, promise, [(value) => endSection(section, true, value), (error) => endSection(section, false, error)]);
  } catch (error) {
    endSection(section, false, error);
  }
}

function endSection(section, ok, value) {
  op_section_end(section, ok, value, ok ? undefined : packSafely(value), ok ? undefined : describe(value));
}

function packSafely(error) {
  try {
    // The copy holds nothing of the program's that could still throw.
    return structuredClone(packError(error));
  } catch {
    return packErrorPlainly(error);
  }
}

export { openParcel, packSafely as packThrown };
