// All of node:stream, put together: the classes, the functions, and the methods that need both.

import { Buffer } from "../../buffer.js";
import { addAbortSignal } from "./add_abort_signal.js";
import { compose, composeWith } from "./compose.js";
import { destroyStream } from "./destroy.js";
import { Duplex } from "./duplex.js";
import { duplexPair } from "./duplex_pair.js";
import { finished } from "./end_of_stream.js";
import { getDefaultHighWaterMark, setDefaultHighWaterMark } from "./high_water_mark.js";
import { isDestroyed, isDisturbed, isErrored, isReadable, isWritable } from "./kinds.js";
import { Stream } from "./legacy.js";
import { promiseOperators, streamOperators } from "./operators.js";
import { PassThrough } from "./passthrough.js";
import { pipeline } from "./pipeline.js";
import * as promiseFunctions from "./promises.js";
import { Readable } from "./readable.js";
import { Transform } from "./transform.js";
import { Writable } from "./writable.js";

for (const [name, operator] of Object.entries(streamOperators)) {
  define(name, operator, function (...args) {
    return Readable.from(operator.apply(this, args));
  });
}
for (const [name, operator] of Object.entries(promiseOperators)) {
  define(name, operator, function (...args) {
    return Promise.resolve(operator.apply(this, args));
  });
}
Readable.prototype.compose = composeWith;

function define(name, operator, method) {
  Object.defineProperty(method, "name", { value: name, configurable: true });
  Object.defineProperty(method, "length", { value: operator.length, configurable: true });
  Readable.prototype[name] = method;
}

const { pipeline: pipelinePromise, finished: finishedPromise } = promiseFunctions;
export const promises = { pipeline: pipelinePromise, finished: finishedPromise };

const custom = Symbol.for("nodejs.util.promisify.custom");
for (const name of ["pipeline", "finished"]) {
  Object.defineProperty({ pipeline, finished }[name], custom, { get: () => promises[name], enumerable: true });
}

export function _isUint8Array(value) {
  return value instanceof Uint8Array;
}

export function _isArrayBufferView(value) {
  return ArrayBuffer.isView(value);
}

export function _uint8ArrayToBuffer(chunk) {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

export { destroyStream as destroy };

Object.assign(Stream, {
  Stream,
  _isUint8Array,
  _isArrayBufferView,
  _uint8ArrayToBuffer,
  addAbortSignal,
  compose,
  destroy: destroyStream,
  finished,
  isReadable,
  isWritable,
  isErrored,
  isDisturbed,
  pipeline,
  Writable,
  Readable,
  Duplex,
  Transform,
  PassThrough,
  promises,
  getDefaultHighWaterMark,
  setDefaultHighWaterMark,
  isDestroyed,
  duplexPair,
});

export {
  addAbortSignal, compose, Duplex, duplexPair, finished, getDefaultHighWaterMark, isDestroyed,
  isDisturbed, isErrored, isReadable, isWritable, PassThrough, pipeline, Readable, setDefaultHighWaterMark, Stream,
  Transform, Writable,
};
