// The module `cloudflare:workers`.

export { DurableObject, WorkerEntrypoint, WorkflowEntrypoint } from "./base_classes.js";
export { waitUntil } from "./execution_context.js";
export { RpcPromise, RpcProperty, RpcStub } from "./rpc/remote.js";
export { RpcTarget } from "./rpc/target.js";
export { ServiceStub } from "./stub.js";
import { currentEnv } from "./env.js";
import { currentExports } from "./exports.js";

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

/** Bindings to what the program itself exports. */
export const exports = new Proxy(
  {},
  {
    get: (_target, key) => get(currentExports(), key),
    has: (_target, key) => has(currentExports(), key),
    set: () => false,
    deleteProperty: () => false,
    defineProperty: () => false,
    ownKeys: () => ownKeys(currentExports()),
    getOwnPropertyDescriptor(_target, key) {
      const descriptor = getOwnPropertyDescriptor(currentExports(), key);
      return descriptor === undefined ? undefined : { ...descriptor, configurable: true };
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

export const restore = Symbol("cloudflare:workers:restore");

function missing(name) {
  return new Proxy(
    {},
    {
      get(_target, key) {
        if (typeof key === "symbol") return undefined;
        throw notYet(`${name}.${key}`);
      },
    },
  );
}

export const cache = missing("cache");
export { tracing } from "./tracing.js";
