// CustomEvent (https://dom.spec.whatwg.org/#interface-customevent).

import { Event } from "./event.js";
import { constructorArgumentError } from "./type_errors.js";
import { defineInterface } from "./webidl.js";

export class CustomEvent extends Event {
  #detail;

  constructor(type, init = undefined) {
    if (arguments.length === 0) throw constructorArgumentError("CustomEvent", 1, "string");
    super(type, init);
    // Not null where there is none, as in Workers.
    this.#detail = init?.detail;
  }

  get detail() {
    return this.#detail;
  }
}

defineInterface(CustomEvent);
