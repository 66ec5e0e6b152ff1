// The classes of node:zlib, with their options.

import { queueMicrotask } from "holdfast:web/timers";
import { define, ERR_INVALID_ARG_TYPE, NodeRangeError } from "../errors.js";
import { ERR_BROTLI_INVALID_PARAM, ERR_ZLIB_INITIALIZATION_FAILED } from "../errors_areas.js";
import { checkRangesOrGetDefault } from "../validators.js";
import { errorOf, ZlibBase } from "./base.js";
import { Codec } from "./codec.js";
import { constants } from "./constants.js";
import { toPledgedSize } from "./once.js";

const {
  BROTLI_DECODE, BROTLI_ENCODE, BROTLI_OPERATION_EMIT_METADATA, BROTLI_OPERATION_FINISH, BROTLI_OPERATION_FLUSH,
  BROTLI_OPERATION_PROCESS, BROTLI_PARAM_NDIRECT, DEFLATE, DEFLATERAW, GUNZIP, GZIP, INFLATE, INFLATERAW, UNZIP,
  Z_BLOCK, Z_DEFAULT_COMPRESSION, Z_DEFAULT_MEMLEVEL, Z_DEFAULT_STRATEGY, Z_DEFAULT_WINDOWBITS, Z_FINISH, Z_FIXED,
  Z_FULL_FLUSH, Z_MAX_LEVEL, Z_MAX_MEMLEVEL, Z_MAX_WINDOWBITS, Z_MIN_LEVEL, Z_MIN_MEMLEVEL, Z_MIN_WINDOWBITS,
  Z_NO_FLUSH, Z_SYNC_FLUSH, ZSTD_c_overlapLog, ZSTD_d_windowLogMax, ZSTD_DECODE, ZSTD_e_continue, ZSTD_e_end,
  ZSTD_e_flush, ZSTD_ENCODE,
} = constants;

const ERR_ZSTD_INVALID_PARAM = define(
  NodeRangeError, "ERR_ZSTD_INVALID_PARAM", (value) => `${value} is not a valid Zstd parameter`,
);

// --- zlib -------------------------------------------------------------------------------------------

const ZLIB_FLUSHES = { flush: Z_NO_FLUSH, finishFlush: Z_FINISH, fullFlush: Z_FULL_FLUSH, max: Z_BLOCK };

function windowBitsFrom({ windowBits }, mode) {
  const takesHeaders = mode === INFLATE || mode === GUNZIP || mode === UNZIP;
  // 0: as the header says.
  if (takesHeaders && (windowBits === undefined || windowBits === null || windowBits === 0)) return 0;
  const min = Z_MIN_WINDOWBITS + (mode === GZIP ? 1 : 0);
  const name = "options.windowBits";
  const bits = checkRangesOrGetDefault(windowBits, name, min, Z_MAX_WINDOWBITS, Z_DEFAULT_WINDOWBITS);
  // Without a header nothing could say that the window has 512 bytes instead of 256.
  return mode === DEFLATERAW && bits === 8 ? 9 : bits;
}

function dictionaryFrom({ dictionary }) {
  const isBuffer = ArrayBuffer.isView(dictionary) || dictionary instanceof ArrayBuffer;
  if (dictionary === undefined || isBuffer) return dictionary;
  const types = ["Buffer", "TypedArray", "DataView", "ArrayBuffer"];
  throw new ERR_INVALID_ARG_TYPE("options.dictionary", types, dictionary);
}

function levelFrom(level, name) {
  return checkRangesOrGetDefault(level, name, Z_MIN_LEVEL, Z_MAX_LEVEL, Z_DEFAULT_COMPRESSION);
}

function strategyFrom(strategy, name) {
  return checkRangesOrGetDefault(strategy, name, Z_DEFAULT_STRATEGY, Z_FIXED, Z_DEFAULT_STRATEGY);
}

export class Zlib extends ZlibBase {
  constructor(options, mode) {
    const given = options ?? {};
    const windowBits = windowBitsFrom(given, mode);
    const level = levelFrom(given.level, "options.level");
    const memLevel = checkRangesOrGetDefault(
      given.memLevel, "options.memLevel", Z_MIN_MEMLEVEL, Z_MAX_MEMLEVEL, Z_DEFAULT_MEMLEVEL,
    );
    const strategy = strategyFrom(given.strategy, "options.strategy");
    const dictionary = dictionaryFrom(given);
    // The last says that params() may be called.
    super(options, open(mode, [windowBits, level, memLevel, strategy, 1], dictionary), ZLIB_FLUSHES);
    this._level = level;
    this._strategy = strategy;
  }

  get _isZlib() {
    return true;
  }

  /** Changes level and strategy for what is written from now on. */
  params(level, strategy, callback = undefined) {
    level = levelFrom(level, "level");
    strategy = strategyFrom(strategy, "strategy");
    if (level === this._level && strategy === this._strategy) {
      if (callback) queueMicrotask(callback);
      return;
    }
    this.flush(Z_SYNC_FLUSH, () => {
      if (!this._handle) return;
      try {
        this._handle.params(level, strategy);
      } catch (failure) {
        this.destroy(errorOf(failure));
        return;
      }
      this._level = level;
      this._strategy = strategy;
      callback?.();
    });
  }
}

function open(mode, numbers, dictionary, pledgedSize) {
  try {
    return new Codec(mode, numbers, dictionary, pledgedSize);
  } catch (failure) {
    // Why not is for the functions that take everything at once to tell.
    throw failure.code === "ERR_ZLIB_INITIALIZATION_FAILED" ? new ERR_ZLIB_INITIALIZATION_FAILED() : errorOf(failure);
  }
}

// Brotli's and Zstandard's parameters and their values in turn, by number.
function parameterNumbers(options, last, InvalidParam) {
  const numbers = [];
  for (const key of Object.keys(options?.params ?? {})) {
    if (!Number.isInteger(+key) || +key < 0 || +key > last) throw new InvalidParam(key);
    const value = options.params[key];
    if (typeof value !== "number" && typeof value !== "boolean") {
      throw new ERR_INVALID_ARG_TYPE("options.params[key]", "number", value);
    }
    numbers.push(+key, +value);
  }
  return numbers;
}

// --- Brotli -----------------------------------------------------------------------------------------

const BROTLI_FLUSHES = {
  flush: BROTLI_OPERATION_PROCESS,
  finishFlush: BROTLI_OPERATION_FINISH,
  fullFlush: BROTLI_OPERATION_FLUSH,
  max: BROTLI_OPERATION_EMIT_METADATA,
};

export class Brotli extends ZlibBase {
  constructor(options, mode) {
    const numbers = parameterNumbers(options, BROTLI_PARAM_NDIRECT, ERR_BROTLI_INVALID_PARAM);
    super(options, open(mode, numbers), BROTLI_FLUSHES);
  }
}

// --- Zstandard --------------------------------------------------------------------------------------

const ZSTD_FLUSHES = { flush: ZSTD_e_continue, finishFlush: ZSTD_e_end, fullFlush: ZSTD_e_flush, max: ZSTD_e_end };

export class Zstd extends ZlibBase {
  constructor(options, mode, lastParameter, pledgedSize) {
    const numbers = parameterNumbers(options, lastParameter, ERR_ZSTD_INVALID_PARAM);
    super(options, open(mode, numbers, options?.dictionary, pledgedSize), ZSTD_FLUSHES);
  }
}

// --- the classes ------------------------------------------------------------------------------------

export class Deflate extends Zlib {
  constructor(options) {
    super(options, DEFLATE);
  }
}

export class Inflate extends Zlib {
  constructor(options) {
    super(options, INFLATE);
  }
}

export class Gzip extends Zlib {
  constructor(options) {
    super(options, GZIP);
  }
}

export class Gunzip extends Zlib {
  constructor(options) {
    super(options, GUNZIP);
  }
}

export class DeflateRaw extends Zlib {
  constructor(options) {
    super(options, DEFLATERAW);
  }
}

export class InflateRaw extends Zlib {
  constructor(options) {
    super(options, INFLATERAW);
  }
}

export class Unzip extends Zlib {
  constructor(options) {
    super(options, UNZIP);
  }
}

export class BrotliCompress extends Brotli {
  constructor(options) {
    super(options, BROTLI_ENCODE);
  }
}

export class BrotliDecompress extends Brotli {
  constructor(options) {
    super(options, BROTLI_DECODE);
  }
}

export class ZstdCompress extends Zstd {
  constructor(options) {
    super(options, ZSTD_ENCODE, ZSTD_c_overlapLog, toPledgedSize(options?.pledgedSrcSize));
  }
}

export class ZstdDecompress extends Zstd {
  constructor(options) {
    super(options, ZSTD_DECODE, ZSTD_d_windowLogMax, undefined);
  }
}
