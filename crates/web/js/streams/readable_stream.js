// ReadableStream (https://streams.spec.whatwg.org/#rs-class).

import { isSignal } from "../abort.js";
import { PromiseReject, ReflectDefineProperty, SymbolAsyncIterator } from "../primordials.js";
import { argumentError, constructorArgumentError, fieldError } from "../type_errors.js";
import { callbackField, defineInterface, dictionary, DOMString, enforceRange, illegalInvocation, internalToken,
  isObject, toBoolean } from "../webidl.js";
import { iterateReadable } from "./async_iterator.js";
import { ByteController } from "./byte_controller_record.js";
import { readableFrom } from "./from.js";
import { pipe } from "./pipe_to.js";
import { markHandled } from "./promises.js";
import { highWaterMarkOf, strategyFrom } from "./queuing_strategies.js";
import { createByobReader } from "./readable_byob_reader.js";
import { cancelReadable, lockedError, ReadableRecord } from "./readable_core.js";
import { DefaultController, startUserSource, UserSource } from "./readable_default_controller.js";
import { createDefaultReader } from "./readable_default_reader.js";
import { teeReadable } from "./tee.js";
import { lockedError as writableLockedError } from "./writable_core.js";
import { isWritableStream, writableRecord } from "./writable_stream.js";

// https://streams.spec.whatwg.org/#dictdef-underlyingsource, members in lexicographic order
const underlyingSource = {
  __proto__: null,
  autoAllocateChunkSize: (value) => enforceRange(value),
  cancel: callbackField("UnderlyingSource", "cancel"),
  pull: callbackField("UnderlyingSource", "pull"),
  start: callbackField("UnderlyingSource", "start"),
  type: (value) => {
    const type = DOMString(value);
    if (type !== "bytes") throw new TypeError(`"${type}" is not a valid type of ReadableStream.`);
    return type;
  },
};

const readerOptions = {
  __proto__: null,
  mode: (value) => {
    if (DOMString(value) !== "byob") throw new TypeError("mode must be undefined or 'byob' in call to getReader().");
    return "byob";
  },
};

const iteratorOptions = { __proto__: null, preventCancel: toBoolean };

const pipeOptions = {
  __proto__: null,
  preventAbort: toBoolean,
  preventCancel: toBoolean,
  preventClose: toBoolean,
  signal: (value) => {
    if (!isSignal(value)) throw fieldError("signal", "PipeToOptions", "AbortSignal");
    return value;
  },
};

let isStream, recordOf;

export class ReadableStream {
  #stream;

  static {
    isStream = (value) => typeof value === "object" && value !== null && #stream in value;
    recordOf = (value) => value.#stream;
  }

  constructor(source = undefined, strategy = undefined) {
    if (source === internalToken) {
      this.#stream = strategy;
      return;
    }
    if (source !== undefined && !isObject(source)) {
      throw constructorArgumentError("ReadableStream", 1, "UnderlyingSource");
    }
    const { highWaterMark, size } = strategyFrom(strategy, "ReadableStream", 2);
    const { autoAllocateChunkSize, cancel, pull, start, type } = dictionary(source, underlyingSource);
    const stream = new ReadableRecord();
    this.#stream = stream;
    const algorithms = new UserSource(source, pull, cancel);
    let controller;
    if (type === "bytes") {
      if (size !== undefined) throw new RangeError("A byte stream cannot have a strategy with a size function.");
      const limit = highWaterMarkOf(highWaterMark, 0);
      if (autoAllocateChunkSize === 0) throw new TypeError("The autoAllocateChunkSize option cannot be zero.");
      controller = new ByteController(stream, algorithms, limit, autoAllocateChunkSize);
    } else {
      controller = new DefaultController(stream, algorithms, highWaterMarkOf(highWaterMark, 1), size);
    }
    startUserSource(controller, source, start);
  }

  static from(asyncIterable) {
    return wrapReadable(readableFrom(asyncIterable));
  }

  get locked() {
    if (!isStream(this)) throw illegalInvocation();
    return this.#stream.reader !== undefined;
  }

  cancel(reason = undefined) {
    if (!isStream(this)) return PromiseReject(illegalInvocation());
    if (this.#stream.reader !== undefined) return PromiseReject(lockedError());
    return cancelReadable(this.#stream, reason);
  }

  getReader(options = undefined) {
    if (!isStream(this)) throw illegalInvocation();
    const { mode } = dictionary(options, readerOptions, () =>
      argumentError("getReader", "ReadableStream", 1, "GetReaderOptions"));
    return mode === undefined ? createDefaultReader(this.#stream) : createByobReader(this.#stream);
  }

  pipeThrough(transform, options = undefined) {
    if (!isStream(this)) throw illegalInvocation();
    if (!isObject(transform)) throw argumentError("pipeThrough", "ReadableStream", 1, "Transform");
    const { readable } = transform;
    if (!isStream(readable)) throw fieldError("readable", "Transform", "ReadableStream");
    const { writable } = transform;
    if (!isWritableStream(writable)) throw fieldError("writable", "Transform", "WritableStream");
    const converted = pipeOptionsFrom(options, "pipeThrough");
    const destination = writableRecord(writable);
    if (this.#stream.reader !== undefined) throw lockedError();
    if (destination.writer !== undefined) throw writableLockedError();
    markHandled(pipe(this.#stream, destination, converted));
    return readable;
  }

  pipeTo(destination, options = undefined) {
    try {
      if (!isStream(this)) throw illegalInvocation();
      if (!isWritableStream(destination)) throw argumentError("pipeTo", "ReadableStream", 1, "WritableStream");
      const converted = pipeOptionsFrom(options, "pipeTo");
      const sink = writableRecord(destination);
      if (this.#stream.reader !== undefined) throw lockedError();
      if (sink.writer !== undefined) throw writableLockedError();
      return pipe(this.#stream, sink, converted);
    } catch (error) {
      return PromiseReject(error);
    }
  }

  tee() {
    if (!isStream(this)) throw illegalInvocation();
    const [branch1, branch2] = teeReadable(this.#stream, false);
    return [wrapReadable(branch1), wrapReadable(branch2)];
  }

  values(options = undefined) {
    if (!isStream(this)) throw illegalInvocation();
    const { preventCancel = false } = dictionary(options, iteratorOptions, () =>
      argumentError("values", "ReadableStream", 1, "ReadableStreamIteratorOptions"));
    return iterateReadable(this.#stream, preventCancel);
  }
}

ReflectDefineProperty(ReadableStream.prototype, SymbolAsyncIterator, {
  value: ReadableStream.prototype.values,
  writable: true,
  configurable: true,
});
defineInterface(ReadableStream);

function pipeOptionsFrom(options, method) {
  return dictionary(options, pipeOptions, () => argumentError(method, "ReadableStream", 2, "PipeToOptions"));
}

/** A public stream for a record made by the platform. */
export function wrapReadable(stream) {
  return new ReadableStream(internalToken, stream);
}

export {
  /** `isReadableStream(value)`: the brand check. */
  isStream as isReadableStream,
  /** `readableRecord(stream)`: the record of a ReadableStream. */
  recordOf as readableRecord,
};
