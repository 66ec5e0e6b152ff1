// node:vm. Code cannot be made from text here; contexts can be made, and nothing runs in them.

import { op_node_module } from "holdfast:ops";
import { ERR_INVALID_ARG_TYPE } from "./internal/errors.js";
import { notImplemented } from "./internal/unsupported.js";
import { validateArray, validateObject, validateString } from "./internal/validators.js";

const kContext = Symbol("vm_context_symbol");

function isContext(object) {
  validateObject(object, "object");
  return Object.hasOwn(object, kContext);
}

function requireContext(object) {
  if (!isContext(object)) throw new ERR_INVALID_ARG_TYPE("contextifiedObject", "vm.Context", object);
}

class Script {
  cachedDataRejected;
  cachedDataProduced;
  cachedData;
  sourceMapURL;

  constructor(_code, ...[options = {}]) {
    if (typeof options !== "string") validateObject(options, "options");
  }

  createCachedData() {
    return op_node_module("buffer").Buffer.alloc(0);
  }

  runInThisContext() {
    throw notImplemented("runInThisContext");
  }

  runInContext(contextifiedObject) {
    requireContext(contextifiedObject);
    throw notImplemented("runInThisContext");
  }

  runInNewContext(_contextObject) {
    throw notImplemented("runInThisContext");
  }
}

/** `(contextObject, options)`: the context is another object, since nothing ever runs in it. */
function createContext(...[contextObject = {}, options = {}]) {
  if (contextObject !== constants.DONT_CONTEXTIFY) {
    if (isContext(contextObject)) return contextObject;
    validateObject(options, "options");
  }
  return Object.create(null, { [kContext]: { value: true } });
}

function createScript(code, ...[options]) {
  return new Script(code, options);
}

function runInContext(_code, contextifiedObject) {
  requireContext(contextifiedObject);
  throw notImplemented("runInThisContext");
}

function runInNewContext(_code, _contextObject, _options) {
  throw notImplemented("runInThisContext");
}

function runInThisContext(_code) {
  throw notImplemented("runInThisContext");
}

function compileFunction(code, ...[params]) {
  validateString(code, "code");
  if (params !== undefined) validateArray(params, "params");
  throw notImplemented("compileFunction");
}

function measureMemory() {
  throw notImplemented("measureMemory");
}

const constants = {
  __proto__: null,
  USE_MAIN_CONTEXT_DEFAULT_LOADER: Symbol("vm_dynamic_import_main_context_default"),
  DONT_CONTEXTIFY: Symbol("vm_context_no_contextify"),
};

export {
  compileFunction, constants, createContext, createScript, isContext, measureMemory, runInContext, runInNewContext,
  runInThisContext, Script,
};
export default {
  Script,
  createContext,
  createScript,
  runInContext,
  runInNewContext,
  runInThisContext,
  isContext,
  compileFunction,
  measureMemory,
  constants,
};
