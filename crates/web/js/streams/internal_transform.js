// Transform streams that the platform makes (TextEncoderStream, CompressionStream).

import { invokeForPromise } from "./callbacks.js";
import { RESOLVED } from "./promises.js";
import { TransformRecord } from "./transform_record.js";

/** Turns exceptions into rejections, so that transformers of the platform may simply throw. */
class Guarded {
  #transformer;

  constructor(transformer) {
    this.#transformer = transformer;
  }

  transform(chunk, stream) {
    const { transform } = this.#transformer;
    return invokeForPromise(transform, this.#transformer, [chunk, stream]);
  }

  flush(stream) {
    const { flush } = this.#transformer;
    return invokeForPromise(flush, this.#transformer, [stream]);
  }

  cancel(reason) {
    const { cancel } = this.#transformer;
    return invokeForPromise(cancel, this.#transformer, [reason]);
  }
}

/**
 * The second argument of `super(internalToken, …)` in a subclass of TransformStream.
 *
 * `transformer` has all of `transform(chunk, stream)`, `flush(stream)` and `cancel(reason)`; they may throw or return a
 * promise. `stream` has `enqueue(chunk)`, `error(reason)` and `terminate()`.
 */
export function createTransform(transformer, { writableHighWaterMark = 1, readableHighWaterMark = 0 } = {}) {
  const stream = new TransformRecord(
    new Guarded(transformer),
    { highWaterMark: writableHighWaterMark, size: undefined },
    { highWaterMark: readableHighWaterMark, size: undefined },
  );
  stream.start(RESOLVED);
  return stream;
}
