// What cases are made of, and how their outcomes become JSON that two runtimes can be compared by.

/** A case that runs inside a fresh object: `run({ctx, storage, sql, kv, env, lab, name})`. */
export const inObject = (run) => ({ run, inObject: true });

/** All of a list of cases inside objects. */
export const allInObjects = (list) =>
  Object.fromEntries(Object.entries(list).map(([name, run]) => [name, inObject(run)]));

/** A case that wants a request other than a plain GET: {method, headers, body, query}. */
export const onRequest = (request, run) => ({ run, request });

/** What came of `act`: `{returned}` or `{threw}`, both as JSON. */
export async function outcome(act, { keepResponse = false } = {}) {
  try {
    const value = await act();
    return keepResponse && value instanceof Response ? value : { returned: show(value) };
  } catch (error) {
    return { threw: describeError(error) };
  }
}

/** The outcome of each of the named acts, in order. */
export async function outcomes(acts) {
  const results = {};
  for (const [name, act] of Object.entries(acts)) results[name] = await outcome(act);
  return results;
}

/** Resolves when `condition` holds. It may take as long as it takes: `compare.mjs` gives up at some time. */
export async function until(condition) {
  while (!(await condition())) await scheduler.wait(1);
}

/** As `outcome`, for exceptions whose words are the JavaScript engine's own: only their type is shown. */
export async function engineOutcome(act) {
  const result = await outcome(act);
  return result.threw ? { threwType: result.threw.name } : result;
}

/** As `outcome`, and tells a synchronous throw from a rejection. */
export async function timing(act) {
  let promise;
  try {
    promise = act();
  } catch (error) {
    return { threwAtOnce: describeError(error) };
  }
  return outcome(() => promise);
}

const FLAGS = ["remote", "retryable", "overloaded", "durableObjectReset"];

/** An exception as users see it. Random references in texts are blanked, stacks are left out. */
export function describeError(error) {
  if (!(error instanceof Error)) return { notAnError: show(error) };
  const described = {
    name: error.name,
    message: error.message.replace(/reference = \w+/, "reference = …"),
    class: error.constructor.name,
  };
  if (error instanceof DOMException) described.code = error.code;
  const flags = FLAGS.filter((flag) => error[flag]);
  if (flags.length > 0) described.flags = flags;
  if (error.cause !== undefined) described.cause = show(error.cause);
  return described;
}

/** Any value as JSON: what JSON itself cannot say is an object with the key "$". */
export function show(value, seen = []) {
  switch (typeof value) {
    case "undefined":
      return { $: "undefined" };
    case "bigint":
      return { $: "bigint", value: String(value) };
    case "symbol":
      return { $: "symbol" };
    case "function":
      return { $: "function" };
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $: "number", value: Object.is(value, -0) ? "-0" : String(value) };
    case "string":
    case "boolean":
      return value;
  }
  if (value === null) return null;
  if (seen.includes(value)) return { $: "seen", depth: seen.length - seen.indexOf(value) };
  const inner = [...seen, value];
  const go = (x) => show(x, inner);

  if (Array.isArray(value)) return Array.from(value, (x, i) => (i in value ? go(x) : { $: "hole" }));
  if (value instanceof Error) return { $: "error", ...describeError(value) };
  if (value instanceof Date)
    return { $: "Date", value: Number.isNaN(value.getTime()) ? "invalid" : value.toISOString() };
  if (value instanceof RegExp) return { $: "RegExp", value: String(value) };
  if (value instanceof Map) return { $: "Map", entries: [...value].map(([k, v]) => [go(k), go(v)]) };
  if (value instanceof Set) return { $: "Set", values: [...value].map(go) };
  if (value instanceof ArrayBuffer) return { $: "ArrayBuffer", bytes: [...new Uint8Array(value)] };
  if (ArrayBuffer.isView(value)) {
    const bytes = [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)];
    return { $: value.constructor.name, bytes };
  }
  if (value instanceof Number || value instanceof String || value instanceof Boolean || value instanceof BigInt) {
    return { $: `boxed ${value.constructor.name}`, value: go(value.valueOf()) };
  }
  const fields = Object.fromEntries(Object.keys(value).map((key) => [key, go(value[key])]));
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return fields;
  return { $: prototype === null ? "null prototype" : prototype.constructor.name, ...fields };
}
