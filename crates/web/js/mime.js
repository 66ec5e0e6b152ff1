// MIME types (https://mimesniff.spec.whatwg.org/#parsing-a-mime-type), as Content-Type headers hold them.

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const QUOTED_STRING_CHARACTERS = /^[\t\x20-\x7e\x80-\xff]*$/;
const WHITESPACE_AROUND = /^[\t\n\r ]+|[\t\n\r ]+$/g;

function trimEnd(text) {
  return text.replace(/[\t\n\r ]+$/, "");
}

/**
 * @returns {{ essence: string, parameters: Map<string, string> } | undefined} undefined for what is no MIME type
 */
export function parseMimeType(input) {
  const text = input.replace(WHITESPACE_AROUND, "");
  const semicolon = text.indexOf(";");
  const full = trimEnd(semicolon < 0 ? text : text.slice(0, semicolon));
  const slash = full.indexOf("/");
  if (slash < 0 || !TOKEN.test(full.slice(0, slash)) || !TOKEN.test(full.slice(slash + 1))) return undefined;
  return {
    essence: full.toLowerCase(),
    parameters: semicolon < 0 ? new Map() : parseParameters(text, semicolon),
  };
}

// Step 11 of "parse a MIME type"; `at` is where a `;` is.
function parseParameters(text, at) {
  const parameters = new Map();
  while (at < text.length) {
    at++;
    while (at < text.length && "\t\n\r ".includes(text[at])) at++;
    const nameStart = at;
    while (at < text.length && text[at] !== ";" && text[at] !== "=") at++;
    const name = text.slice(nameStart, at).toLowerCase();
    if (at >= text.length) break;
    if (text[at] === ";") continue;
    at++;
    let value;
    if (text[at] === '"') {
      [value, at] = unquote(text, at + 1);
      while (at < text.length && text[at] !== ";") at++;
    } else {
      const valueStart = at;
      while (at < text.length && text[at] !== ";") at++;
      value = trimEnd(text.slice(valueStart, at));
      if (value === "") continue;
    }
    if (TOKEN.test(name) && QUOTED_STRING_CHARACTERS.test(value) && !parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

// "Collect an HTTP quoted string" with the extract-value flag; `at` is after the opening quote.
function unquote(text, at) {
  let value = "";
  while (at < text.length) {
    const character = text[at++];
    if (character === '"') break;
    if (character === "\\") {
      value += at < text.length ? text[at++] : "\\";
    } else {
      value += character;
    }
  }
  return [value, at];
}

/** https://mimesniff.spec.whatwg.org/#serialize-a-mime-type */
export function serializeMimeType({ essence, parameters }) {
  let output = essence;
  for (const [name, value] of parameters) {
    output += `;${name}=${TOKEN.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`}`;
  }
  return output;
}
