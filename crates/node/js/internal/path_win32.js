// Windows' paths: either slash separates, and there are drives and network shares
// (https://nodejs.org/docs/latest/api/path.html).

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

const SEPARATOR = /[\\/]/;
const SHARE = /^[\\/]{2}([^\\/]+)[\\/]+([^\\/]+)[\\/]?/;
const DRIVE = /^([A-Za-z]:)[\\/]?/;

function isSeparator(character) {
  return character === "\\" || character === "/";
}

/**
 * What a path begins with: the drive or share (`device`), whether it says where that begins, and how long that is.
 */
function splitRoot(path) {
  const share = SHARE.exec(path);
  if (share !== null) {
    return { device: `\\\\${share[1]}\\${share[2]}`, isAbsolute: true, rootEnd: share[0].length };
  }
  if (isSeparator(path[0])) return { device: "", isAbsolute: true, rootEnd: 1 };
  const drive = DRIVE.exec(path);
  if (drive === null) return { device: "", isAbsolute: false, rootEnd: 0 };
  return { device: drive[1], isAbsolute: drive[0].length === 3, rootEnd: drive[0].length };
}

// The root, what follows it without separators at its end, and where the last part of that begins.
function lastPart(path) {
  const { rootEnd } = splitRoot(path);
  const rest = path.slice(rootEnd).replace(/[\\/]+$/, "");
  const slash = Math.max(rest.lastIndexOf("\\"), rest.lastIndexOf("/"));
  return { root: path.slice(0, rootEnd), rest, slash, base: rest.slice(slash + 1) };
}

// A share's name counts as a last part, too; a drive does not.
function lastName(path) {
  const rest = path.replace(/^[A-Za-z]:/, "").replace(/[\\/]+$/, "");
  return rest.slice(Math.max(rest.lastIndexOf("\\"), rest.lastIndexOf("/")) + 1);
}

function collapse(path, isAbsolute) {
  return withoutDots(path.split(SEPARATOR), isAbsolute).join("\\");
}

export const win32 = {
  resolve(...paths) {
    let device = "";
    let tail = "";
    let isAbsolute = false;
    for (let i = paths.length - 1; i >= -1; i--) {
      let path;
      if (i >= 0) {
        path = paths[i];
        validateString(path, `paths[${i}]`);
        if (path === "") continue;
      } else {
        // Another drive has no current directory but its root.
        path = device === "" ? CURRENT_DIRECTORY : `${device}\\`;
      }
      const root = splitRoot(path);
      if (root.device !== "") {
        if (device !== "" && root.device.toLowerCase() !== device.toLowerCase()) continue;
        if (device === "") device = root.device;
      }
      if (!isAbsolute) {
        tail = `${path.slice(root.rootEnd)}\\${tail}`;
        isAbsolute = root.isAbsolute;
      }
      if (isAbsolute && device !== "") break;
    }
    tail = collapse(tail, isAbsolute);
    return isAbsolute ? `${device}\\${tail}` : `${device}${tail}` || ".";
  },

  normalize(path) {
    validateString(path, "path");
    if (path === "") return ".";
    const { device, isAbsolute, rootEnd } = splitRoot(path);
    let tail = collapse(path.slice(rootEnd), isAbsolute);
    if (tail === "" && !isAbsolute) tail = ".";
    if (tail !== "" && rootEnd < path.length && isSeparator(path.at(-1))) tail += "\\";
    return `${device}${isAbsolute ? "\\" : ""}${tail}`;
  },

  isAbsolute(path) {
    validateString(path, "path");
    return path !== "" && splitRoot(path).isAbsolute;
  },

  join(...paths) {
    for (const path of paths) validateString(path, "path");
    const parts = paths.filter((path) => path !== "");
    let joined = parts.join("\\");
    // Two separators begin a share only where the first part means one.
    if (parts.length > 0 && !/^[\\/]{2}[^\\/]/.test(parts[0])) joined = joined.replace(/^[\\/]{2,}/, "\\");
    return win32.normalize(joined);
  },

  relative(from, to) {
    validateString(from, "from");
    validateString(to, "to");
    if (from === to) return "";
    const target = win32.resolve(to);
    const [start, end] = [win32.resolve(from), target].map((path) => path.split("\\").filter((part) => part !== ""));
    let common = 0;
    while (common < start.length && common < end.length && start[common].toLowerCase() === end[common].toLowerCase()) {
      common++;
    }
    // Nothing leads from one drive to another.
    return common === 0 && start.length > 0 && end.length > 0 ? target : steps(start, end, common).join("\\");
  },

  toNamespacedPath(path) {
    if (typeof path !== "string" || path === "") return path;
    const resolved = win32.resolve(path);
    if (resolved.length <= 2) return path;
    if (/^\\\\[^?.]/.test(resolved)) return `\\\\?\\UNC\\${resolved.slice(2)}`;
    return /^[A-Za-z]:\\/.test(resolved) ? `\\\\?\\${resolved}` : resolved;
  },

  dirname(path) {
    validateString(path, "path");
    if (path === "") return ".";
    const { root, rest, slash } = lastPart(path);
    return slash < 0 ? root || "." : `${root}${rest.slice(0, slash)}`;
  },

  basename(path, suffix) {
    if (suffix !== undefined) validateString(suffix, "ext");
    validateString(path, "path");
    if (path !== "" && path === suffix) return "";
    return withoutSuffix(lastName(path), suffix ?? "");
  },

  extname(path) {
    validateString(path, "path");
    return extensionOf(lastName(path));
  },

  format(pathObject) {
    return formatPath("\\", pathObject);
  },

  parse(path) {
    validateString(path, "path");
    const { root, rest, slash, base } = lastPart(path);
    return parsed(root, slash < 0 ? root : `${root}${rest.slice(0, slash)}`, base);
  },

  matchesGlob: matchesGlobMethod("win32"),

  sep: "\\",
  delimiter: ";",
  win32: null,
  posix: null,
};
