// The arguments of `new WebSocket()` and `close()`, checked in the order and in the words of Workers.

import { op_encode, op_url_parse } from "holdfast:ops";
import { DOMException } from "../dom_exception.js";
import { MathTrunc, TypedArrayPrototypeGetLength } from "../primordials.js";

const { isArray } = Array;

/** Most bytes of the reason in a close frame (RFC 6455, section 5.5). */
const REASON_BYTES_MAX = 123;

/** A token of HTTP (RFC 9110, section 5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const offsets = new Uint32Array(12);
const SCHEME_END = 0;
const QUERY_END = 11;

function syntaxError(message) {
  return new DOMException(`WebSocket Constructor: ${message}`, "SyntaxError");
}

/** The URL to connect to, as it is shown; credentials in it are not sent. */
export function connectUrl(text) {
  const href = op_url_parse(text, undefined, offsets);
  if (href === undefined) throw syntaxError("The url is invalid.");
  const scheme = href.slice(0, offsets[SCHEME_END]);
  if (scheme !== "ws" && scheme !== "wss") throw syntaxError("The url scheme must be ws or wss.");
  // A lone "#" is a fragment that is empty.
  if (href.length > offsets[QUERY_END] + 1) throw syntaxError("The url fragment must be empty.");
  return href.slice(0, offsets[QUERY_END]);
}

/** The value of Sec-WebSocket-Protocol; empty where no subprotocol is asked for. */
export function connectProtocols(protocols) {
  if (protocols === undefined) return "";
  const message = isArray(protocols)
    ? "One of the protocol header tokens is invalid."
    : "The protocol header token is invalid.";
  const list = isArray(protocols) ? protocols : [protocols];
  const seen = new Set();
  let header = "";
  for (let i = 0; i < list.length; i++) {
    const token = `${list[i]}`;
    if (seen.has(token)) throw syntaxError("The protocols header cannot have repeating values.");
    if (!TOKEN.test(token)) throw syntaxError(message);
    seen.add(token);
    header += header === "" ? token : `, ${token}`;
  }
  return header;
}

/**
 * What `close(code, reason)` sends.
 * @param {boolean} limited whether the reason must fit into a frame; else what does not fit is left out
 * @returns {{ code: number | undefined, reason: string }}
 */
export function closeArguments(code, reason, limited) {
  const text = reason === undefined ? "" : `${reason}`.toWellFormed();
  if (code !== undefined) {
    const number = MathTrunc(+code) || 0;
    if (number < 1000 || number > 4999 || (number >= 1004 && number <= 1006) || number === 1015) {
      throw new DOMException(`Invalid WebSocket close code: ${number}.`, "InvalidAccessError");
    }
    code = number;
  }
  if (limited && reason !== undefined && TypedArrayPrototypeGetLength(op_encode(text)) > REASON_BYTES_MAX) {
    throw new DOMException(
      "WebSocket close reason must not be longer than 123 bytes when UTF-8 encoded.",
      "SyntaxError",
    );
  }
  if (code === undefined && reason !== undefined) {
    throw new DOMException(
      "If you specify a WebSocket close reason, you must also specify a code.",
      "InvalidAccessError",
    );
  }
  return { code, reason: text };
}
