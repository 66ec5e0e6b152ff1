// WebSocketRequestResponsePair: a text message, and the text that answers it without waking the object.

import { refuseToClone } from "../web/clonable.js";
import { constructorArgumentError } from "../web/type_errors.js";
import { defineInterface } from "../web/webidl.js";

let isPair;

export class WebSocketRequestResponsePair {
  #request;
  #response;

  constructor(request, response) {
    const name = "WebSocketRequestResponsePair";
    if (arguments.length < 1) throw constructorArgumentError(name, 1, "string");
    if (arguments.length < 2) throw constructorArgumentError(name, 2, "string");
    this.#request = `${request}`;
    this.#response = `${response}`;
  }

  get request() {
    return this.#request;
  }

  get response() {
    return this.#response;
  }

  static {
    isPair = (value) => typeof value === "object" && value !== null && #request in value;
  }
}

defineInterface(WebSocketRequestResponsePair);
refuseToClone(WebSocketRequestResponsePair);

export { isPair as isRequestResponsePair };

export function makeRequestResponsePair(request, response) {
  return new WebSocketRequestResponsePair(request, response);
}
