// What all streams of node:zlib have in common: a transform over a codec.

import { queueMicrotask } from "holdfast:web/timers";
import { Buffer } from "../../buffer.js";
import { finished, Transform } from "../../stream.js";
import { ERR_BUFFER_TOO_LARGE, ERR_OUT_OF_RANGE, NodeError } from "../errors.js";
import { checkFiniteNumber, checkRangesOrGetDefault } from "../validators.js";
import { AGAIN, BYTES_PER_TURN, Failure, laterTurn, TRAILING } from "./codec.js";
import { constants } from "./constants.js";

const { Z_BLOCK, Z_DEFAULT_CHUNK, Z_FINISH, Z_FULL_FLUSH, Z_MIN_CHUNK, Z_NO_FLUSH, Z_SYNC_FLUSH } = constants;

/** The largest Buffer of Node. */
const LENGTH_MAX = 2 ** 31 - 1;

/** The error that streams have for what a codec says. */
export function errorOf(failure) {
  if (!(failure instanceof Failure)) return failure;
  const error = new NodeError(failure.code, failure.message);
  error.errno = failure.errno;
  return error;
}

// Empty chunks that stand in the queue of writes for a call of flush(), with how to flush.
const flushMarks = new WeakMap();

// What a flush leaves out, another that is stronger has done. zlib's values are not in the order of their strength.
const FLUSHES_BY_STRENGTH = [Z_NO_FLUSH, Z_BLOCK, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH];

function stronger(a, b) {
  return FLUSHES_BY_STRENGTH.indexOf(a) > FLUSHES_BY_STRENGTH.indexOf(b) ? a : b;
}

export class ZlibBase extends Transform {
  #isClosed = false;
  /** Goes on with the chunk under way, once somebody reads. */
  #resume = undefined;

  /**
   * @param codec the Codec
   * @param flushes flush values: { flush, finishFlush, fullFlush, max }
   */
  constructor(options, codec, { flush, finishFlush, fullFlush, max }) {
    let chunkSize = Z_DEFAULT_CHUNK;
    let maxOutputLength = LENGTH_MAX;
    let streamOptions = options;
    if (options) {
      if (checkFiniteNumber(options.chunkSize, "options.chunkSize")) {
        if (options.chunkSize < Z_MIN_CHUNK) {
          throw new ERR_OUT_OF_RANGE("options.chunkSize", `>= ${Z_MIN_CHUNK}`, options.chunkSize);
        }
        ({ chunkSize } = options);
      }
      flush = checkRangesOrGetDefault(options.flush, "options.flush", 0, max, flush);
      finishFlush = checkRangesOrGetDefault(options.finishFlush, "options.finishFlush", 0, max, finishFlush);
      maxOutputLength =
        checkRangesOrGetDefault(options.maxOutputLength, "options.maxOutputLength", 1, LENGTH_MAX, LENGTH_MAX);
      // What comes out are bytes, whatever the options of streams say.
      if (options.encoding || options.objectMode || options.writableObjectMode) {
        streamOptions = { ...options, encoding: null, objectMode: false, writableObjectMode: false };
      }
    }
    super({ autoDestroy: true, ...streamOptions });
    this.bytesWritten = 0;
    this._maxOutputLength = maxOutputLength;
    this._outOffset = 0;
    this._chunkSize = chunkSize;
    this._defaultFlushFlag = flush;
    this._finishFlushFlag = finishFlush;
    this._defaultFullFlushFlag = fullFlush;
    this._info = options?.info;
    this._handle = codec;
  }

  get _closed() {
    return this.#isClosed;
  }

  get bytesRead() {
    return this.bytesWritten;
  }

  reset() {
    this.#checkOpen();
    try {
      this._handle.reset();
    } catch (failure) {
      this.destroy(errorOf(failure));
    }
  }

  #checkOpen() {
    if (this._handle) return;
    const error = new Error("zlib binding closed");
    error.name = "AssertionError";
    error.code = "ERR_ASSERTION";
    throw error;
  }

  _flush(callback) {
    this._transform(Buffer.alloc(0), "", callback);
  }

  _final(callback) {
    callback();
  }

  flush(kind = undefined, callback = undefined) {
    if (typeof kind === "function" || (kind === undefined && !callback)) {
      callback = kind;
      kind = this._defaultFullFlushFlag;
    }
    if (this.writableFinished) {
      if (callback) queueMicrotask(callback);
    } else if (this.writableEnded) {
      if (callback) this.once("end", callback);
    } else {
      const mark = Buffer.alloc(0);
      flushMarks.set(mark, kind);
      this.write(mark, "", callback);
    }
  }

  close(callback = undefined) {
    if (callback) finished(this, callback);
    this.destroy();
  }

  _destroy(error, callback) {
    this.#closeCodec();
    callback(error);
  }

  #closeCodec() {
    this.#isClosed = true;
    this.#resume = undefined;
    this._handle?.close();
    this._handle = null;
  }

  _transform(chunk, _encoding, callback) {
    let flush = this._defaultFlushFlag;
    const mark = flushMarks.get(chunk);
    if (mark !== undefined) {
      flush = mark;
    } else if (this.writableEnded && this.writableLength === chunk.byteLength) {
      // The last one: what finishes it can be done in one go.
      flush = this._isZlib ? stronger(flush, this._finishFlushFlag) : this._finishFlushFlag;
    }
    this.#process(chunk, flush, callback);
  }

  /** Internal of Node, and used by packages: what comes of a chunk, all at once if there is no callback. */
  _processChunk(chunk, flush, callback = undefined) {
    if (typeof callback === "function") {
      this.#process(chunk, flush, callback);
      return undefined;
    }
    return this.#processSync(chunk, flush);
  }

  // One step; what it gave, and what is next.
  #step(chunk, at, flush) {
    const [output, taken, next] = this._handle.step(chunk, at, this._chunkSize - this._outOffset, flush);
    this.bytesWritten += taken;
    // Chunks that are given end where a buffer of the chunk size would be full.
    this._outOffset = (this._outOffset + output.byteLength) % this._chunkSize;
    return { output, taken, next };
  }

  #process(chunk, flush, callback) {
    let at = 0;
    let worked = 0;
    const work = () => {
      for (;;) {
        if (!this._handle || this.destroyed) {
          callback();
          return;
        }
        let step;
        try {
          step = this.#step(chunk, at, flush);
        } catch (failure) {
          this.destroy(errorOf(failure));
          return;
        }
        const { output, taken, next } = step;
        at += taken;
        const wantsMore = output.byteLength === 0 || this.push(Buffer.from(output.buffer));
        if (next !== AGAIN) {
          if (next === TRAILING) this.push(null);
          callback();
          return;
        }
        if (!wantsMore) {
          this.#resume = work;
          return;
        }
        worked += taken + output.byteLength;
        if (worked >= BYTES_PER_TURN) {
          worked = 0;
          laterTurn().then(work, (error) => this.destroy(error));
          return;
        }
      }
    };
    work();
  }

  _read(size) {
    const resume = this.#resume;
    this.#resume = undefined;
    if (resume !== undefined) resume();
    else super._read(size);
  }

  #processSync(chunk, flush) {
    this.#checkOpen();
    const chunks = [];
    let length = 0;
    let at = 0;
    for (let next = AGAIN; next === AGAIN; ) {
      let step;
      try {
        step = this.#step(chunk, at, flush);
      } catch (failure) {
        this.#closeCodec();
        throw errorOf(failure);
      }
      ({ next } = step);
      at += step.taken;
      length += step.output.byteLength;
      if (length > this._maxOutputLength) {
        this.#closeCodec();
        throw new ERR_BUFFER_TOO_LARGE(this._maxOutputLength);
      }
      if (step.output.byteLength > 0) chunks.push(step.output);
    }
    this.#closeCodec();
    return chunks.length === 1 ? Buffer.from(chunks[0].buffer) : Buffer.concat(chunks, length);
  }
}
