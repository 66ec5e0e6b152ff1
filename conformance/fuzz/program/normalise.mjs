// What two engines may say in words of their own. An exception's text is left out where it is V8's and the other side's
// exception is of the same class; everything that the runtime words is compared to the letter.

/** Texts of V8 and of what stands on it, as workerd gives them. */
const ENGINE_WORDS = [
  /^Cannot (read|set|destructure|convert|mix|redefine|define|delete|assign|access|perform|create|add|use|freeze|call)\b/,
  /^Iterator value .* is not an entry object/,
  / is not (a function|iterable|a constructor|defined|extensible|a function or its return value is not iterable|an object|a promise|callable|async iterable)/,
  /object is not (iterable|async iterable)/,
  /could not be cloned\.$/,
  /^Class constructor .* cannot be invoked without 'new'/,
  /^Class extends value/,
  /^(Invalid time value|Invalid array length|Invalid count value|Invalid array buffer length|Invalid typed array length|Invalid DataView length|Invalid date)/i,
  /^Invalid regular expression/,
  /^Invalid language tag|^Incorrect locale information|^Value .* out of range for|^Invalid (time zone|currency|unit)/,
  /^(start offset|byte length) of /,
  /^Start offset .* is outside the bounds/,
  /^Method .* called on incompatible receiver/,
  /^Receiver is not|called on non-object|called on incompatible/,
  /^Converting circular structure/,
  /^Unexpected (token|end|non-whitespace)|is not valid JSON$|^Expected .* in JSON|^Bad control character|^Unterminated string/,
  /^Maximum call stack size exceeded/,
  /^Do not know how to serialize a BigInt/,
  /^Reduce of empty array|^Derived constructors|^Must call super|^Super constructor/,
  /^Private|^Object prototype may only be|^Property description must be an object|^Getter must be|^Setter must be/,
  /^'(get|set|ownKeys|getOwnPropertyDescriptor|has|defineProperty|deleteProperty|getPrototypeOf|isExtensible)' on proxy/,
  /^The number .* cannot be converted to a BigInt|^Division by zero|^Maximum BigInt size|^BigInt/,
  /^URI malformed/,
  /^Symbol\(.*\) is not|^(toString|toFixed|toPrecision|toExponential|radix)|must be between \d+ and \d+$/,
  /^Constructor .* requires 'new'/,
  /^Promise resolver .* is not a function|^Chaining cycle detected for promise/,
  /^Detached|detached ArrayBuffer|on a detached/,
  /^Generator is already running/,
  /^Proxy .* trap|revoked/,
  /^The comparison function must|^Reflect\./,
  /^First argument to DataView constructor|^Illegal constructor$/,
];

/** Both logs with the engine's own words blanked. */
export function normalise(a, b) {
  return [walk(a, b), walk(b, a)];
}

const isError = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value) && "message" in value && "$" in value;
const isEngines = (message) => ENGINE_WORDS.some((words) => words.test(message));

function walk(value, other) {
  if (Array.isArray(value)) return value.map((item, i) => walk(item, Array.isArray(other) ? other[i] : undefined));
  if (typeof value !== "object" || value === null) return value;
  const result = {};
  for (const [key, part] of Object.entries(value)) result[key] = walk(part, other?.[key]);
  if (
    isError(value) &&
    isError(other) &&
    value.$ === other.$ &&
    [value, other].some(({ message }) => isEngines(message))
  ) {
    result.message = "(the engine's words)";
  }
  return result;
}
