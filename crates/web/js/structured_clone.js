// structuredClone() (https://html.spec.whatwg.org/#dom-structuredclone).

import { cloneValue } from "./clone_platform.js";
import { argumentError, GLOBAL_SCOPE } from "./type_errors.js";
import { isObject, isSharedArrayBuffer } from "./webidl.js";

export function structuredClone(value, options = undefined) {
  if (arguments.length === 0) throw argumentError("structuredClone", GLOBAL_SCOPE, 1, "Value");
  if (options !== undefined && options !== null && typeof options !== "object" && typeof options !== "function") {
    throw argumentError("structuredClone", GLOBAL_SCOPE, 2, "StructuredCloneOptions");
  }
  const given = options?.transfer;
  const transfer = given === undefined ? [] : [...given];
  for (let i = 0; i < transfer.length; i++) {
    if (!isObject(transfer[i]) || isSharedArrayBuffer(transfer[i])) throw new TypeError("Object is not transferable");
  }
  return cloneValue(value, transfer);
}

