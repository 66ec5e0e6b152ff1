// stream.addAbortSignal(): a signal that ends a stream.

import { failStream } from "holdfast:web/streams/index";
import { AbortError, ERR_INVALID_ARG_TYPE } from "../errors.js";
import { validateAbortSignal } from "../validators.js";
import { destroyStream } from "./destroy.js";
import { onceFinished } from "./end_of_stream.js";
import { isNodeStream, isReadableStream, isWritableStream } from "./kinds.js";

export function addAbortSignal(signal, stream) {
  if (signal === undefined) throw new ERR_INVALID_ARG_TYPE("signal", "AbortSignal", signal);
  validateAbortSignal(signal, "signal");
  if (!isNodeStream(stream) && !isReadableStream(stream) && !isWritableStream(stream)) {
    throw new ERR_INVALID_ARG_TYPE("stream", ["ReadableStream", "WritableStream", "Stream"], stream);
  }
  return attachAbortSignal(signal, stream);
}

/** The same without checks. */
export function attachAbortSignal(signal, stream) {
  const abort = () => {
    const error = new AbortError(undefined, { cause: signal.reason });
    if (isNodeStream(stream)) destroyStream(stream, error);
    else failStream(stream, error);
  };
  if (signal.aborted) {
    abort();
    return stream;
  }
  signal.addEventListener("abort", abort, { once: true });
  if (isNodeStream(stream)) onceFinished(stream, {}, () => signal.removeEventListener("abort", abort));
  return stream;
}
