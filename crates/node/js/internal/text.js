// util's functions on texts: styleText(), stripVTControlCharacters(), parseEnv(), toUSVString().

import { inspect } from "./inspect.js";
import { validateOneOf, validateString } from "./validators.js";

/** The text with the escape sequences of one style or several. Workers have no terminal to look at. */
export function styleText(format, text, { validateStream = true } = {}) {
  validateString(text, "text");
  let styled = text;
  const { colors } = inspect;
  for (const name of (Array.isArray(format) ? format : [format]).toReversed()) {
    if (name === "none") continue;
    const codes = colors[name];
    if (codes === undefined) validateOneOf(name, "format", Object.keys(colors));
    if (!validateStream) styled = `\x1b[${codes[0]}m${styled}\x1b[${codes[1]}m`;
  }
  return styled;
}

// Operating system commands (ended by BEL or ST), then control sequences with their parameters.
const CONTROL = /[\u001b\u009b](?:\][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)|[[\]()#;?]*(?:\d{1,4}(?:[;:]\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~])/g;

export function stripVTControlCharacters(str) {
  validateString(str, "str");
  return str.replace(CONTROL, "");
}

export function toUSVString(input) {
  return `${input}`.toWellFormed();
}

// A name, an equals sign, and a value that is quoted or ends at the line's end or a comment.
const LINE =
  /^[^\S\n]*(?:export\s+)?([\w.-]+)[^\S\n]*=[^\S\n]*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|`([^`]*)`|([^#\n]*))?[^\n]*$/gm;

/** The variables of a file in the format of `.env`. */
export function parseEnv(content) {
  validateString(content, "content");
  const result = {};
  for (const [, name, double, single, back, plain] of content.replace(/\r\n?/g, "\n").matchAll(LINE)) {
    // A quotation mark that is not closed is left out.
    result[name] = double?.replaceAll("\\n", "\n") ?? single ?? back ?? (plain ?? "").trim().replace(/^["'`]/, "");
  }
  return result;
}
