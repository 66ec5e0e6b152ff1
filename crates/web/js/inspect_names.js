// What inspect() calls an object: the name of its class and the words before its brace.

const { getOwnPropertyDescriptor, getPrototypeOf } = Reflect;

function isInstance(value, constructor) {
  try {
    return value instanceof constructor;
  } catch {
    return false;
  }
}

/** The name of the class of `value`: of the first constructor on its prototype chain; null if there is none. */
export function constructorName(value) {
  for (let object = value; object !== null && object !== undefined; object = getPrototypeOf(object)) {
    const constructor = getOwnPropertyDescriptor(object, "constructor")?.value;
    if (typeof constructor === "function" && constructor.name !== "" && isInstance(value, constructor)) {
      return `${constructor.name}`;
    }
  }
  return null;
}

/** The inherited Symbol.toStringTag where it says more than the name of the class, else "". */
export function toStringTag(context, value, name) {
  const tag = value[Symbol.toStringTag];
  if (typeof tag !== "string" || tag === "" || tag === name) return "";
  // An own one is listed among the keys.
  const own = getOwnPropertyDescriptor(value, Symbol.toStringTag);
  if (own !== undefined && (context.showHidden || own.enumerable)) return "";
  return tag;
}

/** `Name(size) [tag] `, with a blank at its end; `fallback` is the kind, for objects without a class. */
export function prefixOf(name, tag, fallback, size = "") {
  if (name === null) {
    return tag !== "" && fallback !== tag
      ? `[${fallback}${size}: null prototype] [${tag}] `
      : `[${fallback}${size}: null prototype] `;
  }
  return tag !== "" && name !== tag ? `${name}${size} [${tag}] ` : `${name}${size} `;
}
