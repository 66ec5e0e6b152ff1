// The classes of the global object (https://html.spec.whatwg.org/#workerglobalscope,
// https://w3c.github.io/ServiceWorker/#serviceworkerglobalscope-interface).
//
// As in Workers, interfaces and functions are members of the prototype. They are on the global object itself as well, but
// not enumerable: the engine caches nothing that it finds on the prototype of a global object, and takes 50 times as long.

import { EventTarget } from "./event_target.js";
import { defineInterface, illegalConstructor, withoutLengths } from "./webidl.js";

const { defineProperty } = Object;

export class WorkerGlobalScope extends EventTarget {
  constructor() {
    throw illegalConstructor();
  }
}

defineInterface(WorkerGlobalScope);

export class ServiceWorkerGlobalScope extends WorkerGlobalScope {
  constructor() {
    throw illegalConstructor();
  }
}

defineInterface(ServiceWorkerGlobalScope);

/** Makes interfaces and functions global. */
export function expose(global, values) {
  for (const name in values) {
    const value = values[name];
    defineProperty(ServiceWorkerGlobalScope.prototype, name, { value, enumerable: true, writable: true, configurable: true });
    defineProperty(global, name, { value, enumerable: false, writable: true, configurable: true });
  }
}

/** Makes functions global. */
export function exposeFunctions(global, functions) {
  withoutLengths(functions);
  expose(global, functions);
}
