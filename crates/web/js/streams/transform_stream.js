// TransformStream (https://streams.spec.whatwg.org/#ts-class).

import { constructorArgumentError } from "../type_errors.js";
import { callbackField, defineInterface, dictionary, illegalInvocation, internalToken, isObject } from "../webidl.js";
import { Deferred, RESOLVED } from "./promises.js";
import { highWaterMarkOf, strategyFrom } from "./queuing_strategies.js";
import { wrapReadable } from "./readable_stream.js";
import { callTransformerStart, UserTransformer } from "./transform_controller.js";
import { TransformRecord } from "./transform_record.js";
import { wrapWritable } from "./writable_stream.js";

// https://streams.spec.whatwg.org/#dictdef-transformer, members in lexicographic order
const transformerMembers = {
  __proto__: null,
  cancel: callbackField("Transformer", "cancel"),
  flush: callbackField("Transformer", "flush"),
  readableType: (value) => value,
  start: callbackField("Transformer", "start"),
  transform: callbackField("Transformer", "transform"),
  writableType: (value) => value,
};

let isStream;

export class TransformStream {
  #readable;
  #writable;

  static {
    isStream = (value) => typeof value === "object" && value !== null && #readable in value;
  }

  constructor(transformer = undefined, writableStrategy = undefined, readableStrategy = undefined) {
    if (transformer === internalToken) {
      // The second argument is a pair of records made by the platform.
      this.#readable = wrapReadable(writableStrategy.readable);
      this.#writable = wrapWritable(writableStrategy.writable);
      return;
    }
    if (transformer !== undefined && !isObject(transformer)) {
      throw constructorArgumentError("TransformStream", 1, "Transformer");
    }
    const writableInit = strategyFrom(writableStrategy, "TransformStream", 2);
    const readableInit = strategyFrom(readableStrategy, "TransformStream", 3);
    const callbacks = dictionary(transformer, transformerMembers);
    if (callbacks.readableType !== undefined) throw new RangeError("transformer.readableType must be undefined.");
    if (callbacks.writableType !== undefined) throw new RangeError("transformer.writableType must be undefined.");
    const readableLimit = highWaterMarkOf(readableInit.highWaterMark, 0);
    const writableLimit = highWaterMarkOf(writableInit.highWaterMark, 1);
    const stream = new TransformRecord(
      new UserTransformer(transformer, callbacks),
      { highWaterMark: writableLimit, size: writableInit.size },
      { highWaterMark: readableLimit, size: readableInit.size },
    );
    this.#readable = wrapReadable(stream.readable);
    this.#writable = wrapWritable(stream.writable);
    startStream(stream, transformer, callbacks.start);
  }

  get readable() {
    if (!isStream(this)) throw illegalInvocation();
    return this.#readable;
  }

  get writable() {
    if (!isStream(this)) throw illegalInvocation();
    return this.#writable;
  }
}

defineInterface(TransformStream);

// The start callback runs when both sides exist and wait for its result already.
function startStream(stream, transformer, start) {
  if (start === undefined) {
    stream.start(RESOLVED);
    return;
  }
  const started = new Deferred();
  stream.start(started.promise);
  started.resolve(callTransformerStart(stream, transformer, start));
}
