// The working directory: `process.cwd()`, and what relative paths are relative to.

let current = "/bundle";

export function getCwd() {
  return current;
}

/** @param {string} path absolute, of a directory that is there */
export function setCwd(path) {
  current = path;
}
