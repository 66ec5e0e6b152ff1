// structuredClone() (https://html.spec.whatwg.org/#dom-structuredclone).

import { cloneValue } from "./clone_platform.js";
import { argumentError, GLOBAL_SCOPE } from "./type_errors.js";
import { isSharedArrayBuffer } from "./webidl.js";

export function structuredClone(value, options = undefined) {
  if (arguments.length === 0) throw argumentError("structuredClone", GLOBAL_SCOPE, 1, "Value");
  if (options !== undefined && options !== null && typeof options !== "object" && typeof options !== "function") {
    throw argumentError("structuredClone", GLOBAL_SCOPE, 2, "StructuredCloneOptions");
  }
  const transfer = options?.transfer;
  const transferred = transfer === undefined ? [] : [...transfer];
  if (transferred.some(isSharedArrayBuffer)) throw new TypeError("Object is not transferable");
  return cloneValue(value, transferred);
}

