// The tree of files: /bundle and /dev, which cannot be changed, and /tmp, which belongs to one object or request.

import { PerContext } from "../per_context.js";
import { fsError } from "./errors.js";
import { Device, Directory, Link, Space } from "./nodes.js";

const LINKS_MAX = 40;
const RANDOM_CHUNK = 65536;

function randomize(bytes) {
  for (let at = 0; at < bytes.length; at += RANDOM_CHUNK) {
    crypto.getRandomValues(bytes.subarray(at, at + RANDOM_CHUNK));
  }
}

const dev = new Directory(false);
dev.entries.set("null", new Device(null, true));
dev.entries.set("zero", new Device(() => {}, true));
dev.entries.set("full", new Device(() => {}, false));
dev.entries.set("random", new Device(randomize, true));
const bundle = new Directory(false);

const trees = new PerContext(() => {
  const root = new Directory(false);
  root.entries.set("bundle", bundle);
  root.entries.set("tmp", new Directory(true));
  root.entries.set("dev", dev);
  return { root, space: new Space(), open: new Map(), nextDescriptor: 3 };
});

/** { root, space, open, nextDescriptor }: the files and descriptors of whoever the code running belongs to. */
export function currentTree() {
  return trees.get();
}

/** The names on the way to an absolute path, without `.`, `..` and empty ones. */
export function namesOf(path) {
  const names = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return names;
}

/**
 * Where a path leads: the directory, the name in it, and what is there, if anything is. Undefined if a directory on
 * the way is missing. Throws ENOTDIR and ELOOP.
 * @param {boolean} follow whether a link at the end is followed
 */
export function walk(path, syscall, follow = true) {
  const { root } = currentTree();
  let names = namesOf(path);
  let links = 0;
  let trail = [];
  let node = root;
  for (let i = 0; i < names.length; i++) {
    if (!(node instanceof Directory)) throw fsError("ENOTDIR", syscall);
    const name = names[i];
    const isLast = i === names.length - 1;
    const next = node.entries.get(name);
    if (next instanceof Link && (!isLast || follow)) {
      if (++links > LINKS_MAX) throw fsError("ELOOP", syscall);
      const target = next.target.startsWith("/") ? next.target : `/${[...trail, next.target].join("/")}`;
      names = [...namesOf(target), ...names.slice(i + 1)];
      node = root;
      trail = [];
      i = -1;
      continue;
    }
    if (isLast) return { parent: node, name, node: next, path: `/${[...trail, name].join("/")}` };
    if (next === undefined) return undefined;
    trail.push(name);
    node = next;
  }
  return { parent: undefined, name: "", node: root, path: "/" };
}
