// What `nodejs_compat` adds to the global object.

import { op_node_module } from "holdfast:ops";
import { enabled } from "holdfast:web/compat";
import { getBuiltinModule } from "./builtin_modules.js";
import { immediatesOf } from "./timers/immediate.js";
import { clearInterval, clearTimeout, setInterval, setTimeout } from "./timers/timeout.js";

export function install(global) {
  const define = (name, value) =>
    Object.defineProperty(global, name, { value, enumerable: true, writable: true, configurable: true });
  // A module that most programs do without is loaded when the first of them looks.
  const defineLazily = (name, load) =>
    Object.defineProperty(global, name, {
      get: () => {
        const value = load();
        define(name, value);
        return value;
      },
      set: (value) => {
        define(name, value);
      },
      enumerable: true,
      configurable: true,
    });

  if (!enabled("nodejs_compat_v2")) return;
  define("global", global);
  defineLazily("Buffer", () => op_node_module("buffer").Buffer);
  defineLazily("process", () => getBuiltinModule("process"));
  for (const [name, method] of Object.entries(immediatesOf("ServiceWorkerGlobalScope"))) define(name, method);
  if (enabled("enable_nodejs_global_timers")) {
    define("setTimeout", setTimeout);
    define("clearTimeout", clearTimeout);
    define("setInterval", setInterval);
    define("clearInterval", clearInterval);
  }
}
