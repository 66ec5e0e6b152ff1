// Performance (https://w3c.github.io/hr-time/): the clock only. As on Workers the time origin is the Unix epoch, so
// now() is Date.now(): the time at which the current turn began.

import { EventTarget } from "./event_target.js";
import { defineInterface, illegalConstructor, internalToken } from "./webidl.js";

const { now } = Date;

export class Performance extends EventTarget {
  #timeOrigin = 0;

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
    super();
  }

  now() {
    return now() - this.#timeOrigin;
  }

  get timeOrigin() {
    return this.#timeOrigin;
  }

  toJSON() {
    return { timeOrigin: this.#timeOrigin };
  }
}

defineInterface(Performance);

export const performance = new Performance(internalToken);
