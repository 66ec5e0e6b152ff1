// Navigator (https://html.spec.whatwg.org/#the-navigator-object), as much of it as Workers have.

import { op_console } from "holdfast:ops";
import { fetch } from "./fetch.js";
import { keepAlive } from "./keep_alive.js";
import { argumentError } from "./type_errors.js";
import { defineInterface, illegalConstructor, internalToken } from "./webidl.js";

const LANGUAGE = "en";

export class Navigator {
  #brand;

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
  }

  /**
   * Sends a POST whose answer nobody reads, after the turn and before the context may end
   * (https://w3c.github.io/beacon/#sendbeacon-method). As in Workers it is true whatever becomes of the request.
   */
  sendBeacon(url, data = undefined) {
    this.#brand;
    if (arguments.length === 0) throw argumentError("sendBeacon", "Navigator", 1, "string");
    keepAlive(send(`${url}`, data));
    return true;
  }
}

async function send(url, body) {
  try {
    const response = await fetch(url, { method: "POST", body });
    await response.body?.cancel();
  } catch (error) {
    op_console("warn", `navigator.sendBeacon() to ${url} failed: ${error?.message}`);
  }
}

defineInterface(Navigator);

// Properties of the object itself, as in Workers.
function define(object, values) {
  for (const name in values) {
    Object.defineProperty(object, name, { value: values[name], enumerable: true, configurable: true });
  }
}

export const navigator = new Navigator(internalToken);
// Programs size pools by the number of processors, and a context runs on one thread.
define(navigator, { userAgent: "Cloudflare-Workers", hardwareConcurrency: 1, platform: "" });

/** What a compatibility flag adds. */
export function addLanguage() {
  define(navigator, { language: LANGUAGE, languages: [LANGUAGE] });
}
