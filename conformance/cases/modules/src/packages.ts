// Packages as npm has them.

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import EventEmitter from "events";
import callable from "cjs-only/callable";
import compiled, { named } from "cjs-only/compiled";
import cjs, { Box, data, late } from "cjs-only";
import * as cjsNamespace from "cjs-only";
import byCondition from "conditions";
import byOrder from "conditions/order";
import byNested from "conditions/nested";
import byPattern from "conditions/files/one";
import * as browser from "browser-field";
import Kept, { mode, token } from "syntax-decides";
import { token as required } from "syntax-decides/required";
import type { Case } from "./index";

export default {
  conditions: () => [byCondition, byOrder, byNested, byPattern],
  "browser-field": () => ({ ...browser }),
  "commonjs-names": () => [new Box(1).value, data, late, cjs.Box === Box, cjsNamespace.base],
  "commonjs-inside": () => [cjs.kinds, cjs.joined, cjs.again()],
  "commonjs-text": () => [cjs.letters, cjs.letters.map((letter: unknown) => String(letter).length)],
  "commonjs-function": () => [callable(1), callable.extra],
  "commonjs-compiled": () => [compiled, named],
  "one-copy": () => token === required,
  "syntax-decides": () => [Kept.name, typeof mode],
  "node-modules": () => {
    const seen: unknown[] = [];
    const emitter = new EventEmitter();
    emitter.once("x", (...args: unknown[]) => seen.push(args));
    return [
      emitter.emit("x", 1, 2),
      emitter.emit("x"),
      seen,
      Buffer.from("é").toString("base64"),
      createHash("sha256").update("abc").digest("hex"),
    ];
  },
  "node-globals": () => [typeof process, typeof Buffer, typeof global, typeof setImmediate, typeof process.env],
} satisfies Record<string, Case>;
