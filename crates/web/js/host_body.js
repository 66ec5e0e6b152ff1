// Bodies across the border between JavaScript and the host: streams of handles, streams fed to the host.

import {
  op_body_channel, op_body_closed, op_body_finish, op_body_length, op_body_send, op_body_sender_fail, op_encode,
} from "holdfast:ops";
import { bytesOfBuffer } from "./blob.js";
import { cancelHost, readHostChunk, setHostFailure } from "./host_handle.js";
import { holdPassage } from "./passage.js";
import { PromisePrototypeThen, TypedArrayPrototypeGetByteLength } from "./primordials.js";
import { packSentError } from "./sent_errors.js";
import {
  createReadableByteStream, expectedLength, getInternalReader, nativeSource, setNativeSource,
} from "./streams/index.js";

/** The byte stream of a body; while nobody reads it, the body can still be passed on whole. */
export function streamOfHost(handle) {
  const stream = createReadableByteStream({
    pull: () => readHostChunk(handle),
    cancel: () => cancelHost(handle),
    length: op_body_length(handle),
  });
  setNativeSource(stream, handle);
  return stream;
}

// --- feeding the host -----------------------------------------------------------------------------

/** The handle of a body that gets the bytes of `stream`, which is neither locked nor disturbed. */
export function streamToHost(stream) {
  const native = nativeSource(stream);
  const reader = getInternalReader(stream);
  // An untouched body goes on as it is. The reader stays: nobody else may read what is sent.
  if (native !== undefined) {
    holdPassage(native);
    return native;
  }
  const { 0: sender, 1: handle } = op_body_channel(expectedLength(stream));
  pump(reader, sender);
  return handle;
}

/** The bytes of a chunk; undefined for what a body cannot consist of. */
export function chunkBytes(chunk) {
  return typeof chunk === "string" ? op_encode(chunk) : bytesOfBuffer(chunk);
}

async function pump(reader, sender) {
  let cancelled = false;
  const cancel = (reason) => {
    if (cancelled) return;
    cancelled = true;
    PromisePrototypeThen(reader.cancel(reason), undefined, () => {});
  };
  // A source that is silent for long must learn as well that its reader has gone.
  PromisePrototypeThen(op_body_closed(sender), () => cancel(new Error("Network connection lost.")));
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (cancelled) break;
      if (done) {
        cancelled = true;
        op_body_finish(sender);
        return;
      }
      const bytes = chunkBytes(value);
      if (bytes === undefined) {
        const error = new TypeError("This ReadableStream did not return bytes.");
        op_body_sender_fail(sender, error.message, packSentError(error));
        cancel(error);
        return;
      }
      if (TypedArrayPrototypeGetByteLength(bytes) === 0) continue;
      if (!(await op_body_send(sender, bytes))) {
        cancel(new Error("Network connection lost."));
        break;
      }
    }
    op_body_sender_fail(sender, "The stream was cancelled.", undefined);
  } catch (error) {
    // The stream failed. The peer sees a body that breaks off.
    cancelled = true;
    op_body_sender_fail(sender, messageOf(error), packSentError(error));
  }
}

/**
 * Ends a body that was fed through `op_body_channel`, behind what was sent: whoever reads it in JavaScript gets the very
 * `reason`. `body` is the channel's other end, or undefined where nobody has it any more.
 */
export function failSender(sender, body, reason) {
  if (body !== undefined) setHostFailure(body, reason);
  op_body_sender_fail(sender, messageOf(reason), packSentError(reason));
}

function messageOf(error) {
  try {
    return `${error}`;
  } catch {
    return "The stream failed.";
  }
}

export { failHostBody, readHost, whenHostBodyEnds } from "./host_handle.js";
