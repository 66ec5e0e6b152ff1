// WebAssembly.compile() and WebAssembly.instantiate() (https://webassembly.github.io/spec/js-api/#webassembly-namespace).
//
// The engine wants an event loop of its own for them. Workers refuse bytes while they run, and what is left, making an
// instance of a module, takes the engine no time that would be worth another thread.

import { PromiseConstructor } from "./primordials.js";

const { CompileError, Instance, Module } = WebAssembly;
const { exports } = Module;

function isModule(value) {
  try {
    exports(value);
    return true;
  } catch {
    return false;
  }
}

function compileFor(method, bytes) {
  try {
    return new Module(bytes);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    throw new CompileError(error.message.replace(/^WebAssembly\.Module\(\)/, `WebAssembly.${method}()`));
  }
}

function compile(bytes) {
  return new PromiseConstructor((resolve) => resolve(compileFor("compile", bytes)));
}

function instantiate(source, imports = undefined) {
  return new PromiseConstructor((resolve) => {
    if (isModule(source)) {
      resolve(new Instance(source, imports));
      return;
    }
    if (typeof source !== "object" || source === null) {
      throw new TypeError(
        "WebAssembly.instantiate(): Argument 0 must be a buffer source or a WebAssembly.Module object",
      );
    }
    const module = compileFor("instantiate", source);
    resolve({ module, instance: new Instance(module, imports) });
  });
}

/** Replaces what the engine has; the streaming functions do not exist in Workers. */
export function install() {
  for (const method of [compile, instantiate]) {
    Object.defineProperty(method, "length", { value: 1, configurable: true });
    Object.defineProperty(WebAssembly, method.name, {
      value: method, writable: true, enumerable: true, configurable: true,
    });
  }
  delete WebAssembly.compileStreaming;
  delete WebAssembly.instantiateStreaming;
}
