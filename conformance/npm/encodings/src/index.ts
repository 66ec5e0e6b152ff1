import { decode as unpack, encode as pack } from "@msgpack/msgpack";
import { decode as fromCbor, encode as toCbor } from "cborg";
import * as devalue from "devalue";
import { gunzipSync, gzipSync, strFromU8, strToU8, unzipSync, zipSync, inflateSync, deflateSync } from "fflate";
import * as pako from "pako";
import superjson from "superjson";
import { project } from "../../serve.js";

const value = { text: "grüße", list: [1, -2, 3.5, null, true], nested: { bytes: new Uint8Array([1, 2, 255]) } };
const text = "hold fast ".repeat(200);

const cases = {
  msgpack: () => [[...pack({ a: [1, "x", null] })], unpack(pack(value))],
  cbor: () => [[...toCbor({ a: [1, "x", null] })], fromCbor(toCbor(value))],
  "cbor-maps": () => fromCbor(toCbor(new Map<unknown, unknown>([["k", 1], [2, "n"]])), { useMaps: true }),
  "cbor-corrupt": () => fromCbor(new Uint8Array([0x82, 1])),
  devalue: () => {
    const cyclic: Record<string, unknown> = { at: new Date(0), set: new Set([1]), big: 12n, re: /x/gi };
    cyclic.self = cyclic;
    const text = devalue.stringify(cyclic);
    const back = devalue.parse(text);
    return [text, back.self === back, devalue.uneval({ a: undefined, b: [NaN, -0] })];
  },
  superjson: () => {
    const text = superjson.stringify({ d: new Date(1e12), m: new Map([["a", 1n]]), u: undefined, e: new TypeError("x") });
    return [text, superjson.parse(text)];
  },
  "fflate-gzip": () => {
    const zipped = gzipSync(strToU8(text), { mtime: 0 });
    return [zipped.length < 100, strFromU8(gunzipSync(zipped)) === text];
  },
  "fflate-zip": () => Object.entries(unzipSync(zipSync({ "a.txt": strToU8("A"), dir: { "b.txt": strToU8("B") } }))).map(([name, data]) => [name, strFromU8(data)]),
  "pako-and-fflate-agree": () => [
    pako.inflate(deflateSync(strToU8(text)), { toText: true }) === text || new TextDecoder().decode(pako.inflate(pako.deflate(text))) === text,
    strFromU8(inflateSync(pako.deflateRaw(text))) === text,
  ],
  "corrupt-input": () => gunzipSync(new Uint8Array([31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3])),
  "kept-in-storage": async ({ storage }) => {
    await storage.put("packed", pack(value));
    return unpack((await storage.get("packed")) as Uint8Array);
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
