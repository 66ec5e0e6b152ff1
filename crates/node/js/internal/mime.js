// util.MIMEType and util.MIMEParams (https://nodejs.org/docs/latest/api/util.html#class-utilmimetype).

import { defineInterface } from "holdfast:web/webidl";

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const QUOTABLE = /^[\t\x20-\x7e\x80-\xff]*$/;
const BLANKS = /^[\t\n\r ]+|[\t\n\r ]+$/g;

// --- reading (https://mimesniff.spec.whatwg.org/#parsing-a-mime-type) ----------------------------

/** A quoted string that begins at `start`: its value, and where what follows begins. */
function quotedString(text, start) {
  let value = "";
  let i = start + 1;
  while (i < text.length && text[i] !== '"') {
    if (text[i] === "\\" && i + 1 < text.length) i++;
    value += text[i++];
  }
  return { value, end: i + 1 };
}

function parseParameters(text, params) {
  let i = 0;
  while (i < text.length) {
    while (i < text.length && /[\t\n\r ]/.test(text[i])) i++;
    const nameEnd = text.slice(i).search(/[;=]/);
    const end = nameEnd < 0 ? text.length : i + nameEnd;
    const name = text.slice(i, end).toLowerCase();
    i = end;
    if (i >= text.length) break;
    if (text[i] === ";") {
      i++;
      continue;
    }
    i++;
    let value;
    const isQuoted = text[i] === '"';
    if (isQuoted) ({ value, end: i } = quotedString(text, i));
    const semicolon = text.indexOf(";", i);
    const valueEnd = semicolon < 0 ? text.length : semicolon;
    if (!isQuoted) value = text.slice(i, valueEnd).replace(/[\t\n\r ]+$/, "");
    i = valueEnd + 1;
    const isUsable = TOKEN.test(name) && !params.has(name) && (isQuoted || value !== "");
    if (isUsable) params.set(name, value);
  }
}

// --- parameters ----------------------------------------------------------------------------------

export class MIMEParams {
  #params = new Map();

  static of(text) {
    const params = new MIMEParams();
    parseParameters(text, params.#params);
    return params;
  }

  delete(name) {
    this.#params.delete(`${name}`);
  }

  get(name) {
    return this.#params.get(`${name}`) ?? null;
  }

  has(name) {
    return this.#params.has(`${name}`);
  }

  set(name, value) {
    const [key, text] = [`${name}`, `${value}`];
    if (!TOKEN.test(key)) throw new TypeError("Not a valid MIME parameter");
    if (!QUOTABLE.test(text)) throw new TypeError("Not a valid MIME parameter");
    this.#params.set(key, text);
  }

  entries() {
    return this.#params.entries();
  }

  keys() {
    return this.#params.keys();
  }

  values() {
    return this.#params.values();
  }

  toString() {
    return [...this.#params].map(([name, value]) => {
      const isToken = TOKEN.test(value);
      return `${name}=${isToken ? value : `"${value.replace(/["\\]/g, "\\$&")}"`}`;
    }).join(";");
  }

  toJSON() {
    return this.toString();
  }
}

const { of: parametersOf } = MIMEParams;
delete MIMEParams.of;
Object.defineProperty(MIMEParams.prototype, Symbol.iterator, {
  value: MIMEParams.prototype.entries, writable: true, configurable: true,
});
defineInterface(MIMEParams);

// --- types ---------------------------------------------------------------------------------------

export class MIMEType {
  #type;
  #subtype;
  #params;

  constructor(input = undefined) {
    if (arguments.length === 0) {
      throw new TypeError("Failed to construct 'MIMEType': constructor parameter 1 is not of type 'string'.");
    }
    const text = `${input}`.replace(BLANKS, "");
    const slash = text.indexOf("/");
    const semicolon = text.indexOf(";");
    const end = semicolon < 0 ? text.length : semicolon;
    const type = text.slice(0, Math.max(slash, 0));
    const subtype = text.slice(slash + 1, end).replace(/[\t\n\r ]+$/, "");
    if (!TOKEN.test(type) || !TOKEN.test(subtype)) throw new TypeError(`Not a valid MIME type: ${input}`);
    this.#type = type.toLowerCase();
    this.#subtype = subtype.toLowerCase();
    this.#params = parametersOf(text.slice(end + 1));
  }

  get type() {
    return this.#type;
  }

  set type(value) {
    if (!TOKEN.test(value)) throw new TypeError("Not a valid MIME type");
    this.#type = `${value}`.toLowerCase();
  }

  get subtype() {
    return this.#subtype;
  }

  set subtype(value) {
    if (!TOKEN.test(value)) throw new TypeError("Not a valid MIME subtype");
    this.#subtype = `${value}`.toLowerCase();
  }

  get essence() {
    return `${this.#type}/${this.#subtype}`;
  }

  get params() {
    return this.#params;
  }

  toString() {
    const params = this.#params.toString();
    return params === "" ? this.essence : `${this.essence};${params}`;
  }

  toJSON() {
    return this.toString();
  }
}

defineInterface(MIMEType);
