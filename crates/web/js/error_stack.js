// The stack of an error as V8 gives it: `stack`, Error.captureStackTrace(), Error.stackTraceLimit and
// Error.prepareStackTrace (https://v8.dev/docs/stack-trace-api).
//
// The engine records frames in V8's text form. What is added here: frames of the platform itself are dropped, places
// are those of the source before it was compiled, and the program may limit and format the frames. All of it happens
// when a stack is first read, so an error that nobody looks at costs nothing.

import { CallSite } from "./call_site.js";
import { ReflectApply, ReflectDefineProperty, ReflectGetOwnPropertyDescriptor } from "./primordials.js";

const { getPrototypeOf } = Reflect;
const { defineProperty } = Object;
const { isError } = Error;
const errorToString = Error.prototype.toString;

const PLATFORM_PREFIX = "holdfast:";
const STACK_TRACE_LIMIT = 10;

// `    at name (file:line:column)` or `    at file:line:column`; a file name may contain colons and blanks.
const FRAME = /^\s*at (?:(.*?) \()?(.+?)(?::(\d+))?(?::(\d+))?\)?$/;

/** Splits what the engine answers into the header and the lines of the frames. */
function splitNative(native, header) {
  if (header !== undefined && native.startsWith(header)) {
    return { header, lines: native.slice(header.length).split("\n").filter((line) => line.trim() !== "") };
  }
  const lines = native.split("\n").filter((line, i) => i === 0 || line !== "");
  // The message may contain lines that look like frames: the frames are the last ones.
  let first = lines.length;
  while (first > 0 && FRAME.test(lines[first - 1]) && /^\s+at /.test(lines[first - 1])) first--;
  return { header: lines.slice(0, first).join("\n"), lines: lines.slice(first) };
}

// The engine names functions without a name after where they stand: "outer/<", "object.property".
function functionName(raw) {
  if (raw === undefined) return null;
  const name = raw.slice(raw.lastIndexOf("/") + 1).replaceAll("<", "");
  return name === "" || name === "anonymous" ? null : name;
}

function parseFrame(line, mapPosition) {
  const match = FRAME.exec(line);
  if (match === null) return undefined;
  let { 1: name, 2: file, 3: lineNumber, 4: column } = match;
  if (file.startsWith(PLATFORM_PREFIX) || file === "self-hosted") return undefined;
  let isAsync = false;
  if (name?.startsWith("async ")) {
    isAsync = true;
    name = name.slice("async ".length);
  }
  let position = { file, line: Number(lineNumber ?? 0), column: Number(column ?? 0) };
  const mapped = mapPosition(position.file, position.line, position.column);
  if (mapped !== undefined) {
    const place = /^(.*):(\d+):(\d+)$/s.exec(mapped);
    if (place !== null) position = { file: place[1], line: Number(place[2]), column: Number(place[3]) };
  }
  return new CallSite(functionName(name), position, isAsync);
}

function headerOf(object) {
  try {
    return ReflectApply(errorToString, object, []);
  } catch {
    return undefined;
  }
}

/**
 * Replaces the stack machinery of `global.Error`. To be called once for each realm, before user code.
 *
 * @param {(file: string, line: number, column: number) => string | undefined} [mapPosition] the place in the original
 *   source as "file:line:column"; undefined where it is the same
 */
export function install(global, mapPosition = () => undefined) {
  const { Error } = global;
  const nativeStack = ReflectGetOwnPropertyDescriptor(Error.prototype, "stack").get;
  const nativeCapture = Error.captureStackTrace;
  /** @type {WeakMap<object, unknown>} what a stack was when it was first read */
  const formatted = new WeakMap();
  /** Objects whose stack is being formatted: a prepareStackTrace that reads it gets the plain text. */
  const formatting = new WeakSet();

  // V8 captures nothing at all when the limit is no number.
  function limit() {
    const descriptor = ReflectGetOwnPropertyDescriptor(Error, "stackTraceLimit");
    const value = descriptor?.value;
    return typeof value === "number" ? Math.max(0, Math.trunc(value) || 0) : undefined;
  }

  function formatFrames(object, native, header, frames) {
    const split = splitNative(native, header);
    const callSites = [];
    for (const line of split.lines) {
      if (callSites.length >= frames) break;
      const callSite = parseFrame(line, mapPosition);
      if (callSite !== undefined) callSites.push(callSite);
    }
    const prepare = Error.prepareStackTrace;
    if (typeof prepare === "function" && !formatting.has(object)) {
      formatting.add(object);
      try {
        return ReflectApply(prepare, Error, [object, callSites]);
      } finally {
        formatting.delete(object);
      }
    }
    let text = split.header;
    for (const callSite of callSites) text += `\n    at ${callSite.toString()}`;
    return text;
  }

  function stackOf(error) {
    if (formatted.has(error)) return formatted.get(error);
    const frames = limit();
    const native = ReflectApply(nativeStack, error, []);
    if (frames === undefined || typeof native !== "string") return undefined;
    const stack = formatFrames(error, native, headerOf(error), frames);
    if (!formatting.has(error)) formatted.set(error, stack);
    return stack;
  }

  const accessor = {
    get stack() {
      // An object made from an error inherits its stack.
      for (let object = this; object !== null && object !== undefined; object = getPrototypeOf(Object(object))) {
        if (isError(object)) return stackOf(object);
      }
      return undefined;
    },
    set stack(value) {
      if ((typeof this !== "object" || this === null) && typeof this !== "function") return;
      // In V8 an error has the property from its birth, not enumerable; any other object gets an ordinary one.
      ReflectDefineProperty(this, "stack", { value, writable: true, enumerable: !isError(this), configurable: true });
    },
  };
  const { get, set } = ReflectGetOwnPropertyDescriptor(accessor, "stack");
  ReflectDefineProperty(Error.prototype, "stack", { get, set, enumerable: false, configurable: true });

  const { captureStackTrace } = {
    captureStackTrace(object, constructorOpt = undefined) {
      if ((typeof object !== "object" || object === null) && typeof object !== "function") {
        throw new TypeError(`Invalid argument: captureStackTrace needs an object, not ${typeof object}`);
      }
      const frames = limit();
      const holder = {};
      // Without a function of the caller this one is left out, which is a platform frame anyway.
      nativeCapture(holder, typeof constructorOpt === "function" ? constructorOpt : captureStackTrace);
      const native = holder.stack;
      const header = headerOf(object);
      let state;
      // Throws where the object takes no such property.
      defineProperty(object, "stack", {
        get() {
          if (state === undefined) {
            const usable = frames !== undefined && typeof native === "string";
            const value = usable ? formatFrames(object, joinHeader(header, native), header, frames) : undefined;
            if (formatting.has(object)) return value;
            state = { value };
          }
          return state.value;
        },
        set(value) {
          state = { value };
        },
        enumerable: false,
        configurable: true,
      });
    },
  };
  defineProperty(captureStackTrace, "length", { value: 2, configurable: true });
  const hidden = { writable: true, enumerable: false, configurable: true };
  ReflectDefineProperty(Error, "captureStackTrace", { value: captureStackTrace, ...hidden });
  ReflectDefineProperty(Error, "stackTraceLimit", { ...hidden, value: STACK_TRACE_LIMIT, enumerable: true });
}

// The engine's text of a captured stack may or may not start with a header of its own, which says nothing here.
function joinHeader(header, native) {
  const { lines } = splitNative(native, undefined);
  return [header ?? "", ...lines].join("\n");
}
