// Installs what Workers add to the Web platform, on the global object.

import { WebSocketRequestResponsePair } from "./request_response_pair.js";

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
const MISSING = ["HTMLRewriter", "CompressionStream", "DecompressionStream", "EventSource", "URLPattern", "MessageChannel"];

export function install(global) {
  const define = (name, value) =>
    Object.defineProperty(global, name, { value, enumerable: false, writable: true, configurable: true });
  define("WebSocketRequestResponsePair", WebSocketRequestResponsePair);
  for (const name of MISSING) define(name, notYet(name));
}
