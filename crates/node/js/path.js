// node:path, which is that of POSIX (https://nodejs.org/docs/latest/api/path.html).

import { posix, win32 } from "./internal/path.js";

export const {
  basename,
  delimiter,
  dirname,
  extname,
  format,
  isAbsolute,
  join,
  matchesGlob,
  normalize,
  parse,
  relative,
  resolve,
  sep,
  toNamespacedPath,
} = posix;

export { posix, win32 };

export default posix;
