// Functions that are there and do nothing, or say that they cannot: with the names and lengths of those of Node.

import { unsupported } from "./unsupported.js";

const { defineProperty } = Object;

const named = (f, name, length) => defineProperty(defineProperty(f, "name", { value: name }), "length", { value: length });

/**
 * A function that throws.
 * @param {string} said what it calls itself when it does; its name is what follows the last dot
 */
export function fails(said, length = 0) {
  return defineProperty(unsupported(said), "length", { value: length });
}

/** A function that does nothing and gives `value`. */
export function idle(name, length = 0, value = undefined) {
  return named(() => value, name, length);
}

