// MessageChannel and MessagePort (https://html.spec.whatwg.org/#message-channels), within one realm.
//
// As in Workers a message arrives in a microtask of whoever posted it, ports cannot be transferred, and closing one
// end closes both.

import { refuseToClone } from "./clonable.js";
import { cloneValue } from "./clone_platform.js";
import { isDOMException } from "./dom_exception.js";
import { Event } from "./event.js";
import { dispatchTrusted, EventTarget } from "./event_target.js";
import { MessageEvent } from "./message_event.js";
import { PromisePrototypeThen, PromiseResolve } from "./primordials.js";
import { reportException } from "./report_error.js";
import { argumentError } from "./type_errors.js";
import { defineInterface, illegalConstructor, internalToken, isObject } from "./webidl.js";

/** The engine's text, see `clone.rs`. */
const NOT_SHARED = "#<SharedArrayBuffer> could not be cloned.";

let entangle;

function later(step) {
  PromisePrototypeThen(PromiseResolve(undefined), step);
}

function fire(port, event) {
  try {
    dispatchTrusted(port, event);
  } catch (error) {
    reportException(error);
  }
}

// A port may belong to another isolate one day; memory cannot.
function copyOf(message) {
  try {
    return cloneValue(message, [], false);
  } catch (error) {
    if (!isDOMException(error) || error.message !== NOT_SHARED) throw error;
    throw new TypeError("SharedArrayBuffer is unsupported with MessagePort");
  }
}

export class MessagePort extends EventTarget {
  /** @type {MessagePort | null} the other end; null once closed */
  #other = null;
  /** @type {Array | null} what arrives before the port is started; null from then on */
  #waiting = [];
  #onmessage = null;

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
    super();
  }

  postMessage(message = undefined, options = undefined) {
    const other = this.#other;
    if (hasTransfers(options)) throw new Error("Transfer list is not supported");
    const data = copyOf(message);
    if (other === null) return;
    later(() => other.#receive(data));
  }

  #receive(data) {
    if (this.#other === null) return;
    if (this.#waiting === null) this.#deliver(data);
    else this.#waiting.push(data);
  }

  #deliver(data) {
    fire(this, new MessageEvent("message", { data, source: this }));
  }

  start() {
    const waiting = this.#waiting;
    if (waiting === null) return;
    this.#waiting = null;
    for (const data of waiting) later(() => this.#deliver(data));
  }

  close() {
    const other = this.#other;
    if (other === null) return;
    other.#end();
    this.#end();
  }

  #end() {
    this.#other = null;
    fire(this, new Event("close"));
  }

  get onmessage() {
    return this.#onmessage;
  }

  set onmessage(handler) {
    this.#onmessage = isObject(handler) ? handler : null;
    this.start();
  }

  static {
    entangle = (a, b) => {
      a.#other = b;
      b.#other = a;
    };
  }
}

/** A list of what to transfer, or a dictionary with one. */
function hasTransfers(options) {
  if (options === undefined || options === null) return false;
  if (!isObject(options)) throw argumentError("postMessage", "MessagePort", 2, "TransferListOrOptions");
  const list = Array.isArray(options) ? options : options.transfer;
  return list !== undefined && list !== null && [...list].length > 0;
}

defineInterface(MessagePort);
refuseToClone(MessagePort);

export class MessageChannel {
  constructor() {
    const port1 = new MessagePort(internalToken);
    const port2 = new MessagePort(internalToken);
    entangle(port1, port2);
    Object.defineProperty(this, "port1", { value: port1, enumerable: true, configurable: true });
    Object.defineProperty(this, "port2", { value: port2, enumerable: true, configurable: true });
  }
}

defineInterface(MessageChannel);
refuseToClone(MessageChannel);
