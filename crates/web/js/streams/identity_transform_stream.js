// IdentityTransformStream and FixedLengthStream, which only Workers have: bytes pass unchanged and unbuffered.
// A write is over when the readable side has taken all of it.

import { op_body_pipe } from "holdfast:ops";
import { Passage } from "../passage.js";
import { MathMin, MathTrunc, NumberIsFinite, PromiseReject, Uint8ArrayConstructor } from "../primordials.js";
import { constructorArgumentError } from "../type_errors.js";
import { defineInterface, dictionary, internalToken, toUnrestrictedDouble } from "../webidl.js";
import { ByteController } from "./byte_controller_record.js";
import { chunkBytes, notBytesError, reasonAcross, refusal } from "./byte_transform.js";
import { cloneBuffer, copyBytes } from "./bytes.js";
import { Deferred } from "./promises.js";
import { highWaterMarkOf } from "./queuing_strategies.js";
import { ReadableRecord } from "./readable_core.js";
import { startController } from "./readable_default_controller.js";
import { TransformStream } from "./transform_stream.js";
import { SinkController, startSinkController } from "./writable_controller.js";
import { WritableRecord } from "./writable_core.js";

/** Both sides of an identity transform: the source of the readable one and the sink of the writable one. */
class BytePipe {
  readable = new ReadableRecord();
  writable = new WritableRecord();
  /** Bytes that must still be written before the end; undefined if any number will do. */
  #bytesExpected;
  /** The write under way: what is left of it, in a buffer of our own, and the Deferred of its end. */
  #buffer = undefined;
  #byteOffset = 0;
  #byteLength = 0;
  #written = undefined;
  /** Deferred of a pull that waits for a write. */
  #pulled = undefined;
  /** Passage of a body that the host lets through. */
  #passage = undefined;

  constructor(bytesExpected, highWaterMark) {
    this.#bytesExpected = bytesExpected;
    this.readable.expectedLength = bytesExpected;
    startController(new ByteController(this.readable, this, 0, undefined, true));
    // Without a limit writes cause no backpressure: each simply waits for its reader.
    const limit = highWaterMark === undefined ? 1 : highWaterMark;
    const sink = new SinkController(this.writable, this, limit, highWaterMark === undefined ? () => 0 : byteSizeOf);
    sink.onAbortSignal = (reason) => this.#failWrite(reason);
    sink.refusal = refusal;
    sink.takeBody = (handle) => this.#takeBody(handle);
    startSinkController(sink);
  }

  // --- the source ---

  /** A read waits. */
  pull() {
    if (this.#passage !== undefined) return this.#passage.pull();
    if (this.#written !== undefined) {
      this.#give();
      return undefined;
    }
    this.#pulled = new Deferred();
    return this.#pulled.promise;
  }

  /** The reader has gone. */
  cancel(reason) {
    const error = reason === undefined ? new Error("Stream was cancelled.") : reasonAcross(reason);
    this.#passage?.cancel();
    this.#failWrite(error);
    this.writable.controller.errorIfNeeded(error);
    return undefined;
  }

  // --- the sink ---

  write(chunk) {
    if (chunk === undefined) return undefined;
    const bytes = chunkBytes(chunk);
    if (bytes === undefined) return PromiseReject(this.#fail(notBytesError()));
    const { buffer, byteOffset, byteLength } = bytes;
    if (byteLength === 0) return undefined;
    if (this.#bytesExpected !== undefined) {
      if (byteLength > this.#bytesExpected) {
        const error = new TypeError("Attempt to write too many bytes through a FixedLengthStream.");
        return PromiseReject(this.#fail(error));
      }
      this.#bytesExpected -= byteLength;
    }
    // A copy: the writer may change its buffer as soon as write() has returned.
    this.#buffer = cloneBuffer(buffer, byteOffset, byteLength);
    this.#byteOffset = 0;
    this.#byteLength = byteLength;
    this.#written = new Deferred();
    const { promise } = this.#written;
    const pulled = this.#pulled;
    if (pulled !== undefined) {
      this.#pulled = undefined;
      this.#give();
      pulled.resolve(undefined);
    }
    return promise;
  }

  close() {
    if (this.#bytesExpected !== undefined && this.#bytesExpected > 0) {
      const error = new TypeError("FixedLengthStream did not see all expected bytes before close().");
      return PromiseReject(this.#fail(error));
    }
    this.readable.controller.finish();
    return undefined;
  }

  abort(reason) {
    const error = reasonAcross(reason);
    this.#passage?.fail(error);
    this.#fail(error);
    return undefined;
  }

  // --- the host pipes ---

  // It sees to the length, too.
  #takeBody(handle) {
    const made = op_body_pipe(handle, this.#bytesExpected);
    if (made === undefined) return undefined;
    this.#bytesExpected = undefined;
    this.#passage = new Passage(handle, made, this.readable, this.writable);
    // A read may wait already.
    const pulled = this.#pulled;
    this.#pulled = undefined;
    pulled?.resolve(this.#passage.pull());
    return this.#passage.sourceEnd;
  }

  #fail(error) {
    this.readable.controller.error(error);
    return error;
  }

  #failWrite(error) {
    const written = this.#written;
    if (written === undefined) return;
    this.#written = undefined;
    this.#buffer = undefined;
    written.reject(error);
  }

  // Hands the read that waits as much of the write as it takes.
  #give() {
    const { controller } = this.readable;
    const buffer = this.#buffer;
    const byteOffset = this.#byteOffset;
    if (controller.pendingPullIntos.length === 0) {
      const rest = new Uint8ArrayConstructor(buffer, byteOffset, this.#byteLength);
      this.#took(this.#byteLength);
      controller.enqueueOwned(rest);
      return;
    }
    const pullInto = controller.pendingPullIntos.peek();
    const count = MathMin(this.#byteLength, pullInto.byteLength - pullInto.bytesFilled);
    copyBytes(pullInto.buffer, pullInto.byteOffset + pullInto.bytesFilled, buffer, byteOffset, count);
    this.#took(count);
    controller.respond(count);
  }

  #took(count) {
    this.#byteOffset += count;
    this.#byteLength -= count;
    if (this.#byteLength > 0) return;
    const written = this.#written;
    this.#written = undefined;
    this.#buffer = undefined;
    written.resolve(undefined);
  }
}

function byteSizeOf(chunk) {
  return chunkBytes(chunk)?.byteLength ?? 0;
}

const streamOptions = { __proto__: null, highWaterMark: toUnrestrictedDouble };

function highWaterMarkFrom(options, Class, position) {
  const { highWaterMark } = dictionary(options, streamOptions, () =>
    constructorArgumentError(Class, position, "IdentityTransformStreamQueuingStrategy"));
  return highWaterMarkOf(highWaterMark, undefined);
}

export class IdentityTransformStream extends TransformStream {
  constructor(options = undefined) {
    if (options === internalToken) super(internalToken, arguments[1]);
    else super(internalToken, new BytePipe(undefined, highWaterMarkFrom(options, "IdentityTransformStream", 1)));
  }
}

export class FixedLengthStream extends IdentityTransformStream {
  /** `expectedLength`: a number or bigint of bytes, below 2^53. The readable side announces it as Content-Length. */
  constructor(expectedLength, options = undefined) {
    if (expectedLength === undefined) throw constructorArgumentError("FixedLengthStream", 1, "bigint");
    const length = lengthFrom(expectedLength);
    super(internalToken, new BytePipe(length, highWaterMarkFrom(options, "FixedLengthStream", 2)));
  }
}

const LENGTH_LIMIT = 2 ** 53;

function lengthFrom(value) {
  const length = typeof value === "bigint" ? Number(value) : +value;
  if (!NumberIsFinite(length)) throw new TypeError("The value cannot be converted because it is not an integer.");
  if (length < 0) {
    throw new TypeError(
      "The value cannot be converted because it is negative and this API expects a positive bigint.",
    );
  }
  if (length >= LENGTH_LIMIT) {
    throw new TypeError("FixedLengthStream requires an integer expected length less than 2^53.");
  }
  return MathTrunc(length);
}

defineInterface(IdentityTransformStream);
defineInterface(FixedLengthStream);
