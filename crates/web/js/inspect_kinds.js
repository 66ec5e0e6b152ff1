// What inspect() shows of each kind of object: its prefix, its members, and the keys that follow.

import { op_iterator_details, op_promise_details } from "holdfast:ops";
import { formatError } from "./inspect_error.js";
import { constructorName, prefixOf, toStringTag } from "./inspect_names.js";
import { formatPrimitive, formatValue } from "./inspect.js";
import { arrange } from "./inspect_layout.js";
import { TypedArrayPrototypeGetLength, TypedArrayPrototypeGetToStringTag, uncurryThis } from "./primordials.js";
import { isArrayBuffer, isInterfacePrototype } from "./webidl.js";

const { getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
const getter = (object, name) => uncurryThis(getOwnPropertyDescriptor(object, name).get);

const mapSize = getter(Map.prototype, "size");
const mapEntries = uncurryThis(Map.prototype.entries);
const setSize = getter(Set.prototype, "size");
const setValues = uncurryThis(Set.prototype.values);
const dateValue = uncurryThis(Date.prototype.valueOf);
const dateText = uncurryThis(Date.prototype.toISOString);
const regExpText = uncurryThis(RegExp.prototype.toString);
const regExpSource = getter(RegExp.prototype, "source");
const functionText = uncurryThis(Function.prototype.toString);
const weakMapHas = uncurryThis(WeakMap.prototype.has);
const weakSetHas = uncurryThis(WeakSet.prototype.has);
const weakRefDeref = uncurryThis(WeakRef.prototype.deref);
const sharedByteLength = getter(SharedArrayBuffer.prototype, "byteLength");
const viewByteLength = getter(DataView.prototype, "byteLength");
const objectText = uncurryThis(Object.prototype.toString);
const BOXES = [
  ["Number", uncurryThis(Number.prototype.valueOf)],
  ["String", uncurryThis(String.prototype.valueOf)],
  ["Boolean", uncurryThis(Boolean.prototype.valueOf)],
  ["BigInt", uncurryThis(BigInt.prototype.valueOf)],
  ["Symbol", uncurryThis(Symbol.prototype.valueOf)],
];

// Internal slots show only in whether a method of the kind accepts the object.
function accepts(method, value, ...args) {
  try {
    method(value, ...args);
    return true;
  } catch {
    return false;
  }
}

const INDEX = /^(?:0|[1-9][0-9]{0,9})$/;

function ownKeysOf(context, value, skipIndices) {
  const keys = [];
  for (const key of ownKeys(value)) {
    if (skipIndices && typeof key === "string" && (INDEX.test(key) || (key === "length" && context.showHidden === false))) {
      continue;
    }
    if (context.showHidden || getOwnPropertyDescriptor(value, key)?.enumerable) keys.push(key);
  }
  return keys;
}

function more(count) {
  return `... ${count} more item${count > 1 ? "s" : ""}`;
}

function noMembers() {
  return [];
}

/**
 * @returns {string | Shape} the whole text where nothing follows, else
 *   { name, base, braces, elements, keys, members(depth) }
 */
export function describe(context, value, depth) {
  const name = constructorName(value);
  const tag = toStringTag(context, value, name);
  const shape = {
    name: prefixOf(name, tag, "Object").slice(0, -1),
    base: "",
    braces: ["{", "}"],
    elements: undefined,
    keys: undefined,
    members: noMembers,
  };
  if (typeof value === "function") {
    shape.keys = ownKeysOf(context, value, false);
    return baseOnly(context, shape, functionBase(value, name, tag), "special");
  }
  if (Array.isArray(value)) return describeArray(context, value, name, tag, shape);
  // Most objects are plain; trying them against every kind would take longer than printing them.
  if (name === "Object" && getPrototypeOf(value) === Object.prototype && objectText(value) === "[object Object]") {
    return describePlain(context, value, name, tag, shape);
  }
  for (const kind of KINDS) {
    const described = kind(context, value, name, tag, shape, depth);
    if (described !== undefined) return described;
  }
  return describePlain(context, value, name, tag, shape);
}

/** An object that is its base text, and braces only if it has keys. */
function baseOnly(context, shape, base, style) {
  if (shape.keys.length === 0) return style === undefined ? base : context.style(base, style);
  shape.base = base;
  return shape;
}

function describeArray(context, value, name, tag, shape) {
  shape.keys = ownKeysOf(context, value, true);
  const plain = name === "Array" && tag === "";
  const open = `${plain ? "" : prefixOf(name, tag, "Array", `(${value.length})`)}[`;
  if (value.length === 0 && shape.keys.length === 0) return `${open}]`;
  shape.braces = [open, "]"];
  shape.elements = value;
  shape.members = (depth) => arrayMembers(context, value, depth);
  return shape;
}

function arrayMembers(context, value, depth) {
  const { length } = value;
  const members = [];
  let index = 0;
  while (index < length && members.length < context.maxArrayLength) {
    const descriptor = getOwnPropertyDescriptor(value, index);
    if (descriptor === undefined) {
      let end = index + 1;
      while (end < length && !Object.hasOwn(value, end)) end++;
      const count = end - index;
      members.push(context.style(`<${count} empty item${count > 1 ? "s" : ""}>`, "undefined"));
      index = end;
      continue;
    }
    members.push(elementText(context, value, descriptor, depth));
    index++;
  }
  if (index < length) members.push(more(length - index));
  return members;
}

function elementText(context, value, descriptor, depth) {
  if ("value" in descriptor) return context.indented(2, () => formatValue(context, descriptor.value, depth));
  const label = descriptor.get === undefined ? "Setter" : descriptor.set === undefined ? "Getter" : "Getter/Setter";
  return context.style(`[${label}]`, "special");
}

function listMembers(context, count, items) {
  const members = [];
  for (const item of items) {
    if (members.length >= context.maxArrayLength) {
      members.push(more(count - members.length));
      break;
    }
    members.push(item);
  }
  return members;
}

// Entries of anything map-like: `entries` is an iterator of pairs.
function entryMembers(context, count, entries, depth) {
  return context.indented(2, () =>
    listMembers(context, count, (function* () {
      for (const { 0: key, 1: item } of entries) {
        yield `${formatValue(context, key, depth)} => ${formatValue(context, item, depth)}`;
      }
    })()));
}

// What is left of a Map or Set after `passed` entries, without moving the iterator.
function restMembers(context, yields, target, passed, depth) {
  const isMap = accepts(mapSize, target);
  const rest = (isMap ? mapEntries(target) : setValues(target)).drop(passed);
  const pairOf = (entry) => (isMap ? entry : [entry, entry]);
  const text = (entry) => {
    if (yields === "keys") return formatValue(context, pairOf(entry)[0], depth);
    if (yields === "values") return formatValue(context, pairOf(entry)[1], depth);
    const pair = context.indented(2, () => pairOf(entry).map((item) => formatValue(context, item, depth)));
    return arrange(context, pair, "", ["[", "]"], undefined, depth - 1);
  };
  const count = (isMap ? mapSize : setSize)(target) - passed;
  return context.indented(2, () => listMembers(context, count, rest.map(text)));
}

// In order: the first that recognises the object answers. Each takes (context, value, name, tag, shape, depth).
const KINDS = [
  function describeError(context, value, name, tag, shape) {
    if (!Error.isError(value) && !(value instanceof Error)) return undefined;
    shape.keys = ownKeysOf(context, value, false);
    return baseOnly(context, shape, formatError(context, value, name, tag, shape.keys), undefined);
  },

  function describeMap(context, value, name, tag, shape) {
    if (!accepts(mapSize, value)) return undefined;
    const size = mapSize(value);
    shape.keys = ownKeysOf(context, value, false);
    const prefix = prefixOf(name, tag, "Map", `(${size})`);
    if (size === 0 && shape.keys.length === 0) return `${prefix}{}`;
    shape.braces[0] = `${prefix}{`;
    shape.members = (depth) => entryMembers(context, size, mapEntries(value), depth);
    return shape;
  },

  function describeSet(context, value, name, tag, shape) {
    if (!accepts(setSize, value)) return undefined;
    const size = setSize(value);
    shape.keys = ownKeysOf(context, value, false);
    const prefix = prefixOf(name, tag, "Set", `(${size})`);
    if (size === 0 && shape.keys.length === 0) return `${prefix}{}`;
    shape.braces[0] = `${prefix}{`;
    shape.members = (depth) =>
      context.indented(2, () =>
        listMembers(context, size, setValues(value).map((item) => formatValue(context, item, depth))));
    return shape;
  },

  function describeIterator(context, value, name, tag, shape) {
    const details = op_iterator_details(value);
    if (details === undefined) return undefined;
    const { 0: yields, 1: target, 2: passed } = details;
    shape.keys = ownKeysOf(context, value, false);
    shape.braces[0] = `[${yields === "entries" ? tag.replace(/Iterator$/, "Entries") : tag}] {`;
    shape.members = (depth) => (target === undefined ? [] : restMembers(context, yields, target, passed, depth));
    return shape;
  },

  function describeTypedArray(context, value, name, tag, shape) {
    const kind = TypedArrayPrototypeGetToStringTag(value);
    if (kind === undefined) return undefined;
    const length = TypedArrayPrototypeGetLength(value);
    shape.keys = ownKeysOf(context, value, true);
    const open = `${prefixOf(name, tag, kind, `(${length})`)}[`;
    if (length === 0 && shape.keys.length === 0) return `${open}]`;
    shape.braces = [open, "]"];
    shape.elements = value;
    shape.members = () => {
      const shown = Math.min(length, context.maxArrayLength);
      const members = [];
      for (let i = 0; i < shown; i++) members.push(formatPrimitive(context, value[i]));
      if (shown < length) members.push(more(length - shown));
      if (context.showHidden) {
        for (const key of ["BYTES_PER_ELEMENT", "length", "byteLength", "byteOffset"]) {
          members.push(`[${key}]: ${formatPrimitive(context, value[key])}`);
        }
        // The bytes are there already.
        members.push(`[buffer]: ArrayBuffer { byteLength: ${formatPrimitive(context, value.buffer.byteLength)} }`);
      }
      return members;
    };
    return shape;
  },

  function describeRegExp(context, value, name, tag, shape) {
    // RegExp.prototype answers to `source` as well.
    if (value === RegExp.prototype || !accepts(regExpSource, value)) return undefined;
    shape.keys = ownKeysOf(context, value, false);
    const prefix = prefixOf(name, tag, "RegExp");
    return baseOnly(context, shape, `${prefix === "RegExp " ? "" : prefix}${regExpText(value)}`, "regexp");
  },

  function describeDate(context, value, name, tag, shape) {
    if (!accepts(dateValue, value)) return undefined;
    shape.keys = ownKeysOf(context, value, false);
    const text = Number.isNaN(dateValue(value)) ? "Invalid Date" : dateText(value);
    const prefix = prefixOf(name, tag, "Date");
    return baseOnly(context, shape, `${prefix === "Date " ? "" : prefix}${text}`, "date");
  },

  function describePromise(context, value, name, tag, shape) {
    // [state, value or reason], or undefined for anything but a promise.
    const details = op_promise_details(value);
    if (details === undefined) return undefined;
    const { 0: state, 1: result } = details;
    shape.keys = ownKeysOf(context, value, false);
    shape.braces[0] = `${prefixOf(name, tag, "Promise")}{`;
    shape.members = (depth) => {
      if (state === "pending") return [context.style("<pending>", "special")];
      const text = context.indented(2, () => formatValue(context, result, depth));
      return [state === "rejected" ? `${context.style("<rejected>", "special")} ${text}` : text];
    };
    return shape;
  },

  function describeArrayBuffer(context, value, name, tag, shape) {
    const isShared = accepts(sharedByteLength, value);
    if (!isShared && !isArrayBuffer(value)) return undefined;
    shape.keys = ["byteLength", ...ownKeysOf(context, value, false)];
    shape.braces[0] = `${prefixOf(name, tag, isShared ? "SharedArrayBuffer" : "ArrayBuffer")}{`;
    shape.members = () => {
      if (value.detached) return [context.style("(detached)", "special")];
      const shown = Math.min(value.byteLength, context.maxArrayLength);
      const bytes = new Uint8Array(value, 0, shown).toHex().replace(/(..)(?!$)/g, "$1 ");
      const rest = value.byteLength - shown;
      const note = rest > 0 ? ` ... ${rest} more byte${rest > 1 ? "s" : ""}` : "";
      return [`${context.style("[Uint8Contents]", "special")}: <${bytes}${note}>`];
    };
    return shape;
  },

  function describeDataView(context, value, name, tag, shape) {
    if (!ArrayBuffer.isView(value) || !accepts(viewByteLength, value)) return undefined;
    shape.keys = ["byteLength", "byteOffset", "buffer", ...ownKeysOf(context, value, false)];
    shape.braces[0] = `${prefixOf(name, tag, "DataView")}{`;
    return shape;
  },

  function describeWeak(context, value, name, tag, shape) {
    const kind = accepts(weakMapHas, value, value) ? "WeakMap" : accepts(weakSetHas, value, value) ? "WeakSet" : undefined;
    if (kind === undefined) {
      if (!accepts(weakRefDeref, value)) return undefined;
      shape.keys = ownKeysOf(context, value, false);
      shape.braces[0] = `${prefixOf(name, tag, "WeakRef")}{`;
      shape.members = (depth) => [context.indented(2, () => formatValue(context, weakRefDeref(value), depth))];
      return shape;
    }
    shape.keys = ownKeysOf(context, value, false);
    shape.braces[0] = `${prefixOf(name, tag, kind)}{`;
    shape.members = () => [context.style("<items unknown>", "special")];
    return shape;
  },

  function describeBox(context, value, name, tag, shape) {
    const box = BOXES.find(([, unbox]) => accepts(unbox, value));
    if (box === undefined) return undefined;
    const [kind, unbox] = box;
    shape.keys = ownKeysOf(context, value, kind === "String");
    let label = kind;
    if (name !== kind) label += name === null ? " (null prototype)" : ` (${name})`;
    const inner = formatPrimitive({ ...context, style: (text) => text, maxStringLength: Infinity }, unbox(value));
    const mark = tag !== "" && tag !== name ? ` [${tag}]` : "";
    return baseOnly(context, shape, `[${label}: ${inner}]${mark}`, kind.toLowerCase());
  },

  function describeArguments(context, value, name, _tag, shape) {
    if (name !== "Object" || objectText(value) !== "[object Arguments]") return undefined;
    shape.keys = ownKeysOf(context, value, false);
    shape.braces[0] = "[Arguments] {";
    return shape.keys.length === 0 ? "[Arguments] {}" : shape;
  },

  // Platform interfaces (URL, Request …): iterable ones as maps, others by their attributes.
  function describeInterface(context, value, name, tag, shape) {
    const prototypes = interfacePrototypes(value);
    if (prototypes.length === 0) return undefined;
    shape.keys = ownKeysOf(context, value, false);
    const mapLike = prototypes.find((prototype) => prototype[Symbol.iterator] !== undefined &&
      prototype[Symbol.iterator] === prototype.entries);
    if (mapLike !== undefined) {
      const entries = [...Reflect.apply(mapLike.entries, value, [])];
      shape.braces[0] = `${prefixOf(name, tag, "Object", `(${entries.length})`)}{`;
      if (entries.length === 0 && shape.keys.length === 0) return `${shape.braces[0]}}`;
      shape.members = (depth) => entryMembers(context, entries.length, entries, depth);
      return shape;
    }
    for (const prototype of prototypes) {
      for (const key of ownKeys(prototype)) {
        if (isAttribute(getOwnPropertyDescriptor(prototype, key)) && !shape.keys.includes(key)) shape.keys.push(key);
      }
    }
    shape.braces[0] = `${prefixOf(name, tag, "Object")}{`;
    return shape.keys.length === 0 ? `${shape.braces[0]}}` : shape;
  },
];

function isAttribute(descriptor) {
  return descriptor.enumerable && descriptor.get !== undefined;
}

// The prototypes of interfaces. Such a prototype itself is no instance.
function interfacePrototypes(value) {
  const found = [];
  for (let object = getPrototypeOf(value); object !== null && object !== Object.prototype; object = getPrototypeOf(object)) {
    if (isInterfacePrototype(object) && !Object.hasOwn(value, "constructor")) found.push(object);
  }
  return found;
}

function describePlain(context, value, name, tag, shape) {
  shape.keys = ownKeysOf(context, value, false);
  if (name === "Object" && tag === "") {
    if (shape.keys.length === 0) return "{}";
    return shape;
  }
  shape.braces[0] = `${prefixOf(name, tag, "Object")}{`;
  return shape.keys.length === 0 ? `${shape.braces[0]}}` : shape;
}

function functionBase(value, name, tag) {
  const source = functionText(value);
  if (source.startsWith("class") && source.endsWith("}")) return classBase(value, name, tag);
  const kind = source.startsWith("async") && /^async\s*\*|^async\s+function\s*\*/.test(source)
    ? "AsyncGeneratorFunction"
    : objectTextKind(value);
  let base = `[${kind}`;
  if (name === null) base += " (null prototype)";
  base += value.name === "" || typeof value.name !== "string" ? " (anonymous)" : `: ${value.name}`;
  base += "]";
  if (name !== kind && name !== null) base += ` ${name}`;
  if (tag !== "" && name !== tag) base += ` [${tag}]`;
  return base;
}

const FUNCTION_KINDS = new Set(["AsyncFunction", "GeneratorFunction", "AsyncGeneratorFunction"]);

function objectTextKind(value) {
  const kind = objectText(value).slice("[object ".length, -1);
  return FUNCTION_KINDS.has(kind) ? kind : "Function";
}

function classBase(value, name, tag) {
  const own = Object.hasOwn(value, "name") && typeof value.name === "string" && value.name !== "" ? value.name : "(anonymous)";
  let base = `[class ${own}`;
  if (name !== "Function" && name !== null) base += ` [${name}]`;
  if (tag !== "" && name !== tag) base += ` [${tag}]`;
  if (name === null) base += " extends null";
  else {
    const parent = getPrototypeOf(value)?.name;
    if (parent) base += ` extends ${parent}`;
  }
  return `${base}]`;
}
