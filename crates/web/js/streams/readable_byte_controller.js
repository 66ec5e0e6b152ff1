// ReadableByteStreamController (https://streams.spec.whatwg.org/#rbs-controller-class). Its work is done by the record
// in byte_controller_record.js.

import { Uint8ArrayConstructor } from "../primordials.js";
import { argumentError } from "../type_errors.js";
import { defineInterface, illegalConstructor, illegalInvocation, internalToken, isArrayBuffer, isArrayBufferView,
  viewBuffer } from "../webidl.js";
import { bufferByteLength, describeView, isDetached } from "./bytes.js";

let isController;

export class ReadableByteStreamController {
  /** ByteController record */
  #controller;

  static {
    isController = (value) => typeof value === "object" && value !== null && #controller in value;
  }

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
    this.#controller = arguments[1];
  }

  get byobRequest() {
    if (!isController(this)) throw illegalInvocation();
    return this.#controller.getByobRequest();
  }

  get desiredSize() {
    if (!isController(this)) throw illegalInvocation();
    return this.#controller.desiredSize;
  }

  close() {
    if (!isController(this)) throw illegalInvocation();
    if (!this.#controller.canCloseOrEnqueue) throw new TypeError("This ReadableStream is closed.");
    this.#controller.close();
  }

  /** Takes views as the specification says, and ArrayBuffers as Workers do. */
  enqueue(chunk) {
    if (!isController(this)) throw illegalInvocation();
    const isBuffer = isArrayBuffer(chunk);
    if (!isBuffer && !isArrayBufferView(chunk)) {
      throw argumentError("enqueue", "ReadableByteStreamController", 1, "BufferSource");
    }
    const view = isBuffer ? viewOf(chunk) : chunk;
    if (isEmpty(view)) throw new TypeError("Cannot enqueue a zero-length ArrayBuffer.");
    if (!this.#controller.canCloseOrEnqueue) throw new TypeError("This ReadableByteStreamController is closed.");
    this.#controller.enqueue(view);
  }

  error(error = undefined) {
    if (!isController(this)) throw illegalInvocation();
    this.#controller.error(error);
  }
}

function viewOf(buffer) {
  if (isDetached(buffer)) throw new TypeError("Cannot enqueue a zero-length ArrayBuffer.");
  return new Uint8ArrayConstructor(buffer);
}

// A detached buffer has no bytes either.
function isEmpty(view) {
  if (isDetached(viewBuffer(view))) return true;
  const { buffer, byteLength } = describeView(view);
  return byteLength === 0 || bufferByteLength(buffer) === 0;
}

defineInterface(ReadableByteStreamController);
