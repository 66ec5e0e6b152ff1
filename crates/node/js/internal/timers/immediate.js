// Immediate: what setImmediate() gives. It fires with the timers that have no delay, in order.

import { clearTimeout, setTimeout } from "holdfast:web/timers";
import { argumentError } from "holdfast:web/type_errors";
import { defineInterface, illegalConstructor, internalToken } from "holdfast:web/webidl";

const { dispose } = Symbol;

let stop;

export class Immediate {
  #id;

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
    this.#id = arguments[1];
  }

  ref() {}

  unref() {}

  hasRef() {
    return false;
  }

  [dispose]() {
    clearTimeout(this.#id);
  }

  static {
    stop = (immediate) => {
      if (typeof immediate !== "object" || immediate === null || !(#id in immediate)) return false;
      clearTimeout(immediate.#id);
      return true;
    };
  }
}

defineInterface(Immediate);

/** @param {string} owner whose methods they are, for the texts of errors */
export function immediatesOf(owner) {
  return {
    /** `(callback, ...args)` */
    setImmediate(...given) {
      const [callback, ...args] = given;
      if (typeof callback !== "function") throw argumentError("setImmediate", owner, 1, "function");
      return new Immediate(internalToken, setTimeout(callback, 0, ...args));
    },

    /** `(immediate)` */
    clearImmediate() {
      const [immediate] = arguments;
      if (!stop(immediate)) throw argumentError("clearImmediate", owner, 1, "Immediate");
    },
  };
}
