// What `nodejs_compat` adds to the global object.

export function install(global) {
  const define = (name, value) =>
    Object.defineProperty(global, name, { value, enumerable: false, writable: true, configurable: true });
  define("global", global);
}
