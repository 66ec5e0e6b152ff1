// Codecs of the host, driven step by step. Nothing here knows of streams or of options by name.

import {
  op_yield, op_zlib_close, op_zlib_new, op_zlib_params, op_zlib_reset, op_zlib_step,
} from "holdfast:ops";

/** What a codec says when it fails: not an error yet, since functions and streams make different ones of it. */
export class Failure {
  constructor([message, code, errno]) {
    this.message = message;
    this.code = code;
    this.errno = errno;
  }
}

function check(outcome) {
  if (outcome !== undefined) throw new Failure(outcome);
}

/** All of the input was taken and all of the output given. */
export const DONE = 0;
/** There is more to take or to give. */
export const AGAIN = 1;
/** What remains of the input does not belong to the compressed data. */
export const TRAILING = 2;

/** A codec. Streams show it as `_handle`, and packages replace its `close`. */
export class Codec {
  #native;

  /**
   * Throws a Failure if the settings do not fit.
   * @param {number} mode DEFLATE, INFLATE, …
   * @param {number[]} numbers window bits, level, memory level, strategy and whether params() may be called; parameters
   *   and their values in turn for Brotli and Zstandard
   */
  constructor(mode, numbers, dictionary = undefined, pledgedSize = undefined) {
    const native = op_zlib_new(mode, numbers, dictionary, pledgedSize);
    if (Array.isArray(native)) throw new Failure(native);
    this.#native = native;
  }

  /**
   * One step, of bounded work: takes from `bytes` at `at`, gives at most `room` bytes. Throws a Failure.
   * @returns {[Uint8Array, number, number]} output, how much was taken, and DONE, AGAIN or TRAILING
   */
  step(bytes, at, room, flush) {
    const result = op_zlib_step(this.#native, bytes, at, room, flush);
    if (typeof result[0] === "string") throw new Failure(result);
    return result;
  }

  reset() {
    check(op_zlib_reset(this.#native));
  }

  params(level, strategy) {
    check(op_zlib_params(this.#native, level, strategy));
  }

  close() {
    op_zlib_close(this.#native);
  }
}

/** So much work, in bytes of input and output, may be done at a stretch where nobody waits for it. */
export const BYTES_PER_TURN = 1 << 20;

/** A promise of a later turn. */
export const laterTurn = op_yield;
