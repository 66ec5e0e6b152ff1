// node:async_hooks (https://nodejs.org/api/async_context.html), as Workers have it.
//
// There are no ids of asynchronous operations and no hooks: what would tell of them answers 0, or nothing.

import { argumentError, constructorArgumentError } from "holdfast:web/type_errors";
import { defineInterface, illegalInvocation } from "holdfast:web/webidl";
import { bindTo, currentFrame, lookUp, runIn, runWith } from "./internal/async_hooks/frame.js";
import { asyncWrapProviders } from "./internal/async_hooks/providers.js";

const NONE = Object.freeze([]);

let requireStorage, requireResource;

class AsyncLocalStorage {
  #defaultValue;
  #name = "";

  constructor() {
    const [options] = arguments;
    if (options === undefined || options === null) return;
    if (typeof options !== "object" && typeof options !== "function") {
      throw constructorArgumentError("AsyncLocalStorage", 1, "AsyncLocalStorageOptions");
    }
    const { defaultValue, name } = options;
    this.#defaultValue = defaultValue;
    if (name !== undefined) this.#name = `${name}`;
  }

  /** `(store, callback, ...args)` */
  run(...args) {
    requireStorage(this);
    if (args.length === 0) throw argumentError("run", "AsyncLocalStorage", 1, "Value");
    const callback = args[1];
    if (typeof callback !== "function") throw argumentError("run", "AsyncLocalStorage", 2, "function");
    return runWith(this, args[0], callback, args.length > 2 ? args.slice(2) : NONE);
  }

  /** `(callback, ...args)` */
  exit(...args) {
    requireStorage(this);
    const callback = args[0];
    if (typeof callback !== "function") throw argumentError("exit", "AsyncLocalStorage", 1, "function");
    return runWith(this, undefined, callback, args.slice(1));
  }

  getStore() {
    requireStorage(this);
    return lookUp(this, this.#defaultValue);
  }

  enterWith() {
    throw new Error("asyncLocalStorage.enterWith() is not implemented");
  }

  disable() {
    throw new Error("asyncLocalStorage.disable() is not implemented");
  }

  get name() {
    requireStorage(this);
    return this.#name;
  }

  /** `(function)` → the same function, always run with the stores of now. */
  static bind() {
    const [callback] = arguments;
    if (typeof callback !== "function") throw argumentError("bind", "AsyncLocalStorage", 1, "Function");
    return bindTo(currentFrame(), (frame, args) => runIn(frame, callback, undefined, args));
  }

  /** → a function that runs the function it is given with the stores of now. */
  static snapshot() {
    return bindTo(currentFrame(), (frame, args) => {
      const [callback, ...rest] = args;
      if (typeof callback !== "function") throw new TypeError("The first argument must be a function");
      return runIn(frame, callback, undefined, rest);
    });
  }

  static {
    requireStorage = (value) => {
      if (typeof value !== "object" || value === null || !(#name in value)) throw illegalInvocation();
    };
  }
}

class AsyncResource {
  #frame = currentFrame();

  /** `(type, options)`: the type is of no use here. */
  constructor() {
    const options = arguments[1];
    if (options === undefined || options === null) return;
    if (typeof options !== "object" && typeof options !== "function") {
      throw constructorArgumentError("AsyncResource", 2, "Options");
    }
    if (options.triggerAsyncId !== undefined) {
      throw new Error("The 'triggerAsyncId' field on 'Options' is not implemented.");
    }
  }

  asyncId() {
    return 0;
  }

  triggerAsyncId() {
    return 0;
  }

  /** `(function, receiver)` → the function, run with the stores that were set when this was made. */
  bind() {
    requireResource(this);
    const [callback, receiver] = arguments;
    if (typeof callback !== "function") throw argumentError("bind", "AsyncResource", 1, "Function");
    const bound = bindTo(this.#frame, (frame, args) => runIn(frame, callback, receiver, args));
    bound.asyncResource = this;
    return bound;
  }

  /** `(function, receiver, ...args)` */
  runInAsyncScope(...args) {
    requireResource(this);
    const [callback, receiver, ...rest] = args;
    if (typeof callback !== "function") throw argumentError("runInAsyncScope", "AsyncResource", 1, "function");
    return runIn(this.#frame, callback, receiver, rest);
  }

  emitDestroy() {}

  /** `(function, type, receiver)` */
  static bind() {
    const [callback, type, receiver] = arguments;
    if (typeof callback !== "function") throw argumentError("bind", "AsyncResource", 1, "Function");
    return new AsyncResource(type).bind(callback, receiver);
  }

  static {
    requireResource = (value) => {
      if (typeof value !== "object" || value === null || !(#frame in value)) throw illegalInvocation();
    };
  }
}

defineInterface(AsyncLocalStorage);
defineInterface(AsyncResource);

class AsyncHook {
  enable() {
    return this;
  }

  disable() {
    return this;
  }
}

/** Callbacks are never called: there is nothing to tell. */
const { createHook, executionAsyncId, executionAsyncResource, triggerAsyncId } = {
  createHook() {
    return new AsyncHook();
  },
  executionAsyncId() {
    return 0;
  },
  executionAsyncResource() {
    return { __proto__: null };
  },
  triggerAsyncId() {
    return 0;
  },
};

export {
  AsyncLocalStorage, AsyncResource, asyncWrapProviders, createHook, executionAsyncId, executionAsyncResource,
  triggerAsyncId,
};
export default {
  AsyncLocalStorage,
  AsyncResource,
  asyncWrapProviders,
  createHook,
  executionAsyncId,
  executionAsyncResource,
  triggerAsyncId,
};
