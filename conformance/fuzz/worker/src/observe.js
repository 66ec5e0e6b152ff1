// Any value as JSON that two runtimes can be compared by. Unlike the cases' `show`, the order of properties counts, and so
// does which parts of a value are one object.

const FLAGS = ["remote", "retryable", "overloaded", "durableObjectReset"];
/** Texts that are longer are cut, and their length told. */
const TEXT_CHARS_MAX = 400;

export function observe(value) {
  return look(value, new Map(), "");
}

export function describeError(error) {
  if (!(error instanceof Error)) return { notAnError: observe(error) };
  return look(error, new Map(), "");
}

function look(value, seen, at) {
  switch (typeof value) {
    case "undefined":
      return { $: "undefined" };
    case "bigint":
      return { $: "bigint", value: String(value) };
    case "symbol":
      return { $: "symbol", value: String(value) };
    case "function":
      return { $: "function" };
    case "number":
      if (Object.is(value, -0)) return { $: "number", value: "-0" };
      return Number.isFinite(value) ? value : { $: "number", value: String(value) };
    case "string":
      value = withoutChance(value);
      return value.length <= TEXT_CHARS_MAX
        ? value
        : { $: "text", length: value.length, start: value.slice(0, TEXT_CHARS_MAX) };
    case "boolean":
      return value;
  }
  if (value === null) return null;
  if (seen.has(value)) return { $: "same", as: seen.get(value) };
  seen.set(value, at === "" ? "." : at);
  const go = (part, key) => look(part, seen, `${at}.${String(key)}`);

  if (value instanceof Error) return lookAtError(value, go);
  if (Array.isArray(value)) {
    return {
      $: "Array",
      items: Array.from(value, (item, i) => (i in value ? go(item, i) : { $: "hole" })),
      ...fields(value, go, (key) => !/^\d+$/.test(key)),
    };
  }
  if (value instanceof Date)
    return { $: "Date", value: value.getTime() === value.getTime() ? value.getTime() : "invalid" };
  if (value instanceof RegExp) return { $: "RegExp", value: String(value), lastIndex: value.lastIndex };
  if (value instanceof Map) {
    return { $: "Map", entries: [...value].map(([key, item], i) => [go(key, `key${i}`), go(item, `value${i}`)]) };
  }
  if (value instanceof Set) return { $: "Set", values: [...value].map(go) };
  if ((value instanceof ArrayBuffer && value.detached) || (ArrayBuffer.isView(value) && value.buffer.detached)) {
    return { $: className(value), detached: true };
  }
  if (value instanceof ArrayBuffer)
    return { $: "ArrayBuffer", bytes: bytesOf(new Uint8Array(value)), max: value.maxByteLength };
  if (ArrayBuffer.isView(value)) {
    const bytes = bytesOf(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    return { $: className(value), bytes, offset: value.byteOffset, of: go(value.buffer, "buffer") };
  }
  for (const Boxed of [Number, String, Boolean, BigInt, Symbol]) {
    if (value instanceof Boxed) return { $: `boxed ${Boxed.name}`, value: go(value.valueOf(), "boxed") };
  }
  // Node's streams have more to them, and its iterators are plain objects.
  for (const Class of [ReadableStream, WritableStream, TransformStream])
    if (value instanceof Class) return { $: Class.name };
  if (typeof value.next === "function" && typeof value.return === "function") return { $: "Iterator" };
  return { $: className(value), ...platform(value, go), ...fields(value, go) };
}

function lookAtError(error, go) {
  const described = { $: className(error), name: go(error.name, "name"), message: textOf(error.message) };
  if (error instanceof DOMException) described.code = error.code;
  const flags = FLAGS.filter((flag) => error[flag]);
  if (flags.length > 0) described.flags = flags;
  if ("cause" in error) described.cause = go(error.cause, "cause");
  if ("errors" in error) described.errors = go(error.errors, "errors");
  // A DOMException of workerd has its attributes as properties of its own (an accepted difference of the cases).
  const shown = [
    ...FLAGS,
    "durableObjectId",
    "stack",
    "message",
    "cause",
    "errors",
    ...(error instanceof DOMException ? ["name", "code"] : []),
  ];
  const others = fields(error, go, (key) => !shown.includes(key));
  return { ...described, ...others };
}

const LISTED = new Set(["MessageChannel", "DurableObject", "DurableObjectId"]);

/** Own enumerable properties, in their order. Those of stubs and proxies of other places are none of ours. */
function fields(value, go, wanted = () => true) {
  const own = Object.keys(value)
    .filter(wanted)
    .map((key) => [key, go(value[key], key)]);
  // Attributes that workerd gives to the objects themselves are in no order.
  if (LISTED.has(className(value))) own.sort(([a], [b]) => (a < b ? -1 : 1));
  return own.length > 0 ? { own } : {};
}

const pairs = (iterable) => [...iterable].map(([key, value]) => [key, observe(value)]);

/** What makes objects of the platform what they are. */
function platform(value, go) {
  if (value instanceof Headers) return { pairs: pairs(value) };
  if (value instanceof URL) return { href: value.href };
  if (value instanceof URLSearchParams) return { pairs: pairs(value) };
  if (value instanceof FormData) return { pairs: pairs(value) };
  if (value instanceof File) return { name: value.name, size: value.size, type: value.type };
  if (value instanceof Blob) return { size: value.size, type: value.type };
  if (value instanceof Request) {
    const { method, url, redirect, bodyUsed } = value;
    return { method, url, redirect, bodyUsed, body: className(value.body), headers: go(value.headers, "headers") };
  }
  if (value instanceof Response) {
    const { status, statusText, bodyUsed } = value;
    return { status, statusText, bodyUsed, body: className(value.body), headers: go(value.headers, "headers") };
  }
  return {};
}

/** Without references of errors, and boundaries of multipart bodies. */
function withoutChance(text) {
  return text.replace(/reference = \w+/g, "reference = …").replace(/(?<=boundary=|--)[0-9a-f]{32}/g, "…");
}

/** A message; an error's may be anything. */
function textOf(message) {
  return typeof message === "string" ? withoutChance(message) : observe(message);
}

function bytesOf(bytes) {
  return bytes.length <= 64 ? [...bytes] : { length: bytes.length, start: [...bytes.subarray(0, 64)] };
}

function className(value) {
  if (value === null || value === undefined) return String(value);
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null) return "no prototype";
  // Iterators of the platform are of other names in workerd.
  if (/Iterator$/.test(value[Symbol.toStringTag])) return "Iterator";
  const constructor = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return typeof constructor === "function" ? constructor.name : `${Object.prototype.toString.call(value).slice(8, -1)}`;
}
