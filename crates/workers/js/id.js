// DurableObjectId: 32 bytes, known by their 64 hex digits.

import { argumentError } from "../web/type_errors.js";
import { refuseToClone } from "../web/clonable.js";
import { defineInterface, illegalConstructor, internalToken } from "../web/webidl.js";

let makeId, isId, hexOf, namespaceOf;

export class DurableObjectId {
  #hex;
  #namespace;

  constructor(token, hex, name, namespace) {
    if (token !== internalToken) throw illegalConstructor();
    this.#hex = hex;
    this.#namespace = namespace;
    // Own properties, as in Workers: they show when an id is logged.
    Object.defineProperty(this, "name", { value: name, enumerable: true });
    Object.defineProperty(this, "jurisdiction", { value: undefined, enumerable: true });
  }

  toString() {
    return this.#hex;
  }

  equals(other) {
    if (!isId(other)) throw argumentError("equals", "DurableObjectId", 1, "DurableObjectId");
    return this.#hex === other.#hex;
  }

  static {
    makeId = (hex, name, namespace) => new DurableObjectId(internalToken, hex, name, namespace);
    isId = (value) => typeof value === "object" && value !== null && #hex in value;
    hexOf = (id) => id.#hex;
    namespaceOf = (id) => id.#namespace;
  }
}

defineInterface(DurableObjectId);
refuseToClone(DurableObjectId);

export { hexOf, isId, makeId, namespaceOf };
