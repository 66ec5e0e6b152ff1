// node:querystring (https://nodejs.org/docs/latest/api/querystring.html).

import { asBuffer } from "./internal/buffer.js";
import { decodeText } from "./internal/encodings.js";
import { ERR_INVALID_URI } from "./internal/errors.js";

const MAX_KEYS = 1000;

// --- writing -------------------------------------------------------------------------------------

/** As encodeURIComponent(), for anything that has a text. */
function escape(qs) {
  const text = typeof qs === "string" ? qs : typeof qs === "object" ? String(qs) : `${qs}`;
  try {
    return encodeURIComponent(text);
  } catch {
    // Half of a surrogate pair.
    throw new ERR_INVALID_URI();
  }
}

// What has no text of its own is empty.
function textOf(value) {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return Number.isFinite(value) ? `${value}` : "";
    case "bigint":
    case "boolean":
      return `${value}`;
    default:
      return "";
  }
}

function stringify(obj, sep, eq, options) {
  if (obj === null || typeof obj !== "object") return "";
  const between = sep || "&";
  const equals = eq || "=";
  const encode = typeof options?.encodeURIComponent === "function" ? options.encodeURIComponent : querystring.escape;
  const encoded = (value) => {
    const text = textOf(value);
    return text === "" ? "" : encode(text);
  };
  const fields = [];
  for (const key of Object.keys(obj)) {
    const start = `${encoded(key)}${equals}`;
    const value = obj[key];
    for (const item of Array.isArray(value) ? value : [value]) fields.push(`${start}${encoded(item)}`);
  }
  return fields.join(between);
}

// --- reading -------------------------------------------------------------------------------------

function hexDigit(code) {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** The bytes that a text stands for; what is no escape stays. */
function unescapeBuffer(s, decodeSpaces) {
  const bytes = new Uint8Array(s.length);
  let length = 0;
  for (let i = 0; i < s.length; i++) {
    let code = s.charCodeAt(i);
    if (code === 0x2b && decodeSpaces) code = 0x20;
    else if (code === 0x25 && i + 2 < s.length) {
      const high = hexDigit(s.charCodeAt(i + 1));
      const low = hexDigit(s.charCodeAt(i + 2));
      if (high >= 0 && low >= 0) {
        code = high * 16 + low;
        i += 2;
      }
    }
    bytes[length++] = code;
  }
  return asBuffer(bytes.subarray(0, length));
}

function unescape(s, decodeSpaces) {
  try {
    return decodeURIComponent(s);
  } catch {
    return decodeText(querystring.unescapeBuffer(s, decodeSpaces), "utf8");
  }
}

function parse(qs, sep, eq, options) {
  const result = { __proto__: null };
  if (typeof qs !== "string" || qs === "") return result;
  const between = sep ? `${sep}` : "&";
  const equals = eq ? `${eq}` : "=";
  let decode = options?.decodeURIComponent;
  if (typeof decode !== "function") decode = querystring.unescape;
  // Zero and negative numbers mean: all.
  const most = typeof options?.maxKeys === "number" ? options.maxKeys : MAX_KEYS;
  const fields = qs.split(between).filter((field) => field !== "");
  for (const field of most > 0 ? fields.slice(0, most) : fields) {
    const at = field.indexOf(equals);
    const key = decoded(at < 0 ? field : field.slice(0, at), decode);
    const value = at < 0 ? "" : decoded(field.slice(at + equals.length), decode);
    const known = result[key];
    if (known === undefined) result[key] = value;
    else if (Array.isArray(known)) known.push(value);
    else result[key] = [known, value];
  }
  return result;
}

function decoded(text, decode) {
  const spaced = text.replaceAll("+", " ");
  // A program's own function sees everything.
  if (decode === unescape && !spaced.includes("%")) return spaced;
  try {
    return decode(spaced);
  } catch {
    return unescape(spaced);
  }
}

/** Programs may replace `escape` and `unescape` on it. */
const querystring = { decode: parse, encode: stringify, escape, parse, stringify, unescape, unescapeBuffer };

export { parse as decode, stringify as encode, escape, parse, stringify, unescape, unescapeBuffer };

export default querystring;
