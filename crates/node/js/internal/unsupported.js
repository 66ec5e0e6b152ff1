// Functions that are there so that packages can be loaded, and cannot do their work here.

import { ERR_METHOD_NOT_IMPLEMENTED } from "./errors.js";

/**
 * A function that says that it does not work here.
 * @param {string} name as a program would write it, e.g. `fs.watch`
 */
export function unsupported(name) {
  const plain = name.slice(name.lastIndexOf(".") + 1);
  const { [plain]: fail } = {
    [plain]() {
      throw notImplemented(name);
    },
  };
  return fail;
}

/** The error that such a function throws: text and code are workerd's. */
export function notImplemented(name) {
  return new ERR_METHOD_NOT_IMPLEMENTED(name);
}
