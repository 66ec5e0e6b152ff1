// node:path and node:os.

import os from "node:os";
import * as constants from "node:constants";
import path from "node:path";
import posix from "node:path/posix";
import win32 from "node:path/win32";
import { attempt, table } from "./tools.js";

const each = (act, inputs) => Object.fromEntries(inputs.map((input) => [JSON.stringify(input), attempt(() => act(input))]));
const eachList = (act, lists) => Object.fromEntries(lists.map((args) => [JSON.stringify(args), attempt(() => act(...args))]));

const POSIX = ["", "/", "//", "a", "/a", "a/", "/a/", "/a/b", "a/b", "a//b", "//a", "/a/b/", "./a/./b/", "/../a", "a/../../b", "a/..", "./", "a.html", ".a", ".a.b", "a.", "a.b/c", "a.b/", "..", "a..", "/home/u/f.txt", "a/b/.."];
const WINDOWS = ["", "\\", "C:", "C:\\", "C:a", "C:\\a\\b.txt", "c:/x/../y", "\\\\server\\share", "\\\\server\\share\\a\\..\\b", "a\\b", "a/b\\", "..\\a", "C:\\..\\a", ".a", "x.y.z", "//a"];
const flavour = (module, inputs) => ({
  normalize: each((input) => module.normalize(input), inputs),
  dirname: each((input) => module.dirname(input), inputs),
  basename: each((input) => module.basename(input), inputs),
  extname: each((input) => module.extname(input), inputs),
  parse: each((input) => module.parse(input), inputs),
  isAbsolute: each((input) => module.isAbsolute(input), inputs),
  resolve: each((input) => module.resolve(input), inputs),
});

export default {
  relations: () => [
    path === posix, path.posix === posix, path.win32 === win32, win32.posix === posix, win32.win32 === win32,
    path.sep, path.delimiter, win32.sep, win32.delimiter,
  ],
  posix: () => flavour(posix, POSIX),
  windows: () => flavour(win32, WINDOWS),
  "posix-join-relative": () => ({
    join: eachList(path.join, [[], [""], ["a", "", "b", "..", "c/"], ["/a/../../b"], ["..", "a"], ["a", {}], ["//a//b"], ["a", "/b"]]),
    relative: eachList(path.relative, [["/a/b/c", "/a/d"], ["/a", "/a"], ["/a", "/a/b"], ["a", "b"], ["/foo/bar", "/foo/barbaz"], ["/", "/a"], ["/a/b", "/"], [1, "a"], ["a", 1]]),
    resolve: eachList(path.resolve, [[], ["a"], ["/a", "b", "../c"], ["/a", "/b"], [""], [5], ["/a/"], ["a", "..", ".."]]),
    basename: eachList(path.basename, [["/a/b.html", ".html"], ["a.html", "a.html"], ["a.html", "ml"], ["b.html/", ".html"], ["a", 5], ["aaa", "a"], ["a/b", "c"], [5]]),
  }),
  "windows-join-relative": () => ({
    join: eachList(win32.join, [[], ["a", "b"], ["C:\\", "..", "x"], ["\\\\server", "share"], ["//server", "share", "x"], ["a", "\\\\b"], ["", "a"]]),
    relative: eachList(win32.relative, [["C:\\a\\b", "C:\\a\\c"], ["C:\\a", "D:\\b"], ["C:\\", "C:\\a"], ["c:\\A\\b", "C:\\a\\B\\d"], ["a", "b"], ["\\\\s\\x\\a", "\\\\s\\x\\b"]]),
    resolve: eachList(win32.resolve, [[], ["a"], ["C:\\a", "..\\b"], ["C:\\a", "D:b"], ["C:", "a"], ["\\\\s\\x", "a"], ["C:\\a", "\\b"]]),
    namespaced: each((input) => win32.toNamespacedPath(input), ["C:\\a", "\\\\s\\x\\a", "a", "", 5]),
  }),
  format: () =>
    table([
      () => path.format({ dir: "/a", base: "b" }),
      () => path.format({ root: "/", name: "a", ext: ".b" }),
      () => path.format({ root: "/", name: "a", ext: "b" }),
      () => path.format({}),
      () => path.format(null),
      () => path.format("x"),
      () => path.format({ root: "/", dir: "/", base: "b" }),
      () => path.format({ name: "a" }),
      () => win32.format({ dir: "C:\\a", base: "b" }),
      () => win32.format({ root: "C:\\", dir: "C:\\", name: "b", ext: "c" }),
    ]),
  "wrong-arguments": () =>
    table(["normalize", "dirname", "basename", "extname", "parse", "isAbsolute", "join", "resolve", "toNamespacedPath", "matchesGlob"]
      .flatMap((name) => [() => path[name](5), () => win32[name](5)])),
  os: () =>
    Object.fromEntries(
      Object.keys(os).filter((name) => typeof os[name] === "function").map((name) => [name, attempt(() => os[name]())]),
    ),
  "os-constants": () => ({
    all: os.constants,
    texts: [os.EOL, os.devNull],
    frozen: [os.constants, os.constants.errno, os.constants.signals, os.constants.priority].map((x) => [Object.isFrozen(x), Object.getPrototypeOf(x)]),
  }),
  "os-arguments": () =>
    table([
      () => os.getPriority("x"),
      () => os.setPriority(0, 5),
      () => os.setPriority(100),
      () => os.userInfo({ encoding: "buffer" }),
      () => os.userInfo({ encoding: "nope" }),
      () => os.userInfo(5),
    ]),
  constants: () => Object.fromEntries(Object.entries(constants).filter(([name]) => name !== "default")),
};
