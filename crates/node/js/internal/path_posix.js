// Paths whose parts are separated by slashes (https://nodejs.org/docs/latest/api/path.html).

import {
  CURRENT_DIRECTORY,
  extensionOf,
  formatPath,
  matchesGlobMethod,
  parsed,
  steps,
  withoutDots,
  withoutSuffix,
} from "./path_common.js";
import { validateString } from "./validators.js";

// Node's name for it, which shows as "bound _format".
const _format = formatPath;
Object.defineProperty(_format, "name", { value: "_format", configurable: true });

// The path without slashes at its end, and where its last part begins (after a root that is no separator).
function lastPart(path) {
  const isAbsolute = path.startsWith("/");
  const trimmed = path.slice(0, 1) + path.slice(1).replace(/\/+$/, "");
  const slash = trimmed.lastIndexOf("/");
  const start = slash > 0 || (slash === 0 && isAbsolute) ? slash + 1 : 0;
  return { isAbsolute, slash: slash > 0 ? slash : -1, base: trimmed.slice(start) };
}

export const posix = {
  resolve(...paths) {
    let resolved = "";
    for (let i = paths.length - 1; i >= 0 && !resolved.startsWith("/"); i--) {
      validateString(paths[i], `paths[${i}]`);
      if (paths[i] !== "") resolved = `${paths[i]}/${resolved}`;
    }
    if (!resolved.startsWith("/")) resolved = `${CURRENT_DIRECTORY}/${resolved}`;
    return `/${withoutDots(resolved.split("/"), true).join("/")}`;
  },

  normalize(path) {
    validateString(path, "path");
    if (path === "") return ".";
    const isAbsolute = path.startsWith("/");
    const body = withoutDots(path.split("/"), isAbsolute).join("/");
    if (body === "" && !isAbsolute) return path.endsWith("/") ? "./" : ".";
    return `${isAbsolute ? "/" : ""}${body}${body !== "" && path.endsWith("/") ? "/" : ""}`;
  },

  isAbsolute(path) {
    validateString(path, "path");
    return path.startsWith("/");
  },

  join(...paths) {
    for (const path of paths) validateString(path, "path");
    return posix.normalize(paths.filter((path) => path !== "").join("/"));
  },

  relative(from, to) {
    validateString(from, "from");
    validateString(to, "to");
    const [start, end] = [from, to].map((path) => posix.resolve(path).split("/").filter((part) => part !== ""));
    let common = 0;
    while (common < start.length && common < end.length && start[common] === end[common]) common++;
    return steps(start, end, common).join("/");
  },

  toNamespacedPath(path) {
    return path;
  },

  dirname(path) {
    validateString(path, "path");
    if (path === "") return ".";
    const { isAbsolute, slash } = lastPart(path);
    if (slash < 0) return isAbsolute ? "/" : ".";
    return isAbsolute && slash === 1 ? "//" : path.slice(0, slash);
  },

  basename(path, suffix) {
    if (suffix !== undefined) validateString(suffix, "ext");
    validateString(path, "path");
    if (path !== "" && path === suffix) return "";
    return withoutSuffix(lastPart(path).base, suffix ?? "");
  },

  extname(path) {
    validateString(path, "path");
    return extensionOf(lastPart(path).base);
  },

  format: _format.bind(null, "/"),

  parse(path) {
    validateString(path, "path");
    const { isAbsolute, slash, base } = lastPart(path);
    const root = isAbsolute ? "/" : "";
    return parsed(root, slash > 0 ? path.slice(0, slash) : root, base);
  },

  matchesGlob: matchesGlobMethod("posix"),

  sep: "/",
  delimiter: ":",
  win32: null,
  posix: null,
};
