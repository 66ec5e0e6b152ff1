// DurableObjectNamespace: the binding of an object class.

import { op_id_from_name, op_id_parse, op_id_unique } from "holdfast:ops";
import { argumentError } from "../web/type_errors.js";
import { refuseToClone } from "../web/clonable.js";
import { defineInterface, illegalConstructor, internalToken, isObject } from "../web/webidl.js";
import { hexOf, isId, makeId } from "./id.js";
import { makeStub } from "./stub.js";

const NAME = "DurableObjectNamespace";

function checkJurisdiction(jurisdiction) {
  if (jurisdiction === undefined || jurisdiction === null) return;
  throw new Error("Jurisdiction restrictions are not implemented in workerd.");
}

function checkOptions(options, method, index) {
  if (options === undefined || options === null) return;
  if (!isObject(options)) throw argumentError(method, NAME, index, "GetDurableObjectOptions");
  const { routingMode } = options;
  // A hint where to put the object is taken and means nothing on one machine.
  void options.locationHint;
  if (routingMode !== undefined && routingMode !== "primary-only") {
    throw new RangeError(`unknown routingMode: ${routingMode}`);
  }
}

export class DurableObjectNamespace {
  #class;

  constructor(token, classIndex) {
    if (token !== internalToken) throw illegalConstructor();
    this.#class = classIndex;
  }

  newUniqueId(options = undefined) {
    if (options !== undefined && options !== null) {
      if (!isObject(options)) throw argumentError("newUniqueId", NAME, 1, "NewUniqueIdOptions");
      checkJurisdiction(options.jurisdiction);
    }
    return makeId(op_id_unique(this.#class), undefined);
  }

  idFromName(name) {
    if (arguments.length === 0) throw argumentError("idFromName", NAME, 1, "string");
    const text = `${name}`;
    return makeId(op_id_from_name(this.#class, text), text);
  }

  idFromString(hex) {
    if (arguments.length === 0) throw argumentError("idFromString", NAME, 1, "string");
    return makeId(op_id_parse(this.#class, `${hex}`), undefined);
  }

  get(id, options = undefined) {
    if (!isId(id)) throw argumentError("get", NAME, 1, "DurableObjectId");
    checkOptions(options, "get", 2);
    // An id of another class is refused here as its text would be.
    op_id_parse(this.#class, hexOf(id));
    return makeStub(this.#class, id);
  }

  getByName(name, options = undefined) {
    if (arguments.length === 0) throw argumentError("getByName", NAME, 1, "string");
    checkOptions(options, "getByName", 2);
    return makeStub(this.#class, this.idFromName(name));
  }

  jurisdiction(jurisdiction) {
    checkJurisdiction(jurisdiction);
    return new DurableObjectNamespace(internalToken, this.#class);
  }
}

defineInterface(DurableObjectNamespace);
refuseToClone(DurableObjectNamespace);

export function makeNamespace(classIndex) {
  return new DurableObjectNamespace(internalToken, classIndex);
}
