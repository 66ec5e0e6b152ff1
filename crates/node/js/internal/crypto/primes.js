// Prime numbers: checkPrime and generatePrime, at once or with a callback, which works on a blocking thread.

import { op_node_prime_check, op_node_prime_generate } from "holdfast:ops";
import { Buffer } from "../buffer.js";
import { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } from "../errors.js";
import { validateBoolean, validateFunction, validateInt32, validateObject } from "../validators.js";
import { callBack, isBytes } from "./bytes.js";

const NUMBER_TYPES = ["ArrayBuffer", "TypedArray", "Buffer", "DataView", "bigint"];

function numberBytes(value, name) {
  if (typeof value === "bigint") {
    if (value < 0n) throw new ERR_OUT_OF_RANGE(name, ">= 0", value);
    const digits = value.toString(16);
    return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, "hex");
  }
  if (!isBytes(value)) throw new ERR_INVALID_ARG_TYPE(name, NUMBER_TYPES, value);
  return value;
}

function bigIntOf(bytes) {
  const digits = Buffer.from(bytes).toString("hex");
  return BigInt(`0x${digits === "" ? "0" : digits}`);
}

// --- checking ------------------------------------------------------------------------------------

function checkOperands(candidate, options) {
  candidate = numberBytes(candidate, "candidate");
  validateObject(options, "options");
  const { checks = 0 } = options;
  validateInt32(checks, "options.checks", 0);
  return [candidate, checks];
}

export function checkPrimeSync(candidate, options = {}) {
  return op_node_prime_check(...checkOperands(candidate, options), false);
}

export function checkPrime(candidate, options, callback) {
  if (typeof options === "function") [options, callback] = [{}, options];
  const operands = checkOperands(candidate, options);
  validateFunction(callback, "callback");
  callBack(op_node_prime_check(...operands, true), callback);
}

// --- generating ----------------------------------------------------------------------------------

function generateOperands(size, options) {
  validateInt32(size, "size", 1);
  validateObject(options, "options");
  const { safe = false, bigint = false } = options;
  validateBoolean(safe, "options.safe");
  validateBoolean(bigint, "options.bigint");
  const add = options.add === undefined ? undefined : numberBytes(options.add, "options.add");
  const rem = options.rem === undefined ? undefined : numberBytes(options.rem, "options.rem");
  if (add !== undefined && (bitsOf(add) > size || (rem !== undefined && bigIntOf(add) <= bigIntOf(rem)))) {
    throw new RangeError("Invalid values for add and rem");
  }
  return { operands: [size, safe, add, rem], bigint };
}

function bitsOf(bytes) {
  return bigIntOf(bytes).toString(2).length;
}

function primeOf(bytes, bigint) {
  if (bytes === undefined) throw new Error("Error while generating prime");
  return bigint ? bigIntOf(bytes) : bytes;
}

export function generatePrimeSync(size, options = {}) {
  const { operands, bigint } = generateOperands(size, options);
  return primeOf(op_node_prime_generate(...operands, false), bigint);
}

export function generatePrime(size, options, callback) {
  if (typeof options === "function") [options, callback] = [{}, options];
  validateFunction(callback, "callback");
  const { operands, bigint } = generateOperands(size, options);
  callBack(op_node_prime_generate(...operands, true).then((bytes) => primeOf(bytes, bigint)), callback);
}
