// MessageEvent (https://html.spec.whatwg.org/#the-messageevent-interface).

import { Event } from "./event.js";
import { constructorArgumentError } from "./type_errors.js";
import { defineInterface } from "./webidl.js";

export class MessageEvent extends Event {
  #data = null;
  // Not empty where there is none, as in Workers.
  #origin = null;
  #lastEventId = "";
  #source = null;
  #ports;

  constructor(type, init = undefined) {
    if (arguments.length === 0) throw constructorArgumentError("MessageEvent", 1, "string");
    super(type, init);
    if (init === undefined || init === null) return;
    const { data, lastEventId, origin, ports, source } = init;
    if (data !== undefined) this.#data = data;
    if (lastEventId !== undefined) this.#lastEventId = `${lastEventId}`;
    if (origin !== undefined && origin !== null) this.#origin = `${origin}`.toWellFormed();
    if (ports !== undefined) this.#ports = Object.freeze([...ports]);
    if (source !== undefined) this.#source = source;
  }

  get data() {
    return this.#data;
  }

  get origin() {
    return this.#origin;
  }

  get lastEventId() {
    return this.#lastEventId;
  }

  get source() {
    return this.#source;
  }

  // A frozen array, the same one at each reading; few ever read it.
  get ports() {
    return (this.#ports ??= Object.freeze([]));
  }
}

defineInterface(MessageEvent);
