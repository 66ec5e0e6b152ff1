// Reading a body of the host by its handle.

import { op_body_cancel, op_body_fail, op_body_read } from "holdfast:ops";

// Why a body fails, where the reason is a JavaScript value, which the host cannot keep (the reason of an abort).
const failures = new WeakMap();
// What to do once a body is over.
const endings = new WeakMap();
// How to fail what came of a body that went into another one: functions of the reason.
const successors = new WeakMap();

/** Nobody reads the body any more. */
export function hostBodyEnded(handle) {
  const ending = endings.get(handle);
  if (ending === undefined) return;
  endings.delete(handle);
  ending();
}

function failureOf(handle, error) {
  hostBodyEnded(handle);
  return failures.has(handle) ? failures.get(handle) : error;
}

/** Runs `ending` when the body was read to its end, failed or was cancelled. */
export function whenHostBodyEnds(handle, ending) {
  endings.set(handle, ending);
}

/** Every read of the body, also one that waits, fails with `reason`, and its source is let go. */
export function failHostBody(handle, reason) {
  failures.set(handle, reason);
  op_body_fail(handle, "The body was aborted.");
  successors.get(handle)?.(reason);
}

/** From now on reads of the body fail with `reason`, whatever the host says. */
export function setHostFailure(handle, reason) {
  failures.set(handle, reason);
}

/** The body has gone into another one: `fail(reason)` is called when it is to fail. */
export function setHostSuccessor(handle, fail) {
  successors.set(handle, fail);
}

/** Runs `op_body_collect` or `op_body_text`. */
export async function readHost(handle, operation) {
  try {
    const result = await operation(handle);
    hostBodyEnded(handle);
    return result;
  } catch (error) {
    throw failureOf(handle, error);
  }
}

/** A promise of the next chunk of a body, a Uint8Array; of null at its end. */
export async function readHostChunk(handle) {
  try {
    const chunk = await op_body_read(handle);
    if (chunk === null) hostBodyEnded(handle);
    return chunk;
  } catch (error) {
    throw failureOf(handle, error);
  }
}

/** Nobody wants the rest of a body. */
export function cancelHost(handle) {
  op_body_cancel(handle);
  hostBodyEnded(handle);
}
