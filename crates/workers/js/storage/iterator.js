// Iterators of the runtime's own.

import { SymbolIterator } from "../../web/primordials.js";
import { defineInterface } from "../../web/webidl.js";

const IteratorPrototype = Iterator.prototype;

/** Makes a class with a `next` method one of the language's iterators: iterable, with map, filter, toArray … */
export function inheritFromIterator(Class) {
  const { prototype } = Class;
  Object.setPrototypeOf(prototype, IteratorPrototype);
  Object.defineProperty(prototype, SymbolIterator, {
    value: IteratorPrototype[SymbolIterator],
    writable: true,
    configurable: true,
  });
  defineInterface(Class);
}
