// ErrorEvent (https://html.spec.whatwg.org/#the-errorevent-interface).

import { Event } from "./event.js";
import { constructorArgumentError } from "./type_errors.js";
import { defineInterface } from "./webidl.js";

export class ErrorEvent extends Event {
  #message;
  #filename;
  #lineno;
  #colno;
  #error;

  constructor(type, init = undefined) {
    if (arguments.length === 0) throw constructorArgumentError("ErrorEvent", 1, "string");
    super(type, init);
    const { colno = 0, error, filename = "", lineno = 0, message = "" } = init ?? {};
    this.#message = `${message}`;
    this.#filename = `${filename}`.toWellFormed();
    // `unsigned long`: modulo 2^32.
    this.#lineno = Number(lineno) >>> 0;
    this.#colno = Number(colno) >>> 0;
    this.#error = error;
  }

  get message() {
    return this.#message;
  }

  get filename() {
    return this.#filename;
  }

  get lineno() {
    return this.#lineno;
  }

  get colno() {
    return this.#colno;
  }

  get error() {
    return this.#error;
  }
}

defineInterface(ErrorEvent);
