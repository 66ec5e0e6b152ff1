// WritableStream (https://streams.spec.whatwg.org/#ws-class).

import { PromiseReject } from "../primordials.js";
import { constructorArgumentError } from "../type_errors.js";
import { callbackField, defineInterface, dictionary, illegalInvocation, internalToken, isObject } from "../webidl.js";
import { highWaterMarkOf, strategyFrom } from "./queuing_strategies.js";
import { SinkController, startUserSink, UserSink } from "./writable_controller.js";
import { abortWritable, closedError, closeWritable, isClosing, lockedError, WritableRecord } from "./writable_core.js";
import { createWriter } from "./writable_writer.js";

// https://streams.spec.whatwg.org/#dictdef-underlyingsink, members in lexicographic order
const underlyingSink = {
  __proto__: null,
  abort: callbackField("UnderlyingSink", "abort"),
  close: callbackField("UnderlyingSink", "close"),
  start: callbackField("UnderlyingSink", "start"),
  type: (value) => value,
  write: callbackField("UnderlyingSink", "write"),
};

let isStream, recordOf;

export class WritableStream {
  #stream;

  static {
    isStream = (value) => typeof value === "object" && value !== null && #stream in value;
    recordOf = (value) => value.#stream;
  }

  constructor(sink = undefined, strategy = undefined) {
    if (sink === internalToken) {
      this.#stream = strategy;
      return;
    }
    if (sink !== undefined && !isObject(sink)) throw constructorArgumentError("WritableStream", 1, "UnderlyingSink");
    const { highWaterMark, size } = strategyFrom(strategy, "WritableStream", 2);
    const callbacks = dictionary(sink, underlyingSink);
    if (callbacks.type !== undefined) throw new RangeError("The type of an underlying sink must be undefined.");
    const limit = highWaterMarkOf(highWaterMark, 1);
    const stream = new WritableRecord();
    this.#stream = stream;
    startUserSink(new SinkController(stream, new UserSink(sink, callbacks), limit, size), sink, callbacks.start);
  }

  get locked() {
    if (!isStream(this)) throw illegalInvocation();
    return this.#stream.writer !== undefined;
  }

  abort(reason = undefined) {
    if (!isStream(this)) return PromiseReject(illegalInvocation());
    if (this.#stream.writer !== undefined) return PromiseReject(lockedError());
    return abortWritable(this.#stream, reason);
  }

  close() {
    if (!isStream(this)) return PromiseReject(illegalInvocation());
    if (this.#stream.writer !== undefined) return PromiseReject(lockedError());
    if (isClosing(this.#stream)) return PromiseReject(closedError());
    return closeWritable(this.#stream);
  }

  getWriter() {
    if (!isStream(this)) throw illegalInvocation();
    return createWriter(this.#stream);
  }
}

defineInterface(WritableStream);

/** A public stream for a record made by the platform. */
export function wrapWritable(stream) {
  return new WritableStream(internalToken, stream);
}

export {
  /** `isWritableStream(value)`: the brand check. */
  isStream as isWritableStream,
  /** `writableRecord(stream)`: the record of a WritableStream. */
  recordOf as writableRecord,
};
