// node:module (https://nodejs.org/api/module.html). The modules of a program are known before it runs: what would load
// others says that it cannot.

import { builtinModules as allModules, getBuiltinModule, isBuiltin } from "./internal/builtin_modules.js";
import { ERR_INVALID_ARG_VALUE } from "./internal/errors.js";
import { fails as missing, idle } from "./internal/missing.js";
import { notImplemented } from "./internal/unsupported.js";

const fails = (name) => missing(`module.${name}`);

/** The class is the module: what it exports are its properties. */
function Module() {
  throw notImplemented("module.Module");
}

for (const name of ["load", "require", "_compile"]) Module.prototype[name] = idle(name);
Object.defineProperty(Module.prototype, "isPreloading", { get: () => false });

const PATH_WANTED = "The argument must be a file URL object, a file URL string, or an absolute path string.";

/** A `require` that knows Node's modules; files of the program are found when it is loaded, not here. */
function createRequire(path) {
  const text = `${path}`;
  if (!text.startsWith("/") && !(URL.canParse(text) && new URL(text).protocol === "file:")) {
    throw new ERR_INVALID_ARG_VALUE("path", text, PATH_WANTED);
  }
  return (0, (...args) => {
    const found = getBuiltinModule(args[0]);
    if (found === undefined) throw new Error(`No such module "${args[0]}".`);
    return found;
  });
}

const builtinModules = Object.freeze([...allModules]);
const constants = {
  __proto__: null,
  compileCacheStatus: { __proto__: null, FAILED: 0, ENABLED: 1, ALREADY_ENABLED: 2, DISABLED: 3 },
};
const globalPaths = [];
const _cache = { __proto__: null };
const _pathCache = { __proto__: null };
const _extensions = {
  ".js": missing("module._extensions.js"),
  ".json": missing("module._extensions.json"),
  ".node": missing("module._extensions.node"),
};

function getSourceMapsSupport() {
  return Object.freeze({ __proto__: null, enabled: false, nodeModules: false, generatedCode: false });
}

const enableCompileCache = idle("enableCompileCache");
const flushCompileCache = idle("flushCompileCache");
const getCompileCacheDir = idle("getCompileCacheDir");
const register = fails("register");
const registerHooks = fails("registerHooks");
const findPackageJSON = fails("findPackageJSON");
const stripTypeScriptTypes = fails("stripTypeScriptTypes");
const findSourceMap = fails("findSourceMap");
const SourceMap = fails("SourceMap");
const setSourceMapsSupport = fails("setSourceMapsSupport");
const runMain = fails("runMain");
const syncBuiltinESMExports = fails("syncBuiltinESMExports");
const wrap = fails("wrap");
const _debug = fails("_debug");
const _findPath = fails("_findPath");
const _initPaths = fails("_initPaths");
const _load = fails("_load");
const _preloadModules = fails("_preloadModules");
const _resolveFilename = fails("_resolveFilename");
const _resolveLookupPaths = fails("_resolveLookupPaths");
const _nodeModulePaths = fails("_nodeModulePaths");

const members = {
  register,
  constants,
  enableCompileCache,
  findPackageJSON,
  flushCompileCache,
  getCompileCacheDir,
  stripTypeScriptTypes,
  findSourceMap,
  SourceMap,
  getSourceMapsSupport,
  setSourceMapsSupport,
  createRequire,
  builtinModules,
  globalPaths,
  isBuiltin,
  runMain,
  syncBuiltinESMExports,
  wrap,
  _cache,
  _debug,
  _extensions,
  _findPath,
  _initPaths,
  _load,
  _pathCache,
  _preloadModules,
  _resolveFilename,
  _resolveLookupPaths,
  _nodeModulePaths,
  Module,
  registerHooks,
};
for (const [name, value] of Object.entries(members)) {
  Object.defineProperty(Module, name, { value, enumerable: true, writable: true });
}

export {
  _cache, _debug, _extensions, _findPath, _initPaths, _load, _nodeModulePaths, _pathCache, _preloadModules,
  _resolveFilename, _resolveLookupPaths, builtinModules, constants, createRequire, enableCompileCache,
  findPackageJSON, findSourceMap, flushCompileCache, getCompileCacheDir, getSourceMapsSupport, globalPaths,
  isBuiltin, Module, register, registerHooks, runMain, setSourceMapsSupport, SourceMap, stripTypeScriptTypes,
  syncBuiltinESMExports, wrap,
};
export default Module;
