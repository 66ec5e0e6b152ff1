// format(): the arguments of console.log() as one text (https://console.spec.whatwg.org/#formatter, details as in Node).

import { inspect } from "./inspect.js";

const { stringify } = JSON;
const { getOwnPropertyDescriptor, getPrototypeOf } = Reflect;

function numberText(number) {
  return Object.is(number, -0) ? "-0" : `${number}`;
}

// Whether String(value) would answer what the language does for everything, so that inspect() says more.
function hasBuiltInToString(value) {
  for (let object = value; object !== null; object = getPrototypeOf(object)) {
    const own = getOwnPropertyDescriptor(object, "toString");
    if (own === undefined) continue;
    return typeof own.value !== "function" || Function.prototype.toString.call(own.value).includes("[native code]");
  }
  return true;
}

function asString(value, options) {
  switch (typeof value) {
    case "number":
      return numberText(value);
    case "bigint":
      return `${value}n`;
    case "object":
      if (value === null) return "null";
      return hasBuiltInToString(value) ? inspect(value, { ...options, depth: 0, colors: false, compact: 3 }) : String(value);
    default:
      return String(value);
  }
}

function asNumber(value, convert) {
  if (typeof value === "bigint" && convert !== parseFloat) return `${value}n`;
  if (typeof value === "symbol") return "NaN";
  return numberText(convert(value));
}

function asJson(value) {
  try {
    return stringify(value);
  } catch (error) {
    // A value that contains itself; engines word that differently.
    if (error instanceof TypeError && /circular|cyclic/i.test(error.message)) return "[Circular]";
    throw error;
  }
}

function substitute(code, value, options) {
  switch (code) {
    case "s":
      return asString(value, options);
    case "d":
      return asNumber(value, Number);
    case "i":
      return asNumber(value, (number) => parseInt(number));
    case "f":
      return asNumber(value, parseFloat);
    case "j":
      return asJson(value);
    case "o":
      return inspect(value, { ...options, showHidden: true, depth: 4 });
    case "O":
      return inspect(value, options);
    default:
      // %c styles the text that follows, which a log has no use for.
      return "";
  }
}

/**
 * Formats `args` with `options` of inspect(). A first argument that is a string may hold %s %d %i %f %j %o %O %c and %%;
 * what it does not use follows after blanks, strings as they are and other values inspected.
 */
export function formatWithOptions(options, args) {
  let index = 0;
  let text = "";
  const [template] = args;
  if (typeof template === "string") {
    index = 1;
    text = args.length === 1 ? template : template.replace(/%([sdifjoOc%])/g, (match, code) => {
      if (code === "%") return "%";
      return index < args.length ? `${substitute(code, args[index++], options)}` : match;
    });
  }
  for (; index < args.length; index++) {
    if (index > 0) text += " ";
    text += typeof args[index] === "string" ? args[index] : inspect(args[index], options);
  }
  return text;
}

export function format(...args) {
  return formatWithOptions(undefined, args);
}
