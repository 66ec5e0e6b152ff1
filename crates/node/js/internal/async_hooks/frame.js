// Frames: which stores are set in an async context.
//
// A frame is an array `[storage, store, storage, store …]` and never changes once it is made. Programs have a few
// storages, so that looking through them is faster than any table. No frame (undefined) is the same as an empty one.

import {
  op_async_context_get, op_async_context_is_owned, op_async_context_owner, op_async_context_run,
} from "holdfast:ops";
import { enabled } from "holdfast:web/compat";


const { defineProperty } = Object;

export const currentFrame = op_async_context_get;

function indexIn(frame, storage) {
  for (let i = 0; i < frame.length; i += 2) {
    if (frame[i] === storage) return i;
  }
  return -1;
}

/** What `storage` is set to, or else `absent`. */
export function lookUp(storage, absent) {
  const frame = op_async_context_get();
  if (frame === undefined) return absent;
  const index = indexIn(frame, storage);
  return index < 0 ? absent : frame[index + 1];
}

/** Calls `callback` with `storage` set to `store`, in this context and all that comes from it. */
export function runWith(storage, store, callback, args) {
  const frame = op_async_context_get();
  let next;
  if (frame === undefined) {
    next = [storage, store];
  } else {
    next = [...frame];
    const index = indexIn(frame, storage);
    if (index < 0) next.push(storage, store);
    else next[index + 1] = store;
  }
  return runIn(next, callback, undefined, args);
}

/** Calls `callback` with `frame`; without a receiver it gets the global object, as functions called by Workers do. */
export function runIn(frame, callback, receiver, args) {
  receiver ??= globalThis;
  return args.length === 0
    ? op_async_context_run(frame, callback, receiver)
    : op_async_context_run(frame, callback, receiver, ...args);
}

/**
 * A function that calls `callback(frame, args)`. Where the program's compatibility date says so, it works for the
 * request or object of now only.
 */
export function bindTo(frame, callback) {
  const owner = enabled("bind_asynclocalstorage_snapshot_to_request") ? op_async_context_owner() : undefined;
  const bound = function (...args) {
    if (owner !== undefined && !op_async_context_is_owned(owner)) {
      throw new Error(
        "Cannot call this AsyncLocalStorage bound function outside of the request in which it was created.",
      );
    }
    return callback(frame, args);
  };
  defineProperty(bound, "name", { value: "" });
  return bound;
}

