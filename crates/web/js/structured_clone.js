// structuredClone() (https://html.spec.whatwg.org/#dom-structuredclone).

import { op_structured_clone } from "holdfast:ops";
import { checkClonable } from "./clonable.js";
import { argumentError, GLOBAL_SCOPE } from "./type_errors.js";

export function structuredClone(value, options = undefined) {
  if (arguments.length === 0) throw argumentError("structuredClone", GLOBAL_SCOPE, 1, "Value");
  if (options !== undefined && options !== null && typeof options !== "object" && typeof options !== "function") {
    throw argumentError("structuredClone", GLOBAL_SCOPE, 2, "StructuredCloneOptions");
  }
  checkClonable(value);
  const transfer = options?.transfer;
  return op_structured_clone(value, transfer === undefined ? [] : [...transfer]);
}

Object.defineProperty(structuredClone, "length", { value: 1, configurable: true });
