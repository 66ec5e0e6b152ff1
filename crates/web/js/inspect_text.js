// Text for inspect(): quoting of strings and keys, width on a terminal.

const IDENTIFIER = /^[A-Za-z_][A-Za-z_0-9]*$/;
const NEEDS_ESCAPE = /[\x00-\x1f\x27\x5c\x7f-\x9f\ud800-\udfff]/;
const ESCAPED = /[\x00-\x1f\x27\x5c\x7f-\x9f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const NAMED_ESCAPES = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", "\\": "\\\\" };

/** A string literal: in single quotes, or in whichever of the others needs no escapes. */
export function quote(text) {
  if (!NEEDS_ESCAPE.test(text)) return `'${text}'`;
  let mark = "'";
  if (text.includes("'")) {
    if (!text.includes('"')) mark = '"';
    else if (!text.includes("`") && !text.includes("${")) mark = "`";
  }
  const body = text.replace(ESCAPED, (character) => {
    if (character === "'") return mark === "'" ? "\\'" : "'";
    const named = NAMED_ESCAPES[character];
    if (named !== undefined) return named;
    const code = character.charCodeAt(0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, "0").toUpperCase()}` : `\\u${code}`;
  });
  return mark + body + mark;
}

/** A property name as it would stand in an object literal. */
export function propertyName(key) {
  if (typeof key === "symbol") return symbolText(key);
  if (key === "__proto__") return "['__proto__']";
  return IDENTIFIER.test(key) ? key : quote(key);
}

/** `Symbol(description)` with line breaks and the like escaped. */
export function symbolText(symbol) {
  const { description } = symbol;
  if (description === undefined) return "Symbol()";
  return `Symbol(${NEEDS_ESCAPE.test(description) ? quote(description).slice(1, -1) : description})`;
}

// Escape sequences of colours, which take no room.
const COLOUR = /\x1b\[\d+m/g;
const PLAIN = /^[\x20-\x7e]*$/;
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]$/u;

function isWide(code) {
  return code >= 0x1100 && (
    code <= 0x115f || (code >= 0x2e80 && code <= 0x3247 && code !== 0x303f) || (code >= 0x3250 && code <= 0x4dbf) ||
    (code >= 0x4e00 && code <= 0xa4c6) || (code >= 0xa960 && code <= 0xa97c) || (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe10 && code <= 0xfe19) || (code >= 0xfe30 && code <= 0xfe6b) ||
    (code >= 0xff01 && code <= 0xff60) || (code >= 0xffe0 && code <= 0xffe6) || (code >= 0x1b000 && code <= 0x1b001) ||
    (code >= 0x1f200 && code <= 0x1f251) || (code >= 0x1f300 && code <= 0x1f64f) ||
    (code >= 0x1f900 && code <= 0x1f9ff) || (code >= 0x20000 && code <= 0x3fffd)
  );
}

/** Length in code units, escape sequences of colours left out. */
export function lengthWithoutColours(text) {
  return text.replace(COLOUR, "").length;
}

/** Columns that `text` takes on a terminal. */
export function displayWidth(text) {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text.replace(COLOUR, "").normalize("NFC")) {
    if (isWide(character.codePointAt(0))) width += 2;
    else if (!ZERO_WIDTH.test(character)) width += 1;
  }
  return width;
}
