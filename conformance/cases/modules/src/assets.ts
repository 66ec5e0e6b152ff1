// Imports that are not code.

import add from "./lib/add.wasm";
import addAgain from "./lib/add.wasm?module";
import bytes from "./lib/bytes.bin";
import page from "./lib/page.html";
import notes from "./lib/notes.md";
import schema from "./lib/schema.sql";
import text from "./lib/text.txt";
import data from "./lib/data.json";
import * as allOfData from "./lib/data.json";
import type { Case } from "./index";

/** Runs the module's `add`, which tells `host.log` of the sum. */
async function sums(module: WebAssembly.Module) {
  const logged: number[] = [];
  const imports = { host: { log: (sum: number) => void logged.push(sum) } };
  const add = (instance: WebAssembly.Instance) => (instance.exports.add as (a: number, b: number) => number)(2, 40);
  return [add(new WebAssembly.Instance(module, imports)), add(await WebAssembly.instantiate(module, imports)), logged];
}

export default {
  wasm: async () => [Object.prototype.toString.call(add), WebAssembly.Module.exports(add), await sums(add)],
  "wasm-module-suffix": () => sums(addAgain),
  "wasm-import": async () => {
    const namespace = await import("./lib/add.wasm");
    return [Object.keys(namespace), namespace.default === add];
  },
  html: () => page,
  text: () => text,
  sql: () => schema,
  "by-a-rule": () => notes,
  bytes: () => [Object.prototype.toString.call(bytes), [...new Uint8Array(bytes)]],
  json: () => [data, data.list[0], allOfData.default === data],
} satisfies Record<string, Case>;
