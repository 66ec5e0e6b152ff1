// util.isArray() and the like, which Node keeps for old programs.

import { Buffer } from "./buffer.js";
import * as types from "../util/types.js";

export const { isArray } = Array;
export const { isBuffer } = Buffer;

export function isBoolean(arg) {
  return typeof arg === "boolean";
}

export function isDate(arg) {
  return types.isDate(arg);
}

export function isError(arg) {
  return types.isNativeError(arg);
}

export function isFunction(arg) {
  return typeof arg === "function";
}

export function isNull(arg) {
  return arg === null;
}

export function isNullOrUndefined(arg) {
  return arg === null || arg === undefined;
}

export function isNumber(arg) {
  return typeof arg === "number";
}

export function isObject(arg) {
  return arg !== null && typeof arg === "object";
}

export function isPrimitive(arg) {
  return arg === null || (typeof arg !== "object" && typeof arg !== "function");
}

export function isRegExp(arg) {
  return types.isRegExp(arg);
}

export function isString(arg) {
  return typeof arg === "string";
}

export function isSymbol(arg) {
  return typeof arg === "symbol";
}

export function isUndefined(arg) {
  return arg === undefined;
}
