// CloseEvent (https://websockets.spec.whatwg.org/#the-closeevent-interface).

import { Event } from "./event.js";
import { constructorArgumentError } from "./type_errors.js";
import { defineInterface } from "./webidl.js";

export class CloseEvent extends Event {
  #wasClean;
  #code;
  #reason;

  constructor(type, init = undefined) {
    if (arguments.length === 0) throw constructorArgumentError("CloseEvent", 1, "string");
    super(type, init);
    const { code = 0, reason = "", wasClean = false } = init ?? {};
    // `unsigned short`: modulo 2^16.
    this.#code = Number(code) & 0xffff;
    this.#reason = `${reason}`.toWellFormed();
    this.#wasClean = !!wasClean;
  }

  get wasClean() {
    return this.#wasClean;
  }

  get code() {
    return this.#code;
  }

  get reason() {
    return this.#reason;
  }
}

defineInterface(CloseEvent);
