// node:path, which is that of POSIX (https://nodejs.org/docs/latest/api/path.html).

export { default } from "./path/posix.js";
export * from "./path/posix.js";
