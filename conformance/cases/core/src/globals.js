// The globals: which there are, and for each interface the shape that programs can see.
//
// Not compared, because no program can make either engine agree: the text and the name of what the engine itself
// generates, symbols that a runtime uses among its own modules, and whether `prototype` of a class can be written.

import { engineOutcome } from "./harness.js";

/** What the JavaScript engine brings; only what programs count on is compared. */
const ENGINE = [
  ..."AggregateError Array ArrayBuffer AsyncDisposableStack Atomics BigInt BigInt64Array BigUint64Array".split(" "),
  ..."Boolean DataView Date DisposableStack Error EvalError FinalizationRegistry Float16Array".split(" "),
  ..."Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map".split(" "),
  ..."Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set".split(" "),
  ..."SharedArrayBuffer String SuppressedError Symbol SyntaxError TypeError URIError Uint16Array".split(" "),
  ..."Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly decodeURI".split(" "),
  ..."decodeURIComponent encodeURI encodeURIComponent escape eval globalThis isFinite isNaN parseFloat".split(" "),
  ..."parseInt undefined unescape".split(" "),
];

/** What only SpiderMonkey has. */
const SPIDERMONKEY = ["InternalError", "Temporal"];

const INTERFACES = [
  ..."Performance PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver".split(" "),
  ..."PerformanceObserverEntryList PerformanceResourceTiming".split(" "),
  ..."AbortController AbortSignal Blob Body ByteLengthQueuingStrategy Cache CacheStorage CloseEvent".split(" "),
  ..."CompressionStream CountQueuingStrategy Crypto CryptoKey CustomEvent DOMException DecompressionStream".split(" "),
  ..."ErrorEvent Event EventSource EventTarget ExtendableEvent FetchEvent File FixedLengthStream FormData".split(" "),
  ..."HTMLRewriter Headers IdentityTransformStream MessageChannel MessageEvent MessagePort Navigator".split(" "),
  ..."PromiseRejectionEvent ReadableByteStreamController ReadableStream ReadableStreamBYOBReader".split(" "),
  ..."ReadableStreamBYOBRequest ReadableStreamDefaultController ReadableStreamDefaultReader Request".split(" "),
  ..."Response ScheduledEvent ServiceWorkerGlobalScope SubtleCrypto TailEvent TextDecoder".split(" "),
  ..."TextDecoderStream TextEncoder TextEncoderStream TraceEvent TransformStream".split(" "),
  ..."TransformStreamDefaultController URL URLPattern URLSearchParams WebSocket WebSocketPair".split(" "),
  ..."WebSocketRequestResponsePair WorkerGlobalScope WritableStream WritableStreamDefaultController".split(" "),
  ..."WritableStreamDefaultWriter".split(" "),
];

const FUNCTIONS = [
  ..."atob btoa clearInterval clearTimeout fetch queueMicrotask reportError setInterval setTimeout".split(" "),
  ..."structuredClone".split(" "),
];

const OBJECTS = ["Cloudflare", "caches", "console", "crypto", "navigator", "performance", "scheduler", "self"];

/** Members of the platform's objects whose classes are no globals. */
const HIDDEN = { Cloudflare: () => Cloudflare, Scheduler: () => scheduler };

const byName = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** A property key as text. */
const keyName = (key) => (typeof key === "symbol" ? `@@${key.description}` : key);

/** The symbols that are part of the language, and not of a runtime's own. */
const WELL_KNOWN = new Set(
  Reflect.ownKeys(Symbol)
    .map((name) => Symbol[name])
    .filter((value) => typeof value === "symbol"),
);

function keysOf(object) {
  const keys = Reflect.ownKeys(object).filter((key) => typeof key === "string" || WELL_KNOWN.has(key));
  return keys.sort((a, b) => byName(keyName(a), keyName(b)));
}

/** A property without its value: `function get, 1 argument; writable enumerable`. */
function describeProperty(object, key) {
  const found = Reflect.getOwnPropertyDescriptor(object, key);
  if (found === undefined) return "none";
  const flags = ["writable", "enumerable", "configurable"].filter((flag) => found[flag]);
  return [kindOf(found, key), ...flags].join(" ");
}

function kindOf({ value, get, set }, key) {
  if (get || set) return [get && "get", set && "set"].filter(Boolean).join("+");
  if (typeof value === "function") return `${typeof key === "symbol" ? "method" : value.name}(${value.length})`;
  return value === null || typeof value === "object" || typeof value === "symbol" ? typeof value : String(value);
}

const describeProperties = (object, without = []) =>
  Object.fromEntries(
    keysOf(object)
      .filter((key) => !without.includes(key))
      .map((key) => [keyName(key), describeProperty(object, key)]),
  );

/** Whose prototypes an object has, from the nearest to the last. */
function prototypesOf(object) {
  const names = [];
  for (let at = object; at !== null; at = Object.getPrototypeOf(at)) {
    names.push(Object.hasOwn(at, "constructor") ? at.constructor.name : "");
  }
  return names;
}

/** Where a global is: on one of the prototypes of the global object, or else on itself. */
function placeOf(name) {
  for (let at = Object.getPrototypeOf(globalThis); at !== null; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, name)) return `${at.constructor.name}: ${describeProperty(at, name)}`;
  }
  return `global object: ${describeProperty(globalThis, name)}`;
}

/** Every function of a prototype: `[name, function, arguments]`. */
function functionsOf(prototype) {
  return keysOf(prototype).flatMap((key) => {
    if (key === "constructor") return [];
    const { value, get, set } = Reflect.getOwnPropertyDescriptor(prototype, key);
    const name = keyName(key);
    return [
      [`get ${name}`, get, []],
      [`set ${name}`, set, ["1"]],
      [name, value, []],
    ].filter(([, f]) => typeof f === "function");
  });
}

/** What becomes of calling a function on an object of no class. */
async function onStranger([, f, args]) {
  let result;
  try {
    result = Reflect.apply(f, Object.create(null), args);
  } catch (error) {
    return error.name;
  }
  // Both make `await` throw; which of them it is, is compared in `globals.refused-at-once`.
  return Promise.resolve(result).then(
    () => "works",
    (error) => error.name,
  );
}

async function describeClass(Class) {
  const { prototype } = Class;
  const strangers = {};
  for (const entry of functionsOf(prototype)) {
    const came = await onStranger(entry);
    if (came !== "TypeError") strangers[entry[0]] = came;
  }
  return {
    length: Class.length,
    statics: describeProperties(Class, ["name", "length", "prototype", "arguments", "caller"]),
    prototypes: prototypesOf(prototype),
    members: describeProperties(prototype),
    strangers,
  };
}

async function describeInterface(name) {
  const Class = globalThis[name];
  if (typeof Class !== "function") return { global: placeOf(name) };
  // Its members are the other globals.
  if (name === "ServiceWorkerGlobalScope") {
    return { global: placeOf(name), length: Class.length, prototypes: prototypesOf(Class.prototype) };
  }
  return {
    global: placeOf(name),
    ...(await describeClass(Class)),
    withoutNew: await engineOutcome(() => Reflect.apply(Class, undefined, [])),
  };
}

/** The names in the namespace of WebAssembly that both engines have. */
function describeWebAssembly() {
  const v8 = ["Suspending", "promising", "SuspendError"];
  const names = keysOf(WebAssembly).filter((name) => !v8.includes(name));
  return names.map((name) => `${keyName(name)}: ${typeof WebAssembly[name]}`);
}

/** An object that is a global: its class, and what it has itself. */
function describeObject(name) {
  const object = globalThis[name];
  if (typeof object !== "object") return { global: placeOf(name) };
  return {
    global: placeOf(name),
    prototypes: prototypesOf(Object.getPrototypeOf(object)),
    tag: Object.prototype.toString.call(object),
    own: object === globalThis ? "the globals" : describeProperties(object),
  };
}

const caseForEach = (names, describe) => Object.fromEntries(names.map((name) => [name, () => describe(name)]));

/** Everything that is on the global object or on one of its prototypes. */
function allNames() {
  const names = new Set();
  for (let at = globalThis; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  return [...names].filter((name) => ![...ENGINE, ...SPIDERMONKEY].includes(name)).sort(byName);
}

export default {
  names: () => Object.fromEntries(allNames().map((name) => [name, typeof globalThis[name]])),
  enumerable: () => Object.keys(globalThis).sort(byName),
  engine: () => Object.fromEntries(ENGINE.map((name) => [name, typeof globalThis[name]])),
  origin: () => placeOf("origin"),
  WebAssembly: describeWebAssembly,
  "compatibility-flags": () => ({
    flags: Cloudflare.compatibilityFlags,
    frozen: Object.isFrozen(Cloudflare.compatibilityFlags),
    prototype: Object.getPrototypeOf(Cloudflare.compatibilityFlags),
  }),
  ...caseForEach(INTERFACES, describeInterface),
  ...caseForEach(FUNCTIONS, placeOf),
  ...caseForEach(OBJECTS, describeObject),
  ...Object.fromEntries(
    Object.entries(HIDDEN).map(([name, object]) => [`hidden-${name}`, () => describeClass(object().constructor)]),
  ),
  // `File.__proto__ === Blob`, as Web IDL says, or `Function.prototype`?
  "parents-of-constructors": () =>
    Object.fromEntries(
      INTERFACES.filter((name) => typeof globalThis[name] === "function").map((name) => [
        name,
        Object.getPrototypeOf(globalThis[name]).name,
      ]),
    ),
  // Methods that give promises may throw at once or reject, when they are called on another object.
  "refused-at-once": () => {
    const rejecting = [];
    for (const name of INTERFACES) {
      for (const [member, f, args] of functionsOf(globalThis[name]?.prototype ?? {})) {
        try {
          const result = Reflect.apply(f, Object.create(null), args);
          if (result instanceof Promise) {
            result.catch(() => {});
            rejecting.push(`${name}.${member}`);
          }
        } catch {
          // As most do.
        }
      }
    }
    return rejecting;
  },
};
