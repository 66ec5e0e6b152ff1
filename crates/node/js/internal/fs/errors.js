// The errors of the file system: texts and properties are workerd's.

const TEXTS = {
  EBADF: "bad file descriptor",
  EEXIST: "file already exists",
  EINVAL: "invalid argument",
  EISDIR: "illegal operation on a directory",
  ELOOP: "too many symbolic links encountered",
  ENOENT: "no such file or directory",
  ENOSPC: "no space left on device",
  ENOTDIR: "not a directory",
  ENOTEMPTY: "directory not empty",
  EPERM: "operation not permitted",
};
const NUMBERS = { ENOENT: -2, EEXIST: -17 };

/**
 * @param {string} code "ENOENT"
 * @param {string} syscall what was tried, "readAll"
 * @param {string} [path] is part of the text, too
 * @param {string} [text] in place of the usual one
 */
export function fsError(code, syscall, path, text) {
  const place = path === undefined || text !== undefined ? "" : `, ${syscall} '${path}'`;
  const error = new Error(`${text ?? TEXTS[code]}${place}`);
  error.syscall = syscall;
  error.code = code;
  if (path !== undefined) error.path = path;
  return error;
}

/** Those of stat, access and copyFile, which say their number and have the code in their class. */
class NumberedError extends Error {
  constructor(code, syscall, path) {
    super(`${TEXTS[code]}, ${syscall} '${path}'`);
    this.code = code;
    this.name = "Error";
    this.syscall = syscall;
    this.errno = NUMBERS[code];
    this.path = path;
  }
}

export class ERR_ENOENT extends NumberedError {
  constructor(syscall, path) {
    super("ENOENT", syscall, path);
  }
}

export class ERR_EEXIST extends NumberedError {
  constructor(syscall, path) {
    super("EEXIST", syscall, path);
  }
}
