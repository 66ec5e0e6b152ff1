// inspect(): a value as text for people, as Node and Workers print it. The kinds of objects are in inspect_kinds.js,
// line breaking in inspect_layout.js.
//
// Values are looked at from outside: no accessor of a program's own classes is called, and what a proxy or a custom
// inspection method throws shows in the text instead of escaping.

import { op_proxy_details } from "holdfast:ops";
import { describe } from "./inspect_kinds.js";
import { arrange } from "./inspect_layout.js";
import { colors, styles } from "./inspect_styles.js";
import { displayWidth, lengthWithoutColours, propertyName, quote } from "./inspect_text.js";
import { uncurryThis } from "./primordials.js";

const { getOwnPropertyDescriptor } = Reflect;
const symbolToString = uncurryThis(Symbol.prototype.toString);

/** Objects have a method of this name to print themselves: `(depth, options, inspect) => string | any`. */
export const customInspect = Symbol.for("nodejs.util.inspect.custom");

// Strings shorter than this are not split at their line breaks.
const SPLIT_LENGTH_MIN = 16;

const defaultOptions = {
  showHidden: false,
  depth: 2,
  colors: false,
  customInspect: true,
  showProxy: false,
  maxArrayLength: 100,
  maxStringLength: 10_000,
  breakLength: 80,
  compact: 3,
  sorted: false,
  getters: false,
  numericSeparator: false,
};

function unlimited(limit) {
  return limit === null ? Infinity : limit;
}

function stylePlain(text) {
  return text;
}

function styleColoured(text, style) {
  const codes = colors[styles[style]];
  return codes === undefined ? text : `\x1b[${codes[0]}m${text}\x1b[${codes[1]}m`;
}

/** The state of one inspect() call. */
class Context {
  constructor(options) {
    const merged = { ...defaultOptions, ...options };
    this.options = merged;
    this.depth = unlimited(merged.depth);
    this.breakLength = merged.breakLength;
    // `true` is Node's oldest layout, which knows no columns.
    this.isOldLayout = merged.compact === true;
    this.compact = Number(merged.compact);
    this.showHidden = !!merged.showHidden;
    this.customInspect = !!merged.customInspect;
    this.maxArrayLength = unlimited(merged.maxArrayLength);
    this.maxStringLength = unlimited(merged.maxStringLength);
    this.sorted = merged.sorted;
    this.getters = merged.getters;
    this.numericSeparator = !!merged.numericSeparator;
    this.style = merged.colors ? styleColoured : stylePlain;
    this.lengthOf = merged.colors ? lengthWithoutColours : (text) => text.length;
    /** Objects being printed, outermost first. */
    this.seen = [];
    /** @type {Map<object, number> | null} the numbers of objects that contain themselves */
    this.circular = null;
    this.indentation = 0;
    /** Nesting of the object that was entered last. */
    this.deepest = 0;
  }

  sort(texts) {
    if (this.sorted) texts.sort(typeof this.sorted === "function" ? this.sorted : undefined);
  }

  indented(columns, print) {
    this.indentation += columns;
    try {
      return print();
    } finally {
      this.indentation -= columns;
    }
  }
}

/**
 * @param {object} [options] as Node's util.inspect: depth, breakLength, compact, showHidden, colors, customInspect,
 *   maxArrayLength, maxStringLength, sorted, getters, numericSeparator, showProxy; `true` or `false` is `showHidden` alone, and
 *   then depth and colors may follow as arguments.
 * @returns {string}
 */
export function inspect(value, options) {
  let given = typeof options === "boolean" ? { showHidden: options } : options;
  const { 2: depth, 3: coloured } = arguments;
  if (depth !== undefined) given = { ...given, depth };
  if (coloured !== undefined) given = { ...given, colors: coloured };
  return formatValue(new Context(given), value, 0, true);
}

inspect.custom = customInspect;
inspect.colors = colors;
inspect.styles = styles;
// What applies where an option is not given, also to what console prints.
Object.defineProperty(inspect, "defaultOptions", {
  get() {
    return defaultOptions;
  },
  set(options) {
    if (typeof options !== "object" || options === null) {
      throw new TypeError("inspect.defaultOptions: the options must be an object");
    }
    Object.assign(defaultOptions, options);
  },
});

export function formatPrimitive(context, value) {
  const { style } = context;
  switch (typeof value) {
    case "string":
      return formatString(context, value);
    case "number":
      return style(numberText(context, value), "number");
    case "bigint":
      return style(`${context.numericSeparator ? separated(`${value}`) : value}n`, "bigint");
    case "boolean":
      return style(`${value}`, "boolean");
    case "symbol":
      return style(symbolToString(value), "symbol");
    case "undefined":
      return style("undefined", "undefined");
    default:
      return style("null", "null");
  }
}

function numberText(context, value) {
  if (Object.is(value, -0)) return "-0";
  const text = `${value}`;
  if (!context.numericSeparator || !/^-?\d+(?:\.\d+)?$/.test(text)) return text;
  const [whole, fraction] = text.split(".");
  return fraction === undefined ? separated(whole) : `${separated(whole)}.${fraction.replace(/\d{3}(?=\d)/g, "$&_")}`;
}

// 1_234_567
function separated(digits) {
  return digits.replace(/(?<=\d)(?=(?:\d{3})+$)/g, "_");
}

function formatString(context, value) {
  const { style, maxStringLength } = context;
  let text = value;
  let trailer = "";
  if (text.length > maxStringLength) {
    const rest = text.length - maxStringLength;
    text = text.slice(0, maxStringLength);
    trailer = `... ${rest} more character${rest > 1 ? "s" : ""}`;
  }
  if (text.length > SPLIT_LENGTH_MIN && text.length > context.breakLength - context.indentation - 4) {
    const newline = ` +\n${" ".repeat(context.indentation + 2)}`;
    return text.split(/(?<=\n)/).map((line) => style(quote(line), "string")).join(newline) + trailer;
  }
  return style(quote(text), "string") + trailer;
}

/** Any value; `depth` counts the objects around it. */
export function formatValue(context, value, depth, allowCustom = true) {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) {
    return formatPrimitive(context, value);
  }
  try {
    const proxy = op_proxy_details(value);
    if (proxy !== undefined) return formatProxy(context, proxy, depth);
    if (allowCustom && context.customInspect) {
      const custom = formatCustom(context, value, depth);
      if (custom !== undefined) return custom;
    }
    if (context.seen.includes(value)) {
      context.circular ??= new Map();
      if (!context.circular.has(value)) context.circular.set(value, context.circular.size + 1);
      return context.style(`[Circular *${context.circular.get(value)}]`, "special");
    }
    return formatObject(context, value, depth);
  } catch (error) {
    // A proxy's trap, a getter of the platform, or nesting beyond the native stack.
    if (error instanceof RangeError || error?.name === "InternalError") {
      return context.style("[Object: inspection interrupted prematurely. Maximum call stack size exceeded.]", "special");
    }
    let reason;
    try {
      reason = `${error}`;
    } catch {
      reason = "a value without a string form";
    }
    return context.style(`[Object: inspection threw ${reason}]`, "special");
  }
}

// No trap of a proxy is asked.
function formatProxy(context, { 0: target, 1: handler }, depth) {
  if (target === null) return context.style("<Revoked Proxy>", "special");
  if (!context.options.showProxy) return `Proxy(${formatValue(context, target, depth)})`;
  if (depth > context.depth) return context.style("Proxy [Array]", "special");
  context.deepest = depth;
  const members = context.indented(2, () => [
    formatValue(context, target, depth + 1), formatValue(context, handler, depth + 1),
  ]);
  return arrange(context, members, "", ["Proxy [", "]"], undefined, depth);
}

function formatCustom(context, value, depth) {
  const method = value[customInspect];
  // A class that prints itself prints its instances; its prototype object has no state to print.
  if (typeof method !== "function" || method === inspect || value.constructor?.prototype === value) return undefined;
  const left = context.depth - depth;
  const result = Reflect.apply(method, value, [left, { ...context.options, depth: left, stylize: context.style }, inspect]);
  if (result === value) return undefined;
  if (typeof result === "string") return result.replaceAll("\n", `\n${" ".repeat(context.indentation)}`);
  return formatValue(context, result, depth);
}

function formatObject(context, value, depth) {
  const shape = describe(context, value, depth);
  if (typeof shape === "string") return shape;
  if (depth > context.depth) {
    return context.style(shape.name.startsWith("[") ? shape.name : `[${shape.name}]`, "special");
  }
  context.seen.push(value);
  context.deepest = depth;
  let members;
  try {
    members = shape.members(depth + 1);
    const ofArray = shape.elements !== undefined;
    const properties = shape.keys.map((key) => formatProperty(context, value, key, depth + 1, ofArray));
    // Elements of an array keep their places.
    if (shape.elements !== undefined) context.sort(properties);
    for (const property of properties) members.push(property);
    if (shape.elements === undefined) context.sort(members);
  } finally {
    context.seen.pop();
  }
  let { base } = shape;
  const reference = context.circular?.get(value);
  if (reference !== undefined) {
    const mark = context.style(`<ref *${reference}>`, "special");
    base = base === "" ? mark : `${mark} ${base}`;
  }
  return arrange(context, members, base, shape.braces, shape.elements, depth);
}

function formatProperty(context, value, key, depth, ofArray) {
  // Attributes of a platform interface live on its prototype: they are read, not shown as accessors.
  const descriptor = getOwnPropertyDescriptor(value, key) ?? { value: value[key], enumerable: true };
  const isOldLayout = context.isOldLayout && !ofArray;
  const columns = isOldLayout ? 3 : 2;
  let text;
  if ("value" in descriptor) text = context.indented(columns, () => formatValue(context, descriptor.value, depth));
  else text = formatAccessor(context, value, descriptor, depth, columns);
  const name = propertyName(key);
  const shown = context.style(name, typeof key === "symbol" ? "symbol" : name.startsWith("'") ? "string" : "name");
  // The oldest layout begins what is too long for a line on a line of its own.
  const breaks = isOldLayout && "value" in descriptor && displayWidth(text) > context.breakLength;
  const between = breaks ? `\n${" ".repeat(context.indentation + columns)}` : " ";
  return `${descriptor.enumerable ? shown : `[${typeof key === "string" ? key : name}]`}:${between}${text}`;
}

function formatAccessor(context, value, { get, set }, depth, columns) {
  const label = get === undefined ? (set === undefined ? "undefined" : "Setter") : set === undefined ? "Getter" : "Getter/Setter";
  if (label === "undefined") return context.style("undefined", "undefined");
  const wanted = get !== undefined && (context.getters === true ||
    (context.getters === "get" && set === undefined) || (context.getters === "set" && set !== undefined));
  if (!wanted) return context.style(`[${label}]`, "special");
  try {
    const result = Reflect.apply(get, value, []);
    const text = context.indented(columns, () => formatValue(context, result, depth));
    const isObject = typeof result === "object" && result !== null;
    if (isObject) return `${context.style(`[${label}]`, "special")} ${text}`;
    return `${context.style(`[${label}:`, "special")} ${text}${context.style("]", "special")}`;
  } catch (error) {
    return context.style(`[${label}: <Inspection threw (${error?.message})>]`, "special");
  }
}
