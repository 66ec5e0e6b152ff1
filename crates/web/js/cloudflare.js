// The global `Cloudflare`: which compatibility flags the program runs with.

import { allFlags } from "./compat.js";
import { defineInterface, illegalConstructor, internalToken } from "./webidl.js";

class Cloudflare {
  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
    const flags = Object.freeze(Object.assign(Object.create(null), allFlags()));
    Object.defineProperty(this, "compatibilityFlags", { value: flags, enumerable: true, configurable: true });
  }
}

defineInterface(Cloudflare);

export function makeCloudflare() {
  return new Cloudflare(internalToken);
}
