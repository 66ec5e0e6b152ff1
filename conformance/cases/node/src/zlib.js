import { Buffer } from "node:buffer";
import zlib, * as namespace from "node:zlib";
import { outcome, show } from "../../core/src/harness.js";

const text = "hello world ".repeat(3000);

/** Compressing functions by what undoes them. */
const PAIRS = {
  inflate: "deflate",
  gunzip: "gzip",
  inflateRaw: "deflateRaw",
  unzip: "gzip",
  brotliDecompress: "brotliCompress",
  zstdDecompress: "zstdCompress",
};

const packedFor = (decompress) => zlib[`${PAIRS[decompress]}Sync`](text);

const capital = (name) => name[0].toUpperCase() + name.slice(1);

/** An error with what Node's have beside their text; anything else as it is shown elsewhere. */
const described = (error) =>
  error instanceof Error
    ? { name: error.name, message: error.message, code: show(error.code), errno: show(error.errno) }
    : show(error);

/** What came of `act`. Of buffers only the length: compressed bytes may differ. */
async function result(act) {
  try {
    const value = await act();
    return Buffer.isBuffer(value) ? { length: value.length } : show(value);
  } catch (error) {
    return described(error);
  }
}

async function results(acts) {
  const all = {};
  for (const [name, act] of Object.entries(acts)) all[name] = await result(act);
  return all;
}

const promised = (f, ...args) =>
  new Promise((resolve, reject) => f(...args, (error, value) => (error ? reject(error) : resolve(value))));

/** For each decompressing function, sync and by callback, of input made from the compressed text. */
const ofEach = async (inputFor, options = () => ({})) => {
  const all = {};
  for (const name of Object.keys(PAIRS)) {
    const input = inputFor(packedFor(name), name);
    all[`${name}Sync`] = await result(() => zlib[`${name}Sync`](input, options(name)));
    all[name] = await result(() => promised(zlib[name], input, options(name)));
  }
  return all;
};

/** What a stream gives: the text's length, the error, whether it ended. */
const run = (stream, ...chunks) =>
  new Promise((resolve) => {
    let length = 0;
    let ended = false;
    let error;
    stream.on("data", (chunk) => (length += chunk.length));
    stream.on("end", () => (ended = true));
    stream.on("error", (thrown) => (error = described(thrown)));
    stream.on("close", () => resolve({ length, ended, error: show(error) }));
    for (const chunk of chunks) stream.write(chunk);
    stream.end();
  });

const streamsOfEach = async (chunksFor, options = () => ({})) => {
  const all = {};
  for (const name of Object.keys(PAIRS)) {
    const stream = zlib[`create${capital(name)}`](options(name));
    all[name] = await run(stream, ...chunksFor(packedFor(name), name));
  }
  return all;
};

const flushFor = (name) => (name.startsWith("brotli") || name.startsWith("zstd") ? 1 : zlib.constants.Z_SYNC_FLUSH);

export default {
  exports: () => ({ named: Object.keys(namespace).sort(), all: Object.keys(zlib).sort() }),
  constants: () => ({ constants: zlib.constants, codes: zlib.codes, frozen: Object.isFrozen(zlib.codes) }),
  functions: () =>
    Object.entries(zlib)
      .filter(([, value]) => typeof value === "function")
      .map(([name, value]) => `${name} ${value.name} ${value.length}`),
  classes: () =>
    Object.keys(PAIRS).map((name) => {
      const stream = zlib[`create${capital(name)}`]();
      const chain = [];
      let prototype = Object.getPrototypeOf(stream);
      for (let i = 0; i < 4; i++, prototype = Object.getPrototypeOf(prototype)) chain.push(prototype.constructor.name);
      return [chain, stream.bytesWritten, stream.bytesRead, stream._closed];
    }),
  "round-trips": () => ofEach((packed) => packed),
  "cut-short": () => ofEach((packed) => packed.subarray(0, -3)),
  "cut-short-with-flush": () =>
    ofEach((packed) => packed.subarray(0, -3), (name) => ({ finishFlush: flushFor(name), chunkSize: 64 })).then((all) =>
      // How much of it comes out depends on how it was compressed.
      Object.fromEntries(Object.entries(all).map(([name, { message }]) => [name, show(message)])),
    ),
  garbage: () => ofEach(() => Buffer.from("garbage garbage garbage")),
  empty: () => ofEach(() => Buffer.alloc(0)),
  "zeros-behind": () => ofEach((packed) => Buffer.concat([packed, Buffer.from([0, 0, 1])])),
  "garbage-behind": () => ofEach((packed) => Buffer.concat([packed, Buffer.from("xyz")])),
  twice: () => ofEach((packed) => Buffer.concat([packed, packed])),
  "output-limit": () => ofEach((packed) => packed, () => ({ maxOutputLength: 100 })),
  "unzip-both": () =>
    results({ gzip: () => zlib.unzipSync(zlib.gzipSync(text)), zlib: () => zlib.unzipSync(zlib.deflateSync(text)) }),
  "input-types": async () => {
    const bytes = new Uint8Array([1, 2, 3, 4]);
    const inputs = [bytes, bytes.buffer, new DataView(bytes.buffer), new Uint16Array(2), "é", 5, null, undefined, {}, true];
    const all = [];
    for (const input of inputs) {
      all.push(
        await result(() => zlib.gunzipSync(zlib.gzipSync(input))),
        await result(() => promised(zlib.brotliCompress, input).then((packed) => zlib.brotliDecompressSync(packed))),
      );
    }
    return all;
  },
  options: async () => {
    const all = {};
    for (const options of [
      { level: 10 }, { level: -2 }, { level: "x" }, { memLevel: 0 }, { memLevel: 10 }, { strategy: 5 }, { strategy: -1 },
      { windowBits: 7 }, { windowBits: 16 }, { windowBits: 0 }, { chunkSize: 10 }, { chunkSize: "a" }, { chunkSize: 2 ** 28 },
      { flush: 9 }, { finishFlush: 9 }, { finishFlush: 6 }, { maxOutputLength: 0 }, { maxOutputLength: -1 },
      { maxOutputLength: 1e20 }, { maxOutputLength: "a" }, { dictionary: "str" }, { dictionary: 5 }, 5, "str",
    ]) {
      const isRight = (value) => (Buffer.isBuffer(value) ? zlib.inflateSync(value).equals(Buffer.from(text)) : value);
      all[JSON.stringify(options)] = [
        await result(() => isRight(zlib.deflateSync(text, options))),
        await result(() => promised(zlib.deflate, text, options).then(isRight)),
      ];
    }
    return all;
  },
  "stream-options": () =>
    results(
      Object.fromEntries(
        [
          ["Deflate", { level: 10 }], ["Deflate", { level: "x" }], ["Deflate", { memLevel: 0 }], ["Deflate", { strategy: 5 }],
          ["Deflate", { windowBits: 7 }], ["Gzip", { windowBits: 8 }], ["DeflateRaw", { windowBits: 8 }],
          ["Inflate", { windowBits: 0 }], ["InflateRaw", { windowBits: 0 }], ["Deflate", { chunkSize: 10 }],
          ["Deflate", { chunkSize: "a" }], ["Deflate", { chunkSize: Infinity }], ["Deflate", { flush: 6 }],
          ["Deflate", { finishFlush: 6 }], ["Deflate", { maxOutputLength: 0 }], ["Deflate", { dictionary: "x" }],
          ["BrotliCompress", { flush: 9 }], ["BrotliCompress", { params: { 99: 1 } }], ["BrotliCompress", { params: { abc: 1 } }],
          ["BrotliCompress", { params: { 1: "x" } }], ["BrotliCompress", { params: { 7: 1, 8: 2 } }],
          ["BrotliDecompress", { params: { 2: 1 } }], ["ZstdCompress", { flush: 3 }], ["ZstdCompress", { params: { 500: 1 } }],
          ["ZstdCompress", { params: { 101: 5 } }], ["ZstdCompress", { pledgedSrcSize: -1 }],
          ["ZstdDecompress", { params: { 101: 20 } }], ["ZstdDecompress", { params: { 100: 20 } }],
        ].map(([name, options]) => [
          `${name} ${JSON.stringify(options)}`,
          () => zlib[`create${name}`](options).constructor.name,
        ]),
      ),
    ),
  parameters: () =>
    results({
      brotliQuality: () => zlib.brotliDecompressSync(zlib.brotliCompressSync(text, { params: { 1: 4 } })),
      brotliUnknown: () => zlib.brotliCompressSync(text, { params: { 99: 1 } }),
      brotliNoObject: () => zlib.brotliCompressSync(text, { params: 5 }),
      brotliDecoder: () => zlib.brotliDecompressSync(zlib.brotliCompressSync(text), { params: { 2: 1 } }),
      zstdLevel: () => zlib.zstdDecompressSync(zlib.zstdCompressSync(text, { params: { 100: 19 } })),
      zstdUnknown: () => zlib.zstdCompressSync(text, { params: { 99: 1 } }),
      zstdBounds: () => zlib.zstdCompressSync(text, { params: { 101: 5 } }),
      zstdDecoder: () => zlib.zstdDecompressSync(zlib.zstdCompressSync(text), { params: { 201: 1 } }),
    }),
  dictionaries: () => {
    const dictionary = Buffer.from("hello world hello");
    const other = Buffer.from("other");
    const packed = zlib.deflateSync(text, { dictionary });
    return results({
      zlib: () => zlib.inflateSync(packed, { dictionary }),
      unzip: () => zlib.unzipSync(packed, { dictionary }),
      raw: () => zlib.inflateRawSync(zlib.deflateRawSync(text, { dictionary }), { dictionary }),
      missing: () => zlib.inflateSync(packed),
      wrong: () => zlib.inflateSync(packed, { dictionary: other }),
      missingStream: () => run(zlib.createInflate(), packed),
      wrongStream: () => run(zlib.createInflate({ dictionary: other }), packed),
      stream: () => run(zlib.createInflate({ dictionary }), packed),
    });
  },
  callbacks: async () => {
    const order = [];
    const args = await new Promise((resolve) => {
      zlib.gzip("x", function (...given) {
        order.push("callback");
        resolve([show(this), given.length, given[0]]);
      });
      order.push("returned");
    });
    const failed = await new Promise((resolve) => zlib.gunzip("x", (...given) => resolve([given.length, described(given[0])])));
    return { order, args, failed };
  },
  "no-callback": () =>
    results({
      one: () => zlib.gzip("x"),
      two: () => zlib.gzip("x", {}),
      number: () => zlib.gzip("x", {}, 5),
      brotli: () => zlib.brotliCompress("x"),
    }),
  info: async () => {
    const { buffer, engine } = zlib.gzipSync("abc", { info: true });
    const later = await promised(zlib.gunzip, buffer, { info: true });
    return [engine.constructor.name, engine.bytesWritten, Object.keys(later), String(later.buffer)];
  },
  crc32: () =>
    results({
      text: () => zlib.crc32("hello"),
      goesOn: () => zlib.crc32("lo", zlib.crc32("hel")),
      buffer: () => zlib.crc32(new ArrayBuffer(3)),
      missing: () => zlib.crc32(),
      wrongStart: () => zlib.crc32("a", "b"),
      negative: () => zlib.crc32("a", -1),
      large: () => zlib.crc32("a", 2 ** 32),
      fraction: () => zlib.crc32("a", 1.5),
    }),
  streams: () => streamsOfEach((packed) => [packed]),
  "streams-byte-by-byte": () => streamsOfEach((packed) => [...packed].map((byte) => Buffer.from([byte]))),
  "streams-cut-short": () => streamsOfEach((packed) => [packed.subarray(0, -3)]).then(lengthless),
  "streams-garbage": () => streamsOfEach(() => [Buffer.from("garbage garbage garbage")]),
  "streams-zeros-behind": () => streamsOfEach((packed) => [Buffer.concat([packed, Buffer.from([0, 0, 1])])]),
  "streams-twice": () => streamsOfEach((packed) => [packed, packed]),
  "streams-small-chunks": () => streamsOfEach((packed) => [packed], () => ({ chunkSize: 1000 })),
  "chunk-sizes": () =>
    new Promise((resolve) => {
      const sizes = [];
      const stream = zlib.createInflate();
      stream.on("data", (chunk) => sizes.push(chunk.length));
      stream.on("end", () => resolve(sizes));
      stream.end(zlib.deflateSync(text));
    }),
  flush: async () => {
    const all = {};
    for (const [decompress, compress] of Object.entries(PAIRS)) {
      const stream = zlib[`create${capital(compress)}`]();
      const data = [];
      stream.on("data", (chunk) => data.push(chunk));
      stream.write("hello");
      await new Promise((resolve) => stream.flush(resolve));
      const finishFlush = flushFor(decompress);
      all[compress] = zlib[`${decompress}Sync`](Buffer.concat(data), { finishFlush }).toString();
    }
    return all;
  },
  params: async () => {
    const stream = zlib.createDeflate();
    const data = [];
    stream.on("data", (chunk) => data.push(chunk));
    stream.write(text);
    await new Promise((resolve) => stream.params(9, 2, resolve));
    stream.write(text);
    await new Promise((resolve) => stream.params(0, 0, resolve));
    const after = [stream._level, stream._strategy];
    stream.end("abc".repeat(1000));
    await new Promise((resolve) => stream.on("end", resolve));
    const packed = Buffer.concat(data);
    return [
      after,
      packed.length > 3000,
      zlib.inflateSync(packed).length,
      await results({
        level: () => zlib.createDeflate().params(99, 0),
        strategy: () => zlib.createDeflate().params(1, 99),
        type: () => zlib.createDeflate().params("x", 0),
      }),
    ];
  },
  close: async () => {
    const stream = zlib.createGzip();
    await new Promise((resolve) => stream.close(resolve));
    const { name, message, code } = await outcome(() => stream.reset()).then(({ threw }) => ({ ...threw }));
    return [stream._closed, stream._handle === null, name, message, show(code)];
  },
  "process-chunk": () =>
    results({
      deflate: () => zlib.inflateSync(zlib.createDeflate()._processChunk(Buffer.from("abc"), 4)).toString(),
      garbage: () => zlib.createInflate()._processChunk(Buffer.from("abc"), 4),
      tooLarge: () => zlib.createGunzip({ maxOutputLength: 10 })._processChunk(zlib.gzipSync(Buffer.alloc(100)), 4),
    }),
  "wrong-writes": () =>
    results({ number: () => zlib.createGzip().write(5), null: () => zlib.createGzip().write(null) }),
};

// How much came before the error depends on how the text was compressed.
function lengthless(all) {
  return Object.fromEntries(Object.entries(all).map(([name, { length: _, ...rest }]) => [name, rest]));
}
