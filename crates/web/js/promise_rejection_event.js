// PromiseRejectionEvent (https://html.spec.whatwg.org/#the-promiserejectionevent-interface).

import { Event } from "./event.js";
import { constructorArgumentError, fieldError } from "./type_errors.js";
import { defineInterface } from "./webidl.js";

export class PromiseRejectionEvent extends Event {
  #promise;
  #reason;

  constructor(type, init) {
    if (arguments.length === 0) throw constructorArgumentError("PromiseRejectionEvent", 1, "string");
    if (typeof init !== "object" || init === null) {
      throw constructorArgumentError("PromiseRejectionEvent", 2, "PromiseRejectionEventInit");
    }
    super(type, init);
    const { promise, reason } = init;
    if (typeof promise !== "object" || promise === null) {
      throw fieldError("promise", "PromiseRejectionEventInit", "object");
    }
    this.#promise = promise;
    this.#reason = reason;
  }

  get promise() {
    return this.#promise;
  }

  get reason() {
    return this.#reason;
  }
}

defineInterface(PromiseRejectionEvent);
