// Navigator (https://html.spec.whatwg.org/#the-navigator-object), as much of it as Workers have.

import { defineInterface, illegalConstructor, internalToken } from "./webidl.js";

const LANGUAGE = "en";

export class Navigator {
  #languages = Object.freeze([LANGUAGE]);

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
  }

  get userAgent() {
    return "Cloudflare-Workers";
  }

  // Programs size pools by it, and a context runs on one thread.
  get hardwareConcurrency() {
    return 1;
  }

  get platform() {
    return "";
  }

  get language() {
    return LANGUAGE;
  }

  get languages() {
    return this.#languages;
  }
}

defineInterface(Navigator);

export const navigator = new Navigator(internalToken);
