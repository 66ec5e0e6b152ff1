// atob() and btoa() (https://html.spec.whatwg.org/#atob).

import { op_atob, op_btoa } from "holdfast:ops";
import { DOMException } from "./dom_exception.js";
import { argumentError, GLOBAL_SCOPE } from "./type_errors.js";

export function btoa(data) {
  if (arguments.length === 0) throw argumentError("btoa", GLOBAL_SCOPE, 1, "String");
  // The operation answers undefined when a code unit above U+00FF occurs.
  const result = op_btoa(`${data}`);
  if (result === undefined) {
    throw new DOMException(
      "btoa() can only operate on characters in the Latin1 (ISO/IEC 8859-1) range.",
      "InvalidCharacterError",
    );
  }
  return result;
}

export function atob(data) {
  if (arguments.length === 0) throw argumentError("atob", GLOBAL_SCOPE, 1, "string");
  const result = op_atob(`${data}`);
  if (result === undefined) {
    throw new DOMException(
      "atob() called with invalid base64-encoded data. (Only whitespace, '+', '/', alphanumeric ASCII, and up to two " +
        "terminal '=' signs when the input data length is divisible by 4 are allowed.)",
      "InvalidCharacterError",
    );
  }
  return result;
}
