// What paths of POSIX and Windows have in common.

import { validateObject } from "./validators.js";

/** The current directory, which resolve() begins at: there is one only, the root. */
export const CURRENT_DIRECTORY = "/";

/**
 * Takes `.` and `..` out of the parts of a path.
 * @param {string[]} parts
 * @param {boolean} isAbsolute above the root there is the root
 */
export function withoutDots(parts, isAbsolute) {
  const kept = [];
  for (const part of parts) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!isAbsolute) kept.push(part);
  }
  return kept;
}

/** `base` without the ending, unless that is all of it. */
export function withoutSuffix(base, suffix) {
  return suffix !== "" && base.endsWith(suffix) && base !== suffix ? base.slice(0, -suffix.length) : base;
}

/** From the last dot on, if anything stands before it. */
export function extensionOf(base) {
  const dot = base.lastIndexOf(".");
  return dot <= 0 || base === ".." ? "" : base.slice(dot);
}

/** What path.parse() answers. */
export function parsed(root, dir, base) {
  const ext = extensionOf(base);
  return { root, dir, base, ext, name: ext === "" ? base : base.slice(0, -ext.length) };
}

/** The steps from one list of parts to another. */
export function steps(from, to, common) {
  return [...Array(from.length - common).fill(".."), ...to.slice(common)];
}

export function formatPath(separator, pathObject) {
  validateObject(pathObject, "pathObject");
  const { root, ext } = pathObject;
  const dir = pathObject.dir || root;
  const dot = ext && ext[0] !== "." ? "." : "";
  const base = pathObject.base || `${pathObject.name || ""}${dot}${ext || ""}`;
  if (!dir) return base;
  return dir === root ? `${dir}${base}` : `${dir}${separator}${base}`;
}

/** workerd has none either. */
export function matchesGlobMethod(flavour) {
  return function matchesGlob(_path, _pattern) {
    throw new Error(`path.${flavour}.matchesGlob() is not implemented.`);
  };
}
