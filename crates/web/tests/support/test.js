// What a test file imports as "holdfast:test".

const tests = [];

export function test(name, run) {
  tests.push({ name, run });
}

function show(value) {
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Error) return `${value}`;
  try {
    const text = JSON.stringify(value, (_key, item) => (typeof item === "bigint" ? `${item}n` : item));
    return text ?? String(value);
  } catch {
    return String(value);
  }
}

function same(a, b, seen = new Map()) {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (a instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (a instanceof RegExp) return String(a) === String(b);
  if (ArrayBuffer.isView(a) || a instanceof ArrayBuffer) {
    const bytes = (v) => (ArrayBuffer.isView(v) ? new Uint8Array(v.buffer, v.byteOffset, v.byteLength) : new Uint8Array(v));
    const [x, y] = [bytes(a), bytes(b)];
    return x.length === y.length && x.every((byte, i) => byte === y[i]);
  }
  if (a instanceof Map) {
    return a.size === b.size && [...a].every(([k, v]) => b.has(k) && same(v, b.get(k), seen));
  }
  if (a instanceof Set) return a.size === b.size && [...a].every((v) => b.has(v));
  if (a instanceof Error && (a.name !== b.name || a.message !== b.message)) return false;
  const keys = Reflect.ownKeys(a).filter((k) => Object.prototype.propertyIsEnumerable.call(a, k));
  const others = Reflect.ownKeys(b).filter((k) => Object.prototype.propertyIsEnumerable.call(b, k));
  return keys.length === others.length && keys.every((k) => others.includes(k) && same(a[k], b[k], seen));
}

export function assert(condition, message = "the condition is false") {
  if (!condition) throw new Error(message);
}

export function assertEquals(actual, expected, message = "") {
  if (!same(actual, expected)) throw new Error(`${message}\n  got      ${show(actual)}\n  expected ${show(expected)}`);
}

function check(error, type, text) {
  if (typeof type === "string") {
    if (error?.name !== type) throw new Error(`threw ${show(error)}, expected one named ${type}`);
  } else if (typeof type === "function") {
    if (!(error instanceof type)) throw new Error(`threw ${show(error)}, expected a ${type.name}`);
  } else if (type !== undefined && error !== type) {
    throw new Error(`threw ${show(error)}, expected exactly ${show(type)}`);
  }
  if (text instanceof RegExp) {
    if (!text.test(error.message)) throw new Error(`message ${show(error.message)} does not match ${text}`);
  } else if (text !== undefined && error.message !== text) {
    throw new Error(`\n  message  ${show(error.message)}\n  expected ${show(text)}`);
  }
  return error;
}

/** `type`: a constructor, an error name, or the very value thrown. */
export function assertThrows(run, type = undefined, text = undefined) {
  let error;
  try {
    run();
  } catch (thrown) {
    error = [thrown];
  }
  if (error === undefined) throw new Error("nothing was thrown");
  return check(error[0], type, text);
}

export async function assertRejects(promiseOrFunction, type = undefined, text = undefined) {
  let error;
  try {
    await (typeof promiseOrFunction === "function" ? promiseOrFunction() : promiseOrFunction);
  } catch (thrown) {
    error = [thrown];
  }
  if (error === undefined) throw new Error("the promise was not rejected");
  return check(error[0], type, text);
}

/** Runs them all one after another; the text of the failures, empty if there is none. */
export async function run() {
  if (tests.length === 0) return "the file has no test";
  const failures = [];
  for (const { name, run } of tests) {
    try {
      await run();
    } catch (error) {
      const stack = typeof error?.stack === "string" ? error.stack : String(error);
      failures.push(`✗ ${name}\n${stack}`);
    }
  }
  return failures.length === 0 ? "" : `${failures.length} of ${tests.length} tests failed\n${failures.join("\n")}`;
}
