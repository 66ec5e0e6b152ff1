// The functions of node:zlib that take everything at once: gzipSync(), gzip() and so on. Errors are workerd's: plain
// ones without codes, wrong types in its words.

import { op_encode } from "holdfast:ops";
import { queueMicrotask } from "holdfast:web/timers";
import { Buffer } from "../../buffer.js";
import { isAnyArrayBuffer } from "../types.js";
import { validateFunction } from "../validators.js";
import { AGAIN, BYTES_PER_TURN, Codec, Failure, laterTurn } from "./codec.js";
import { constants } from "./constants.js";

const {
  BROTLI_DECODE, BROTLI_ENCODE, BROTLI_OPERATION_EMIT_METADATA, BROTLI_OPERATION_FINISH, GUNZIP, INFLATE, UNZIP,
  Z_DEFAULT_CHUNK, Z_DEFAULT_COMPRESSION, Z_DEFAULT_MEMLEVEL, Z_DEFAULT_STRATEGY, Z_DEFAULT_WINDOWBITS, Z_FINISH,
  Z_FIXED, Z_MAX_CHUNK, Z_MAX_LEVEL, Z_MAX_MEMLEVEL, Z_MAX_WINDOWBITS, Z_MIN_CHUNK, Z_MIN_LEVEL, Z_MIN_MEMLEVEL,
  Z_MIN_WINDOWBITS, ZSTD_DECODE, ZSTD_ENCODE, ZSTD_e_end,
} = constants;

/** The most bytes that one call gives: an isolate's memory on Cloudflare. */
const OUTPUT_BYTES_MAX = 128 << 20;
const UINT32_MAX = 2 ** 32 - 1;
/** The largest flush value of zlib's: Z_TREES, which has no name in Node. */
const Z_TREES = 6;

// --- conversions, whose errors are thrown at the caller ---------------------------------------------

function wrongField(field, type) {
  return new TypeError(
    `Incorrect type for the '${field}' field on 'Options': the provided value is not of type '${type}'.`,
  );
}

function wrongParameter(method, position, type) {
  return new TypeError(`Failed to execute '${method}' on 'ZlibUtil': parameter ${position} is not of type '${type}'.`);
}

function isBuffer(value) {
  return ArrayBuffer.isView(value) || isAnyArrayBuffer(value);
}

/** The bytes of an argument of the native functions, which `method` and `position` name in the error. */
export function toBytes(value, method, position = 1) {
  if (typeof value === "string") return op_encode(value);
  if (isBuffer(value)) return value;
  throw wrongParameter(method, position, "string or ArrayBuffer or ArrayBufferView");
}

function toInt(value) {
  return +value | 0;
}

function toSize(value, type = "number", max = UINT32_MAX) {
  const number = typeof value === "bigint" ? Number(value) : +value;
  if (!Number.isFinite(number)) throw new TypeError("The value cannot be converted because it is not an integer.");
  if (number < 0) {
    throw new TypeError(
      `The value cannot be converted because it is negative and this API expects a positive ${type}.`,
    );
  }
  if (number > max) throw new TypeError(`Value out of range. Must be less than or equal to ${max}.`);
  return Math.trunc(number);
}

/** The option `pledgedSrcSize` of Zstandard; undefined if there is none. */
export function toPledgedSize(value) {
  return value === undefined ? undefined : toSize(value, "bigint", Number.MAX_SAFE_INTEGER);
}

const FIELDS = {
  __proto__: null,
  flush: toInt,
  finishFlush: toInt,
  chunkSize: (value) => toSize(value),
  windowBits: toInt,
  level: toInt,
  memLevel: toInt,
  strategy: (value) => toSize(value),
  maxOutputLength: (value) => toSize(value),
  pledgedSrcSize: toPledgedSize,
  dictionary(value) {
    if (!isBuffer(value)) throw wrongField("dictionary", "ArrayBuffer or ArrayBufferView");
    return value;
  },
  params(value) {
    if (typeof value !== "object" || value === null) throw wrongField("params", "object");
    return value;
  },
};

const ZLIB_FIELDS = [
  "flush", "finishFlush", "chunkSize", "windowBits", "level", "memLevel", "strategy", "dictionary", "maxOutputLength",
];
const BROTLI_FIELDS = ["flush", "finishFlush", "chunkSize", "params", "maxOutputLength"];
const ZSTD_FIELDS = [...BROTLI_FIELDS, "pledgedSrcSize", "dictionary"];

function convert(options, names, method) {
  if (typeof options !== "object" && typeof options !== "function") throw wrongParameter(method, 2, "Options");
  const converted = { __proto__: null };
  for (const name of names) {
    const value = options[name];
    if (value !== undefined) converted[name] = FIELDS[name](value);
  }
  return converted;
}

// --- checks, whose errors callbacks get -------------------------------------------------------------

function checkRange(options, name, min, max, shown = options[name]) {
  const value = options[name];
  if (value === undefined || (value >= min && value <= max)) return;
  throw new RangeError(
    `The value of "options.${name}" is out of range. It must be >= ${min} and <= ${max}. Received ${shown}`,
  );
}

function checkCommon(options, flushMax) {
  checkRange(options, "maxOutputLength", 1, OUTPUT_BYTES_MAX);
  checkRange(options, "chunkSize", Z_MIN_CHUNK, Z_MAX_CHUNK);
  checkRange(options, "flush", 0, flushMax);
  // What workerd says it has received is the other of the two.
  checkRange(options, "finishFlush", 0, flushMax, options.flush ?? 0);
}

function zlibNumbers(options, mode) {
  const { windowBits, level, memLevel, strategy } = options;
  const takesHeaders = mode === INFLATE || mode === GUNZIP || mode === UNZIP;
  const fromHeader = takesHeaders && windowBits === 0;
  if (!fromHeader) checkRange(options, "windowBits", Z_MIN_WINDOWBITS, Z_MAX_WINDOWBITS);
  checkRange(options, "level", Z_MIN_LEVEL, Z_MAX_LEVEL);
  checkRange(options, "memLevel", Z_MIN_MEMLEVEL, Z_MAX_MEMLEVEL);
  if (strategy > Z_FIXED) throw new Error("invalid strategy");
  return [
    windowBits ?? Z_DEFAULT_WINDOWBITS,
    level ?? Z_DEFAULT_COMPRESSION,
    memLevel ?? Z_DEFAULT_MEMLEVEL,
    strategy ?? Z_DEFAULT_STRATEGY,
  ];
}

// Parameters and their values in turn. A name that is no number is one that no codec knows.
function parameterNumbers({ params }) {
  const numbers = [];
  for (const key of Object.keys(params ?? {})) numbers.push(Number.isInteger(+key) ? +key : -1, toInt(params[key]));
  return numbers;
}

// --- the work ---------------------------------------------------------------------------------------

/** What one of the functions does, apart from how its caller gets the result. */
class Job {
  constructor(method, mode, data, options) {
    this.mode = mode;
    this.bytes = toBytes(data, method);
    this.isZlib = mode <= UNZIP;
    this.isZstd = mode === ZSTD_ENCODE || mode === ZSTD_DECODE;
    const fields = this.isZlib ? ZLIB_FIELDS : this.isZstd ? ZSTD_FIELDS : BROTLI_FIELDS;
    this.options = convert(options, fields, method);
  }

  #open() {
    const { mode, options } = this;
    if (this.isZlib) {
      checkCommon(options, Z_TREES);
      return [new Codec(mode, zlibNumbers(options, mode), options.dictionary), Z_FINISH];
    }
    if (this.isZstd) {
      checkCommon(options, ZSTD_e_end);
      // The frame says how long its content is.
      const size = this.bytes.byteLength;
      return [new Codec(mode, parameterNumbers(options), options.dictionary, size), ZSTD_e_end];
    }
    checkCommon(options, BROTLI_OPERATION_EMIT_METADATA);
    return [new Codec(mode, parameterNumbers(options)), BROTLI_OPERATION_FINISH];
  }

  /** Does the work and returns the Buffer; yields now and then. */
  *run() {
    try {
      return yield* this.#work(...this.#open());
    } catch (error) {
      throw error instanceof Failure ? new Error(error.message) : error;
    }
  }

  *#work(codec, finish) {
    const { chunkSize = Z_DEFAULT_CHUNK, maxOutputLength = OUTPUT_BYTES_MAX, finishFlush = finish } = this.options;
    const chunks = [];
    let length = 0;
    let at = 0;
    let worked = 0;
    for (;;) {
      const room = Math.min(chunkSize, maxOutputLength - length);
      if (room === 0) throw new RangeError("Memory limit exceeded");
      const [output, taken, next] = codec.step(this.bytes, at, room, finishFlush);
      at += taken;
      length += output.byteLength;
      if (output.byteLength > 0) chunks.push(output);
      if (next !== AGAIN) break;
      worked += taken + output.byteLength;
      if (worked >= BYTES_PER_TURN) {
        worked = 0;
        yield;
      }
    }
    codec.close();
    return toBuffer(chunks, length);
  }
}

function toBuffer(chunks, length) {
  if (chunks.length === 1) return Buffer.from(chunks[0].buffer, 0, length);
  return Buffer.concat(chunks, length);
}

async function finishLater(work) {
  for (;;) {
    await laterTurn();
    const { done, value } = work.next();
    if (done) return value;
  }
}

// --- the functions ----------------------------------------------------------------------------------

// The names under which workerd's native functions are known.
const NATIVE = {
  __proto__: null,
  [BROTLI_ENCODE]: "brotliCompress",
  [BROTLI_DECODE]: "brotliDecompress",
  [ZSTD_ENCODE]: "zstdCompress",
  [ZSTD_DECODE]: "zstdDecompress",
};

/** The function `name` + "Sync". `Class` gives the class of the streams that do the same. */
export function syncFunction(name, mode, Class) {
  const method = `${NATIVE[mode] ?? "zlib"}Sync`;
  return named(`${name}Sync`, (data, options = {}) => {
    if (options.info) return processWithInfo(Class, data, options, method);
    const work = new Job(method, mode, data, options).run();
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
    }
  });
}

/** The function that calls back. */
export function callbackFunction(name, mode, Class) {
  const method = NATIVE[mode] ?? "zlib";
  return named(name, (data, optionsOrCallback, callback) => {
    let options = optionsOrCallback;
    if (typeof optionsOrCallback === "function") {
      options = {};
      callback = optionsOrCallback;
    } else if (callback === undefined && optionsOrCallback === undefined) {
      options = {};
    }
    validateFunction(callback, "callback");
    const succeed = (result) => queueMicrotask(() => Reflect.apply(callback, undefined, [null, result]));
    const fail = (error) => queueMicrotask(() => Reflect.apply(callback, undefined, [error]));
    if (options.info) {
      let result;
      try {
        result = processWithInfo(Class, data, options, method);
      } catch (error) {
        fail(error);
        return;
      }
      succeed(result);
      return;
    }
    const work = new Job(method, mode, data, options).run();
    let first;
    try {
      first = work.next();
    } catch (error) {
      fail(error);
      return;
    }
    if (first.done) succeed(first.value);
    else finishLater(work).then(succeed, fail);
  });
}

function processWithInfo(Class, data, options, method) {
  const engine = new Class(options);
  const bytes = toBytes(data, method);
  const view = ArrayBuffer.isView(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : Buffer.from(bytes);
  return { engine, buffer: engine._processChunk(view, engine._finishFlushFlag) };
}

function named(name, f) {
  Object.defineProperty(f, "name", { value: name, configurable: true });
  return f;
}
