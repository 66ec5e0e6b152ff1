// What each module exports: names, kinds, how many parameters functions declare, and what `require` gives.

import * as assert_ from "node:assert";
import * as assertStrict from "node:assert/strict";
import * as buffer from "node:buffer";
import * as constants from "node:constants";
import * as os from "node:os";
import * as path from "node:path";
import * as pathPosix from "node:path/posix";
import * as pathWin32 from "node:path/win32";
import * as punycode from "node:punycode";
import * as querystring from "node:querystring";
import * as stringDecoder from "node:string_decoder";
import * as sys from "node:sys";
import * as url from "node:url";
import * as util from "node:util";
import * as utilTypes from "node:util/types";

/** The exports of a module as one text each, in order. */
export function describeExports(namespace) {
  const described = {};
  for (const name of Object.keys(namespace).sort()) {
    const value = namespace[name];
    // Of the Web's own classes only that they are the same ones: native ones declare no parameters.
    const isGlobal = typeof value === "function" && globalThis[name] === value;
    described[name] = isGlobal ? "the global" : typeof value === "function" ? `function ${value.name}/${value.length}` : typeof value;
  }
  const { default: whole } = namespace;
  const names = new Set([...Object.keys(namespace), ...Object.keys(whole)]);
  names.delete("default");
  const different = [...names].filter((name) => namespace[name] !== whole[name]).sort();
  return { exports: described, notInDefault: different };
}

const modules = {
  assert: assert_,
  "assert/strict": assertStrict,
  buffer,
  constants,
  os,
  path,
  "path/posix": pathPosix,
  "path/win32": pathWin32,
  punycode,
  querystring,
  string_decoder: stringDecoder,
  sys,
  url,
  util,
  "util/types": utilTypes,
};

export default Object.fromEntries(
  Object.entries(modules).map(([name, namespace]) => [name, () => describeExports(namespace)]),
);
