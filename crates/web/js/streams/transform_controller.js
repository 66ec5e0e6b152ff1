// TransformStreamDefaultController (https://streams.spec.whatwg.org/#ts-default-controller-class) and the algorithms of
// a user's transformer.

import { PromiseReject, ReflectApply } from "../primordials.js";
import { defineInterface, illegalConstructor, illegalInvocation, internalToken } from "../webidl.js";
import { invokeForPromise } from "./callbacks.js";

/** The algorithms made of a user's transformer. */
export class UserTransformer {
  #object;
  #transform;
  #flush;
  #cancel;

  /** `object` is the receiver of the callbacks, each of which may be undefined. */
  constructor(object, { transform, flush, cancel }) {
    this.#object = object;
    this.#transform = transform;
    this.#flush = flush;
    this.#cancel = cancel;
  }

  transform(chunk, stream) {
    if (this.#transform !== undefined) {
      return invokeForPromise(this.#transform, this.#object, [chunk, stream.publicController]);
    }
    try {
      stream.enqueue(chunk);
      return undefined;
    } catch (error) {
      return PromiseReject(error);
    }
  }

  flush(stream) {
    if (this.#flush === undefined) return undefined;
    return invokeForPromise(this.#flush, this.#object, [stream.publicController]);
  }

  cancel(reason) {
    if (this.#cancel === undefined) return undefined;
    return invokeForPromise(this.#cancel, this.#object, [reason]);
  }
}

/** Calls the user's start callback, which may throw. */
export function callTransformerStart(stream, object, start) {
  return start === undefined ? undefined : ReflectApply(start, object, [stream.publicController]);
}

let isController;

export class TransformStreamDefaultController {
  /** TransformRecord */
  #stream;

  static {
    isController = (value) => typeof value === "object" && value !== null && #stream in value;
  }

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
    this.#stream = arguments[1];
  }

  get desiredSize() {
    if (!isController(this)) throw illegalInvocation();
    return this.#stream.readable.controller.desiredSize;
  }

  enqueue(chunk = undefined) {
    if (!isController(this)) throw illegalInvocation();
    this.#stream.enqueue(chunk);
  }

  error(reason = undefined) {
    if (!isController(this)) throw illegalInvocation();
    this.#stream.error(reason);
  }

  terminate() {
    if (!isController(this)) throw illegalInvocation();
    this.#stream.terminate();
  }
}

defineInterface(TransformStreamDefaultController);

/** The public controller of a record. */
export function createTransformController(stream) {
  return new TransformStreamDefaultController(internalToken, stream);
}
