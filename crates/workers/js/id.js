// DurableObjectId: 32 bytes, known by their 64 hex digits.

import { argumentError } from "../web/type_errors.js";
import { refuseToClone } from "../web/clonable.js";
import { defineInterface, illegalConstructor, internalToken } from "../web/webidl.js";

const { defineProperty } = Object;

let makeId, isId, hexOf;

export class DurableObjectId {
  #hex;

  constructor(token, hex, name) {
    if (token !== internalToken) throw illegalConstructor();
    this.#hex = hex;
    // Own properties, as in Workers: they show when an id is logged.
    defineProperty(this, "name", { __proto__: null, value: name, enumerable: true });
    defineProperty(this, "jurisdiction", { __proto__: null, value: undefined, enumerable: true });
  }

  toString() {
    return this.#hex;
  }

  equals(other) {
    if (!isId(other)) throw argumentError("equals", "DurableObjectId", 1, "DurableObjectId");
    return this.#hex === other.#hex;
  }

  static {
    makeId = (hex, name) => new DurableObjectId(internalToken, hex, name);
    isId = (value) => typeof value === "object" && value !== null && #hex in value;
    hexOf = (id) => id.#hex;
  }
}

defineInterface(DurableObjectId);
refuseToClone(DurableObjectId);

export { hexOf, isId, makeId };
