// The callee's side of calls: what a path leads to, and how it is answered.

import { op_id_own, op_reply_pipeline, op_reply_value, op_rpc_dispose } from "holdfast:ops";
import { isDOMException } from "../../web/dom_exception.js";
import { isObject } from "../../web/webidl.js";
import { currentEnv } from "../env.js";
import { makeExecutionContext } from "../execution_context.js";
import { replyError } from "../dispatch.js";
import { routeOf } from "../stub.js";
import { openParcel } from "./open.js";
import { pack, RESULT } from "./pack.js";
import { isPending, stubChannel } from "./remote.js";
import { disposeAll, ResultDisposer } from "./results.js";
import { RpcTarget } from "./target.js";

const { apply, set } = Reflect;
const { then } = Promise.prototype;
const resolvePromise = Promise.resolve.bind(Promise);
const ObjectPrototype = Object.prototype;
const { hasOwn, getPrototypeOf } = Object;
const { isArray } = Array;

// What a call may be of.
/** An instance of a class that the runtime made: an object or an entry. */
export const INSTANCE = 0;
/** An object of handlers: its functions take one argument, the environment and the context. */
export const HANDLERS = 1;
/** Something that was exported. */
export const TARGET = 2;

const RESERVED = new Set([
  "fetch", "connect", "alarm", "webSocketMessage", "webSocketClose", "webSocketError", "dup", "constructor",
]);

// --- finding --------------------------------------------------------------------------------------

function notImplemented(name) {
  return new TypeError(`The RPC receiver does not implement the method "${name}".`);
}

function reserved(name) {
  return new TypeError(`'${name}' is a reserved method and cannot be called over RPC.`);
}

// What a class defines; what the instance holds itself is its own affair.
function inherited(holder, name) {
  if (hasOwn(holder, name)) throw notImplemented(name);
  const value = holder[name];
  if (value === undefined || (name in ObjectPrototype && value === ObjectPrototype[name])) throw notImplemented(name);
  return value;
}

function own(holder, name) {
  if (!hasOwn(holder, name)) throw notImplemented(name);
  return holder[name];
}

/**
 * One step of a path.
 * @param {string} from the name that led to `holder`: what has no members is as good as missing itself
 */
function step(holder, name, from) {
  if (name === "dup" || name === "constructor") throw reserved(name);
  if (typeof holder === "function") {
    if (stubChannel(holder) !== undefined || isPending(holder) || routeOf(holder) !== undefined) return holder[name];
    return own(holder, name);
  }
  if (!isObject(holder)) throw notImplemented(from);
  if (holder instanceof RpcTarget) return inherited(holder, name);
  if (getPrototypeOf(holder) === ObjectPrototype) return own(holder, name);
  if (routeOf(holder) !== undefined) return holder[name];
  throw notImplemented(from);
}

// The first step from what was called.
function firstStep(root, kind, name) {
  if (kind === TARGET) return step(root, name, name);
  if (RESERVED.has(name)) throw reserved(name);
  return kind === INSTANCE ? inherited(root, name) : own(root, name);
}

// --- calling --------------------------------------------------------------------------------------

/**
 * Calls (or, without `args`, reads) what `path` leads to from `root`, and answers.
 * @param args an array, or a parcel with one
 * @param handles what the parcel refers to
 * @param {boolean} pipelined calls of the result wait for it
 * @param props of the context, for HANDLERS
 */
export function serve(reply, root, kind, path, args, handles, pipelined, props = undefined) {
  let channels;
  let result;
  try {
    let holder;
    let value = root;
    const { length } = path;
    if (length > 0) {
      holder = root;
      value = firstStep(root, kind, path[0]);
      for (let i = 1; i < length; i++) {
        holder = value;
        value = step(holder, path[i], path[i - 1]);
      }
    }
    if (args === undefined) result = value;
    else {
      if (typeof value !== "function") throw new TypeError(`"${path.length === 0 ? "(this)" : path.join(".")}" is not a function.`);
      let list = args;
      if (!isArray(args)) {
        channels = [];
        list = openParcel(args, handles, channels);
      }
      if (kind === HANDLERS) {
        checkHandler(path[length - 1], value, list);
        list = [list[0], currentEnv(), makeExecutionContext(props)];
      }
      result = apply(value, holder, list);
    }
  } catch (error) {
    finish(channels ?? handles);
    if (kind === TARGET) nameObject(error);
    replyError(reply, error);
    return;
  }
  if (!isObject(result)) {
    sendValue(reply, result, pipelined);
    if (channels !== undefined) finish(channels);
    return;
  }
  try {
    apply(then, resolvePromise(result), [
      (value) => {
        sendValue(reply, value, pipelined);
        if (channels !== undefined) finish(channels);
      },
      (error) => {
        finish(channels);
        nameObject(error);
        replyError(reply, error);
      },
    ]);
  } catch (error) {
    finish(channels);
    replyError(reply, error);
  }
}

// Errors say in which object they came up, as workerd has it: those with which a promise is rejected, and all of what was
// exported, but none that a method of the object itself throws before it has given a promise.
function nameObject(error) {
  if (!isObject(error) || typeof error === "function" || isDOMException(error)) return;
  const id = op_id_own();
  if (id === undefined) return;
  try {
    set(error, "durableObjectId", id);
  } catch {
    // A setter or a proxy of the program's.
  }
}

// Stubs that came as arguments live until the call is over; who wants to keep one makes another of it.
function finish(channels) {
  if (channels !== undefined) disposeAll(channels);
}

function checkHandler(name, handler, args) {
  if (args.length !== 1) {
    throw new TypeError(
      `Attempted to call RPC function "${name}" with the wrong number of arguments. When calling a top-level handler ` +
        "function that is not declared as part of a class, you must always send exactly one argument. In order to " +
        "support variable numbers of arguments, the server must use class-based syntax (extending WorkerEntrypoint) " +
        "instead.",
    );
  }
  if (handler.length > 3) {
    throw new TypeError(
      `Cannot call handler function "${name}" over RPC because it has the wrong number of arguments. A simple function ` +
        "handler can only be called over RPC if it has exactly the arguments (arg, env, ctx), where only the first " +
        "argument comes from the client. To support multi-argument RPC functions, use class-based syntax (extending " +
        "WorkerEntrypoint) instead.",
    );
  }
}

// --- answering ------------------------------------------------------------------------------------

function sendValue(reply, value, pipelined) {
  try {
    if (pipelined) offer(reply, value);
    if (!isObject(value)) {
      op_reply_value(reply, value, undefined, false);
      return;
    }
    const packed = pack(value, RESULT, false);
    try {
      op_reply_value(reply, packed?.parcel ?? value, packed?.handles, packed !== undefined);
    } catch (error) {
      if (packed !== undefined) throw error;
      // Something in it has no clone, such as a proxy: that is found by looking closely at everything.
      const again = pack(value, RESULT, true);
      op_reply_value(reply, again.parcel, again.handles, true);
    }
  } catch (error) {
    replyError(reply, error);
  }
}

// Calls of the result are calls of what this side has, not of the copy that leaves. A stub is about to go over to
// the other side: they get another of it.
function offer(reply, value) {
  if (stubChannel(value) !== undefined) op_reply_pipeline(reply, value.dup(), true);
  else op_reply_pipeline(reply, value, false);
}

/** A call of something that was exported. */
export function targetCall(reply, target, path, args, handles, pipelined) {
  serve(reply, target, TARGET, path, args, handles, pipelined);
}

/** Nobody refers to an export any more. */
export function releaseTarget(target) {
  if (ResultDisposer.is(target)) {
    target.run();
    return;
  }
  const channel = stubChannel(target);
  if (channel !== undefined) {
    op_rpc_dispose(channel);
    return;
  }
  const disposer = target[Symbol.dispose];
  if (typeof disposer === "function") apply(disposer, target, []);
}
