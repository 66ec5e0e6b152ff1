// The module `cloudflare:workers`.

export { DurableObject, RpcStub, RpcTarget, ServiceStub, WorkerEntrypoint, WorkflowEntrypoint } from "./base_classes.js";
export { waitUntil } from "./execution_context.js";
export { RpcPromise, RpcProperty } from "./stub.js";
import { currentEnv } from "./env.js";

const { get, set, has, deleteProperty, ownKeys, getOwnPropertyDescriptor, defineProperty } = Reflect;

/** The environment of the program, also outside handlers. */
export const env = new Proxy(
  {},
  {
    get: (_target, key) => get(currentEnv(), key),
    set: (_target, key, value) => set(currentEnv(), key, value),
    has: (_target, key) => has(currentEnv(), key),
    deleteProperty: (_target, key) => deleteProperty(currentEnv(), key),
    ownKeys: () => ownKeys(currentEnv()),
    getOwnPropertyDescriptor(_target, key) {
      const descriptor = getOwnPropertyDescriptor(currentEnv(), key);
      return descriptor === undefined ? undefined : { ...descriptor, configurable: true };
    },
    defineProperty: (_target, key, descriptor) => defineProperty(currentEnv(), key, descriptor),
  },
);

function notYet(name) {
  return new Error(`${name} of "cloudflare:workers" is not supported by Holdfast yet.`);
}

/** Empty until loopback bindings are supported. */
export const exports = new Proxy(
  {},
  {
    get(_target, key) {
      if (typeof key === "symbol") return undefined;
      throw notYet("exports");
    },
  },
);

export function withEnv() {
  throw notYet("withEnv()");
}

export function withExports() {
  throw notYet("withExports()");
}

export function withEnvAndExports() {
  throw notYet("withEnvAndExports()");
}

export function abortIsolate() {
  throw notYet("abortIsolate()");
}

export const restore = Symbol("restore");
export const cache = undefined;
export const tracing = undefined;
