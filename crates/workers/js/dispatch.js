// The entries by which the host runs the program: handlers, constructors, remote calls, critical sections.
//
// A `reply` is the host's handle on whoever waits; each gets exactly one answer.

import {
  op_alarm_missing, op_alarm_succeeded, op_alarm_threw, op_body_cancel, op_reply_error, op_reply_response, op_section_end,
} from "holdfast:ops";
import { HOST, hostBodyKind } from "../web/body.js";
import { LOCAL_CF } from "../web/local_cf.js";
import { requestFromHost } from "../web/request.js";
import { isResponse, responseToHost } from "../web/response.js";
import { structuredClone } from "../web/structured_clone.js";
import { socketHandle } from "../web/websocket/websocket.js";
import { makeAlarmInvocationInfo } from "./alarm_invocation_info.js";
import { DurableObject, WorkerEntrypoint, WorkflowEntrypoint } from "./base_classes.js";
import { currentEnv } from "./env.js";
import { packError, packErrorPlainly, UNREADABLE } from "./errors.js";
import { makeExecutionContext } from "./execution_context.js";
import { makeExports } from "./exports.js";
import { makeId } from "./id.js";
import { HANDLERS, INSTANCE, serve } from "./rpc/serve.js";
import { socketHandlers } from "./sockets.js";
import { makeState, socketsOf } from "./state.js";

const { apply } = Reflect;
const { then } = Promise.prototype;
const resolvePromise = Promise.resolve.bind(Promise);
const { getPrototypeOf } = Object;

// --- the program ----------------------------------------------------------------------------------

/** The namespace of the main module. */
let program;
/** Its default export: an object of handlers or a WorkerEntrypoint class. */
let worker;
/** Object classes by index: { Class, name }. */
let classes = [];

function extendsClass(Class, Base) {
  for (let c = Class; typeof c === "function"; c = getPrototypeOf(c)) if (c === Base) return true;
  return false;
}

/**
 * Takes in the main module.
 * @param namespace its module namespace object
 * @param {string[]} names the program's object classes, in the order of their indices
 * @param {string[]} entries exports that the program's own bindings name
 * @returns {string | undefined} what is wrong with it
 */
export function load(namespace, names, entries) {
  program = namespace;
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
    classes.push({ Class, name });
  }
  for (const name of entries) {
    if (isEntry(namespace[name])) continue;
    return `The export "${name}" is ${namespace[name] === undefined ? "missing" : "no entrypoint"}; a service binding names it. Expected an object with handlers, or a class that extends WorkerEntrypoint.`;
  }
  const exported = Object.keys(namespace);
  makeExports(
    exported.filter((name) => isEntry(namespace[name])),
    names,
    exported.filter((name) => isObjectClass(namespace[name]) && !names.includes(name)),
  );
  return undefined;
}

/** Whether an export answers calls without being an object: handlers, or a WorkerEntrypoint class. */
function isEntry(value) {
  return typeof value === "function" ? extendsClass(value, WorkerEntrypoint) : typeof value === "object" && value !== null;
}

/** Whether an export can be the class of objects. */
function isObjectClass(value) {
  if (typeof value !== "function") return false;
  return !extendsClass(value, WorkerEntrypoint) && !extendsClass(value, WorkflowEntrypoint);
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

export function describe(error) {
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
    const socket = host.webSocket === null ? null : socketHandle(host.webSocket);
    op_reply_response(reply, host.status, host.statusText, host.headers, body, host.encodeBody === "manual", socket);
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

/** The `cf` of a request that came from outside. */
const LOCAL_CF_JSON = JSON.stringify(LOCAL_CF);

// --- stateless handlers ---------------------------------------------------------------------------

export function workerFetch(reply, method, url, headers, body, cf = LOCAL_CF_JSON) {
  entryFetch(reply, worker, undefined, method, url, headers, body, cf);
}

function entryFetch(reply, entry, props, method, url, headers, body, cf) {
  answer(reply, replyResponse, () => {
    const request = makeRequest(method, url, headers, body, cf);
    const ctx = makeExecutionContext(props);
    if (typeof entry === "function") {
      const instance = new entry(ctx, currentEnv());
      if (typeof instance.fetch !== "function") throw new Error("Handler does not export a fetch() function.");
      return instance.fetch(request);
    }
    const handler = entry?.fetch;
    if (typeof handler !== "function") throw new Error("Handler does not export a fetch() function.");
    return apply(handler, entry, [request, currentEnv(), ctx]);
  });
}

/** A request through a service binding. */
export function serviceFetch(reply, name, props, method, url, headers, body, cf) {
  entryFetch(reply, program[name], props, method, url, headers, body, cf);
}

/** A method call through a service binding. */
export function serviceCall(reply, name, props, path, args, handles, pipelined) {
  const entry = program[name];
  if (typeof entry !== "function") {
    serve(reply, entry ?? {}, HANDLERS, path, args, handles, pipelined, props);
    return;
  }
  let instance;
  try {
    instance = new entry(makeExecutionContext(props), currentEnv());
  } catch (error) {
    replyError(reply, error);
    return;
  }
  serve(reply, instance, INSTANCE, path, args, handles, pipelined);
}

// --- objects --------------------------------------------------------------------------------------

/** One instance of an object: the program's object, and its handlers as they were when it was built. */
class Instance {
  constructor(target, rpc, sockets) {
    this.target = target;
    this.rpc = rpc;
    this.sockets = sockets;
    this.socketHandlers = socketHandlers(target);
    this.fetch = typeof target.fetch === "function" ? target.fetch : undefined;
    this.alarm = typeof target.alarm === "function" ? target.alarm : undefined;
  }
}

/** Runs a class's constructor; what it throws is for the host. */
export function construct(classIndex, hex, name, storage, facets) {
  return build(classes[classIndex].Class, makeState(makeId(hex, name), storage, facets, {}));
}

/** As construct(), for a facet. Its class need have no namespace, and its id may be any text. */
export function constructFacet(name, id, idName, isText, props, storage, facets) {
  const Class = program[name];
  if (!isObjectClass(Class)) throw new TypeError(`The class "${name}" of this facet is not part of the program any more.`);
  return build(Class, makeState(isText ? id : makeId(id, idName), storage, facets, props ?? {}));
}

function build(Class, state) {
  return new Instance(new Class(state, currentEnv()), extendsClass(Class, DurableObject), socketsOf(state));
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

/** A hibernatable socket of the object has received something. */
export function socketEvent(reply, instance, number, kind, a, b) {
  instance.sockets.deliver(reply, instance.target, instance.socketHandlers, number, kind, a, b);
}

const NO_RPC =
  "The receiving Durable Object does not support RPC, because its class was not declared with `extends DurableObject`. " +
  "In order to enable RPC, make sure your class extends the special class `DurableObject`, which can be imported from " +
  'the module "cloudflare:workers".';

/** Calls (or, without `args`, reads) what `path` leads to. `args` is an array, or a parcel with one. */
export function objectCall(reply, instance, path, args, handles, pipelined) {
  if (instance.rpc) serve(reply, instance.target, INSTANCE, path, args, handles, pipelined);
  else replyError(reply, new TypeError(NO_RPC));
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

export { packSafely as packThrown };
