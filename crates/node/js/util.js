// node:util (https://nodejs.org/docs/latest/api/util.html).

import { TextDecoder, TextEncoder } from "holdfast:web/encoding";
import { callSites } from "./internal/call_sites.js";
import { isDeepStrictEqual as deepStrictEqual } from "./internal/deep_equal.js";
import { ERR_INVALID_ARG_TYPE, ERR_METHOD_NOT_IMPLEMENTED } from "./internal/errors.js";
import { format, formatWithOptions, inspect } from "./internal/inspect.js";
import {
  isArray, isBoolean, isBuffer, isDate, isError, isFunction, isNull, isNullOrUndefined, isNumber, isObject, isPrimitive,
  isRegExp, isString, isSymbol, isUndefined,
} from "./internal/legacy_checks.js";
import { debuglog, deprecate, log } from "./internal/logging.js";
import { MIMEParams, MIMEType } from "./internal/mime.js";
import { parseArgs } from "./internal/parse_args.js";
import { aborted, callbackify, promisify } from "./internal/promises.js";
import { parseEnv, stripVTControlCharacters, styleText, toUSVString } from "./internal/text.js";
import { validateFunction } from "./internal/validators.js";
import types from "./util/types.js";

const { getCallSites } = { getCallSites: callSites.bind(undefined) };
Object.defineProperties(getCallSites, { name: { value: "bound getCallSites" }, length: { value: 0 } });
const getCallSite = getCallSites;
const debug = debuglog;

function isDeepStrictEqual(val1, val2) {
  return deepStrictEqual(val1, val2);
}

function inherits(ctor, superCtor) {
  validateFunction(ctor, "ctor");
  validateFunction(superCtor, "superCtor");
  if (superCtor.prototype === undefined) {
    throw new ERR_INVALID_ARG_TYPE("superCtor.prototype", "Object", superCtor.prototype);
  }
  Object.defineProperty(ctor, "super_", { value: superCtor, writable: true, configurable: true });
  Object.setPrototypeOf(ctor.prototype, superCtor.prototype);
}

function _extend(target, source) {
  if (source === null || typeof source !== "object") return target;
  return Object.assign(target, source);
}

// What workerd does not have either. Its errors come in two forms.

function _errnoException() {
  throw new ERR_METHOD_NOT_IMPLEMENTED("_errnoException");
}

function _exceptionWithHostPort() {
  throw new ERR_METHOD_NOT_IMPLEMENTED("_exceptionWithHostPort");
}

function missing(name) {
  const { [name]: fail } = {
    [name]() {
      throw new Error(`node:util ${name} is not implemented`);
    },
  };
  return fail;
}

const getSystemErrorMap = missing("getSystemErrorMap");
const getSystemErrorMessage = missing("getSystemErrorMessage");
const getSystemErrorName = missing("getSystemErrorName");
const transferableAbortController = missing("transferableAbortController");
const transferableAbortSignal = missing("transferableAbortSignal");

export {
  _errnoException,
  _exceptionWithHostPort,
  _extend,
  aborted,
  callbackify,
  debug,
  debuglog,
  deprecate,
  format,
  formatWithOptions,
  getCallSite,
  getCallSites,
  getSystemErrorMap,
  getSystemErrorMessage,
  getSystemErrorName,
  inherits,
  inspect,
  isArray,
  isBoolean,
  isBuffer,
  isDate,
  isDeepStrictEqual,
  isError,
  isFunction,
  isNull,
  isNullOrUndefined,
  isNumber,
  isObject,
  isPrimitive,
  isRegExp,
  isString,
  isSymbol,
  isUndefined,
  log,
  MIMEParams,
  MIMEType,
  parseArgs,
  parseEnv,
  promisify,
  stripVTControlCharacters,
  styleText,
  TextDecoder,
  TextEncoder,
  toUSVString,
  transferableAbortController,
  transferableAbortSignal,
  types,
};

export default {
  _errnoException,
  _exceptionWithHostPort,
  _extend,
  aborted,
  callbackify,
  debug,
  debuglog,
  deprecate,
  format,
  formatWithOptions,
  getCallSite,
  getCallSites,
  getSystemErrorMap,
  getSystemErrorMessage,
  getSystemErrorName,
  inherits,
  inspect,
  isArray,
  isBoolean,
  isBuffer,
  isDate,
  isDeepStrictEqual,
  isError,
  isFunction,
  isNull,
  isNullOrUndefined,
  isNumber,
  isObject,
  isPrimitive,
  isRegExp,
  isString,
  isSymbol,
  isUndefined,
  log,
  MIMEParams,
  MIMEType,
  parseArgs,
  parseEnv,
  promisify,
  stripVTControlCharacters,
  styleText,
  TextDecoder,
  TextEncoder,
  toUSVString,
  transferableAbortController,
  transferableAbortSignal,
  types,
};
