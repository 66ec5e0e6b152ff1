// PromiseRejectionEvent (https://html.spec.whatwg.org/#the-promiserejectionevent-interface).

import { Event } from "./event.js";
import { defineInterface, illegalConstructor, internalToken } from "./webidl.js";

export class PromiseRejectionEvent extends Event {
  #promise;
  #reason;

  // As in Workers, programs receive such events and cannot make them.
  constructor() {
    const { 0: token, 1: type, 2: init } = arguments;
    if (token !== internalToken) throw illegalConstructor();
    super(type, init);
    this.#promise = init.promise;
    this.#reason = init.reason;
  }

  get promise() {
    return this.#promise;
  }

  get reason() {
    return this.#reason;
  }
}

defineInterface(PromiseRejectionEvent);
