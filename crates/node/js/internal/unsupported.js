// Functions that are there so that packages can be loaded, and cannot do their work here.

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
  const error = new Error(`The ${name} method is not implemented`);
  error.code = "ERR_METHOD_NOT_IMPLEMENTED";
  return error;
}
