// CommonJS modules and the modules that are data.
//
// Each such module of the project is reached from ES modules through a small generated one, which calls
// `import.meta.load()`; modules are evaluated once, when first asked for, and a cycle sees what is there so far.

import {
  op_module_compile, op_module_data, op_module_file, op_module_kind, op_module_namespace, op_module_resolve,
  op_module_wasm,
} from "holdfast:ops";

// What `op_module_kind` answers.
const COMMONJS = 0;
const JSON_TEXT = 1;
const TEXT = 2;
const BYTES = 3;
const ESM = 4;
const WASM = 5;

const { CompileError, Module: WasmModule } = WebAssembly;

/** Evaluated modules by id. */
const loaded = new Map();

export function load(id) {
  const known = loaded.get(id);
  if (known !== undefined) return known.exports;
  const module = { exports: {}, id, loaded: false };
  switch (op_module_kind(id)) {
    case COMMONJS:
      loaded.set(id, module);
      try {
        evaluate(id, module);
      } catch (error) {
        loaded.delete(id);
        throw error;
      }
      break;
    case JSON_TEXT:
      module.exports = JSON.parse(op_module_data(id));
      loaded.set(id, module);
      break;
    case TEXT:
    case BYTES:
      module.exports = op_module_data(id);
      loaded.set(id, module);
      break;
    case ESM:
      return op_module_namespace(id);
    case WASM:
      module.exports = compileWasm(id);
      loaded.set(id, module);
      break;
    default:
      throw new Error(`commonjs.js: a module of an unknown kind: ${op_module_file(id)}`);
  }
  module.loaded = true;
  return module.exports;
}

function evaluate(id, module) {
  const { 0: run, 1: filename, 2: dirname } = op_module_compile(id);
  Reflect.apply(run, module.exports, [module.exports, requireOf(id), module, filename, dirname]);
}

function compileWasm(id) {
  try {
    return op_module_wasm(id, WasmModule);
  } catch (error) {
    throw new CompileError(`${op_module_file(id)} is not a WebAssembly module: ${error.message}`, { cause: error });
  }
}

/** For `import.meta.load` of a generated module. */
export function loaderOf(id) {
  return () => load(id);
}

/** For `import.meta.require` of a generated module: the `require` of module `id`. */
export function requireOf(id) {
  return (specifier) => {
    const target = op_module_resolve(id, `${specifier}`);
    return typeof target === "string" ? builtin(target) : load(target);
  };
}

/** What `require` gives for one of the runtime's own modules: those of Node have it as their default export. */
function builtin(key) {
  const namespace = op_module_namespace(key);
  return "default" in namespace ? namespace.default : namespace;
}
