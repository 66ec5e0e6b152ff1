// CustomEvent (https://dom.spec.whatwg.org/#interface-customevent).

import { Event } from "./event.js";
import { constructorArgumentError } from "./type_errors.js";
import { defineInterface } from "./webidl.js";

export class CustomEvent extends Event {
  #detail;

  constructor(type, init = undefined) {
    if (arguments.length === 0) throw constructorArgumentError("CustomEvent", 1, "string");
    super(type, init);
    this.#detail = init?.detail ?? null;
  }

  get detail() {
    return this.#detail;
  }
}

defineInterface(CustomEvent);
