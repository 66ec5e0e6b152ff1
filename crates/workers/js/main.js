// Installs what Workers add to the Web platform, on the global object.


function notYet(name) {
  const Class = {
    [name]: class {
      constructor() {
        throw new Error(`${name} is not supported by Holdfast yet.`);
      }
    },
  }[name];
  return Class;
}

/** Globals of Workers that programs name at their top level; using one says what is missing. */
const MISSING = ["WebSocketPair", "WebSocketRequestResponsePair", "WebSocket", "HTMLRewriter", "CompressionStream",
  "DecompressionStream", "EventSource", "URLPattern", "MessageChannel"];

export function install(global) {
  const define = (name, value) =>
    Object.defineProperty(global, name, { value, enumerable: false, writable: true, configurable: true });
  for (const name of MISSING) define(name, notYet(name));
}
