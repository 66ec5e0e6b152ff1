// Both sides of a compression or decompression.
//
// As on Workers, and unlike in the specification, a write is over when its bytes went through the codec, whether or not
// somebody reads: programs write everything, close, and read then. What waits for a reader has two bounds: a pipe fills
// the first, a writer that does not look at anything the second.

import { op_codec_body, op_codec_close, op_codec_finish, op_codec_step, op_codec_write, op_yield }
  from "holdfast:ops";
import { Passage } from "./passage.js";
import { PromiseReject, Uint8ArrayConstructor } from "./primordials.js";
import { ByteController } from "./streams/byte_controller_record.js";
import { chunkBytes, notBytesError, reasonAcross, refusal } from "./streams/byte_transform.js";
import { Deferred } from "./streams/promises.js";
import { ReadableRecord } from "./streams/readable_core.js";
import { startController } from "./streams/readable_default_controller.js";
import { SinkController, startSinkController } from "./streams/writable_controller.js";
import { WritableRecord } from "./streams/writable_core.js";

/** A pipe does not write while so many bytes wait for a reader. */
const PIPED_BYTES_MAX = 64 << 10;
/** A write is not over before less than this waits for a reader. */
const WRITTEN_BYTES_MAX = 64 << 20;
/** After so many steps of the codec (a megabyte) others on the thread get their turn. */
const STEPS_MAX = 64;

/** The source of the readable side and the sink of the writable one, as `TransformStream` takes them. */
export class CodecPipe {
  readable = new ReadableRecord();
  writable = new WritableRecord();
  #codec;
  /** Whether the readable side has failed or was cancelled: there is nothing to make any more. */
  #isOver = false;
  /** Deferred of a time when a reader has taken everything. */
  #taken = undefined;
  /** Passage of the body that gives the output, if the host pipes. */
  #passage = undefined;

  constructor(codec) {
    this.#codec = codec;
    startController(new ByteController(this.readable, this, 0, undefined, true));
    const sink = new SinkController(this.writable, this, 1, undefined);
    sink.onAbortSignal = (reason) => this.#stop(reason);
    sink.refusal = refusal;
    sink.roomForPipe = () => this.#roomFor(PIPED_BYTES_MAX);
    sink.takeBody = (handle) => this.#takeBody(handle);
    startSinkController(sink);
  }

  // --- the source ---

  /** A read waits, and nothing else does. */
  pull() {
    if (this.#passage !== undefined) return this.#passage.pull();
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.resolve(undefined);
    return undefined;
  }

  /** The reader has gone. */
  cancel(reason) {
    this.#passage?.cancel();
    const error = reason === undefined ? new Error("Stream was cancelled.") : reasonAcross(reason);
    this.#stop(error);
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
    // The codec copies: the writer may change its buffer as soon as write() has returned.
    op_codec_write(this.#codec, new Uint8ArrayConstructor(buffer, byteOffset, byteLength));
    return this.#run();
  }

  async close() {
    if (this.#passage !== undefined) {
      this.readable.controller.finish();
      return;
    }
    op_codec_finish(this.#codec);
    await this.#run();
    if (this.#isOver) return;
    this.#isOver = true;
    this.#codec = undefined;
    this.readable.controller.finish();
  }

  abort(reason) {
    const error = reasonAcross(reason);
    this.#passage?.fail(error);
    this.#fail(error);
    return undefined;
  }

  // Everything that can be made of what was written.
  async #run() {
    const { controller } = this.readable;
    for (let steps = 1; !this.#isOver; steps++) {
      let output;
      try {
        output = op_codec_step(this.#codec);
      } catch (error) {
        throw this.#fail(error);
      }
      if (output === null) break;
      if (output !== undefined) controller.enqueueOwned(output);
      if (steps % STEPS_MAX === 0) await op_yield();
    }
    await this.#roomFor(WRITTEN_BYTES_MAX);
  }

  // Undefined if less than `limit` bytes wait, else a promise of a time when none do.
  #roomFor(limit) {
    if (this.#isOver || this.readable.controller.queueTotalSize < limit) return undefined;
    this.#taken ??= new Deferred();
    return this.#taken.promise;
  }

  #fail(error) {
    this.#stop(error);
    this.readable.controller.error(error);
    return error;
  }

  // A write under way ends with `error` if it waits for a reader.
  #stop(error) {
    this.#isOver = true;
    if (this.#codec !== undefined) op_codec_close(this.#codec);
    this.#codec = undefined;
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.reject(error);
  }

  // --- the host pipes ---

  #takeBody(handle) {
    const made = op_codec_body(this.#codec, handle);
    if (made === undefined) return undefined;
    this.#codec = undefined;
    this.#passage = new Passage(handle, made, this.readable, this.writable);
    // A read may wait already.
    this.readable.controller.callPullIfNeeded();
    return this.#passage.sourceEnd;
  }
}
