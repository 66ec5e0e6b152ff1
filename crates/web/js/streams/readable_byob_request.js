// ReadableStreamBYOBRequest (https://streams.spec.whatwg.org/#rs-byob-request-class).

import { argumentError } from "../type_errors.js";
import { defineInterface, enforceRange, illegalConstructor, illegalInvocation, internalToken, isArrayBufferView,
  viewBuffer } from "../webidl.js";
import { detachedError, isDetached } from "./bytes.js";

let isRequest, invalidate;

export class ReadableStreamBYOBRequest {
  /** ByteController record; undefined once the request is answered or obsolete */
  #controller;
  #view;
  #atLeast;

  static {
    isRequest = (value) => typeof value === "object" && value !== null && #controller in value;
    invalidate = (request) => {
      request.#controller = undefined;
      request.#view = null;
    };
  }

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
    this.#controller = arguments[1];
    this.#view = arguments[2];
    this.#atLeast = arguments[3];
  }

  get view() {
    if (!isRequest(this)) throw illegalInvocation();
    return this.#view;
  }

  /** How many bytes are still missing to the minimum of the read (an addition of Workers); null once invalidated. */
  get atLeast() {
    if (!isRequest(this)) throw illegalInvocation();
    return this.#controller === undefined ? null : this.#atLeast;
  }

  respond(bytesWritten) {
    if (!isRequest(this)) throw illegalInvocation();
    if (arguments.length === 0) throw argumentError("respond", "ReadableStreamBYOBRequest", 1, "number");
    const count = enforceRange(bytesWritten);
    if (this.#controller === undefined) throw invalidatedError();
    if (isDetached(viewBuffer(this.#view))) throw detachedError();
    this.#controller.respond(count);
  }

  respondWithNewView(view) {
    if (!isRequest(this)) throw illegalInvocation();
    if (!isArrayBufferView(view)) {
      throw argumentError("respondWithNewView", "ReadableStreamBYOBRequest", 1, "ArrayBufferView");
    }
    if (this.#controller === undefined) throw invalidatedError();
    if (isDetached(viewBuffer(view))) throw detachedError();
    this.#controller.respondWithNewView(view);
  }
}

defineInterface(ReadableStreamBYOBRequest);

/** The public request for the first pull-into of a controller. */
export function createByobRequest(controller, view, atLeast) {
  return new ReadableStreamBYOBRequest(internalToken, controller, view, atLeast);
}

/** ReadableByteStreamControllerInvalidateBYOBRequest */
export function invalidateByobRequest(controller) {
  if (controller.byobRequest === null) return;
  invalidate(controller.byobRequest);
  controller.byobRequest = null;
}

function invalidatedError() {
  return new TypeError("This ReadableStreamBYOBRequest has been invalidated.");
}
