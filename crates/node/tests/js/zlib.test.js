// node:zlib: the functions that take everything at once, and the constants.

import { Buffer } from "holdfast:node/buffer";
import zlib, * as namespace from "holdfast:node/zlib";
import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";

const text = "hello world ".repeat(2000);

/** Compressing functions by what undoes them. */
const PAIRS = {
  inflate: "deflate",
  gunzip: "gzip",
  inflateRaw: "deflateRaw",
  unzip: "gzip",
  brotliDecompress: "brotliCompress",
  zstdDecompress: "zstdCompress",
};

function promised(f, ...args) {
  return new Promise((resolve, reject) => f(...args, (error, result) => (error ? reject(error) : resolve(result))));
}

function eachPair(run) {
  for (const [decompress, compress] of Object.entries(PAIRS)) run(compress, decompress);
}

test("exports", () => {
  for (const name of Object.keys(namespace)) {
    if (name !== "default") assertEquals(namespace[name], zlib[name], name);
  }
  for (const name of Object.keys(zlib.constants)) assertEquals(zlib[name], zlib.constants[name]);
  assertEquals(zlib.codes.Z_DATA_ERROR, -3);
  assertEquals(zlib.codes[-3], "Z_DATA_ERROR");
  assert(Object.isFrozen(zlib.codes));
  assertEquals([zlib.gzip.name, zlib.gzip.length, zlib.gzipSync.name, zlib.gzipSync.length], ["gzip", 3, "gzipSync", 1]);
});

test("what is compressed comes back, at once and by callback", async () => {
  for (const [decompress, compress] of Object.entries(PAIRS)) {
    const packed = zlib[`${compress}Sync`](text);
    assert(Buffer.isBuffer(packed) && packed.length < 200, `${compress}: ${packed.length} bytes`);
    assertEquals(zlib[`${decompress}Sync`](packed).toString(), text, decompress);
    const later = await promised(zlib[compress], text, {});
    assertEquals((await promised(zlib[decompress], later)).toString(), text, decompress);
    assertEquals(zlib[`${decompress}Sync`](zlib[`${compress}Sync`]("")).length, 0, decompress);
  }
  assertEquals(zlib.unzipSync(zlib.deflateSync(text)).toString(), text);
});


test("input may be text, buffers and views", () => {
  const bytes = new Uint8Array([1, 2, 3, 4]);
  for (const input of [bytes, bytes.buffer, new DataView(bytes.buffer), new Uint16Array(bytes.buffer)]) {
    assertEquals([...zlib.gunzipSync(zlib.gzipSync(input))], [1, 2, 3, 4]);
  }
  assertEquals(zlib.gunzipSync(zlib.gzipSync("é")).toString(), "é");
  const wrong = (method) =>
    `Failed to execute '${method}' on 'ZlibUtil': parameter 1 is not of type 'string or ArrayBuffer or ArrayBufferView'.`;
  for (const input of [5, null, undefined, {}, true]) {
    assertThrows(() => zlib.gzipSync(input), TypeError, wrong("zlibSync"));
    assertThrows(() => zlib.gzip(input, () => {}), TypeError, wrong("zlib"));
    assertThrows(() => zlib.brotliCompressSync(input), TypeError, wrong("brotliCompressSync"));
    assertThrows(() => zlib.zstdDecompress(input, () => {}), TypeError, wrong("zstdDecompress"));
  }
});

test("damaged input", async () => {
  const cases = [
    ["inflate", "unexpected end of file", "incorrect header check"],
    ["gunzip", "unexpected end of file", "incorrect header check"],
    ["unzip", "unexpected end of file", "incorrect header check"],
    ["inflateRaw", "unexpected end of file", "invalid block type"],
    ["brotliDecompress", "Unexpected end of file", "Compression failed"],
    ["zstdDecompress", "unexpected end of file", "Zstd decompression failed: Unknown frame descriptor"],
  ];
  const garbage = Buffer.from("garbage garbage garbage");
  for (const [decompress, cut, wrong] of cases) {
    const packed = zlib[`${PAIRS[decompress]}Sync`](text);
    const sync = zlib[`${decompress}Sync`];
    assertThrows(() => sync(packed.subarray(0, -3)), Error, cut);
    assertThrows(() => sync(garbage), Error, wrong);
    await assertRejects(promised(zlib[decompress], packed.subarray(0, -3)), Error, cut);
    await assertRejects(promised(zlib[decompress], garbage), Error, wrong);
  }
});

test("what comes after the compressed data", () => {
  eachPair((compress, decompress) => {
    const packed = zlib[`${compress}Sync`](text);
    const unpack = zlib[`${decompress}Sync`];
    const isGzip = compress === "gzip";
    assertEquals(unpack(Buffer.concat([packed, Buffer.from([0, 0, 1])])).length, text.length, decompress);
    assertEquals(unpack(Buffer.concat([packed, packed])).length, (isGzip ? 2 : 1) * text.length, decompress);
    const garbled = Buffer.concat([packed, Buffer.from("xyz")]);
    if (isGzip) assertThrows(() => unpack(garbled), Error, "incorrect header check");
    else assertEquals(unpack(garbled).length, text.length, decompress);
  });
});

test("with another finishFlush, input may be cut short", () => {
  const { BROTLI_OPERATION_FLUSH, Z_SYNC_FLUSH, ZSTD_e_flush } = zlib.constants;
  const flush = { b: BROTLI_OPERATION_FLUSH, z: ZSTD_e_flush };
  eachPair((compress, decompress) => {
    const packed = zlib[`${compress}Sync`](crypto.getRandomValues(new Uint8Array(50_000)));
    const finishFlush = flush[decompress[0]] ?? Z_SYNC_FLUSH;
    zlib[`${decompress}Sync`](packed.subarray(0, -9), { finishFlush });
  });
});

test("options of zlib", () => {
  const { Z_HUFFMAN_ONLY, Z_RLE } = zlib.constants;
  const size = (options) => zlib.deflateSync(text, options).length;
  assert(size({ level: 0 }) > text.length);
  assert(size({ strategy: Z_HUFFMAN_ONLY }) > 10 * size({}));
  assert(size({ strategy: Z_RLE }) > 10 * size({}));
  for (const options of [{ windowBits: 9 }, { memLevel: 1 }, { level: 9 }, { chunkSize: 64 }]) {
    assertEquals(zlib.inflateSync(zlib.deflateSync(text, options)).toString(), text);
  }
  assertThrows(() => zlib.inflateSync(zlib.deflateSync(text), { windowBits: 9 }), Error, "invalid window size");
  assertEquals(zlib.inflateSync(zlib.deflateSync(text), { windowBits: 0 }).length, text.length);
  assertThrows(() => zlib.gzipSync(text, { windowBits: 8 }), Error, "Zlib error");
});

test("options that do not fit", async () => {
  const range = (name, bounds, value) =>
    `The value of "options.${name}" is out of range. It must be ${bounds}. Received ${value}`;
  const cases = [
    [{ level: 10 }, RangeError, range("level", ">= -1 and <= 9", 10)],
    [{ memLevel: 0 }, RangeError, range("memLevel", ">= 1 and <= 9", 0)],
    [{ windowBits: 16 }, RangeError, range("windowBits", ">= 8 and <= 15", 16)],
    [{ chunkSize: 10 }, RangeError, range("chunkSize", ">= 64 and <= 134217728", 10)],
    [{ flush: 9 }, RangeError, range("flush", ">= 0 and <= 6", 9)],
    [{ maxOutputLength: 0 }, RangeError, range("maxOutputLength", ">= 1 and <= 134217728", 0)],
    [{ strategy: 5 }, Error, "invalid strategy"],
  ];
  for (const [options, type, message] of cases) {
    assertThrows(() => zlib.deflateSync("x", options), type, message);
    await assertRejects(promised(zlib.deflate, "x", options), type, message);
  }
  // What cannot be converted is thrown at the caller.
  const conversions = [
    [{ chunkSize: "a" }, "The value cannot be converted because it is not an integer."],
    [{ maxOutputLength: -1 }, "The value cannot be converted because it is negative and this API expects a positive number."],
    [{ maxOutputLength: 1e20 }, "Value out of range. Must be less than or equal to 4294967295."],
    [
      { dictionary: "str" },
      "Incorrect type for the 'dictionary' field on 'Options': the provided value is not of type 'ArrayBuffer or " +
        "ArrayBufferView'.",
    ],
    [5, "Failed to execute 'zlibSync' on 'ZlibUtil': parameter 2 is not of type 'Options'."],
  ];
  for (const [options, message] of conversions) {
    assertThrows(() => zlib.deflateSync("x", options), TypeError, message);
    assertThrows(() => zlib.deflate("x", options, () => {}), TypeError, message.replace("zlibSync", "zlib"));
  }
});

test("dictionaries", () => {
  const dictionary = Buffer.from("hello world hello");
  for (const [compress, decompress] of [["deflate", "inflate"], ["deflateRaw", "inflateRaw"], ["zstdCompress", "zstdDecompress"]]) {
    const packed = zlib[`${compress}Sync`]("hello world", { dictionary });
    const unpacked = zlib[`${decompress}Sync`](packed, { dictionary });
    assertEquals(unpacked.toString(), "hello world", decompress);
  }
  const packed = zlib.deflateSync(text, { dictionary });
  assertEquals(zlib.unzipSync(packed, { dictionary }).length, text.length);
  assertThrows(() => zlib.inflateSync(packed), Error, "Missing dictionary");
  assertThrows(() => zlib.inflateSync(packed, { dictionary: Buffer.from("other") }), Error, "Bad dictionary");
});

test("parameters of Brotli and Zstandard", () => {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_NPOSTFIX, ZSTD_c_checksumFlag, ZSTD_c_compressionLevel } = zlib.constants;
  const noise = Buffer.from(text + "some more text that is not the same ".repeat(3));
  const brotli = (params) => zlib.brotliCompressSync(noise, { params });
  assert(brotli({ [BROTLI_PARAM_QUALITY]: 0 }).length > brotli({ [BROTLI_PARAM_QUALITY]: 11 }).length);
  assertEquals(zlib.brotliDecompressSync(brotli({ [BROTLI_PARAM_NPOSTFIX]: 1 })).length, noise.length);
  const zstd = (params) => zlib.zstdCompressSync(noise, { params });
  assertEquals(zstd({ [ZSTD_c_checksumFlag]: 1 }).length, zstd({}).length + 4);
  assertEquals(zlib.zstdDecompressSync(zstd({ [ZSTD_c_compressionLevel]: 19 })).length, noise.length);
  assertThrows(() => brotli({ 99: 1 }), Error, "Setting parameter failed");
  assertThrows(() => zstd({ 99: 1 }), Error, "Setting parameter failed: Unsupported parameter");
  assertThrows(() => zstd({ 101: 5 }), Error, "Setting parameter failed: Parameter is out of bound");
});

test("maxOutputLength", async () => {
  const packed = zlib.gzipSync(Buffer.alloc(100_000));
  assertEquals(zlib.gunzipSync(packed, { maxOutputLength: 100_001 }).length, 100_000);
  assertThrows(() => zlib.gunzipSync(packed, { maxOutputLength: 99_999 }), RangeError, "Memory limit exceeded");
  await assertRejects(promised(zlib.gunzip, packed, { maxOutputLength: 5 }), RangeError, "Memory limit exceeded");
});

test("callbacks come later, with the arguments of Node", async () => {
  const order = [];
  const done = new Promise((resolve) => {
    zlib.gzip("x", function (...args) {
      order.push("callback");
      resolve([this, args.length, args[0]]);
    });
  });
  order.push("returned");
  assertEquals(await done, [undefined, 2, null]);
  assertEquals(order, ["returned", "callback"]);
  const failed = await new Promise((resolve) => zlib.gunzip("garbage", (...args) => resolve(args)));
  assertEquals([failed.length, failed[0].message], [1, "incorrect header check"]);
  for (const callback of [undefined, 5]) {
    assertThrows(() => zlib.gzip("x", {}, callback), TypeError, /^The "callback" argument must be of type function\./);
  }
  assertThrows(() => zlib.gzip("x"), TypeError, /^The "callback" argument must be of type function\./);
});

test("much work by callback lets other turns run", async () => {
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  const packed = await promised(zlib.gzip, new Uint8Array(8 << 20));
  clearInterval(timer);
  assert(turns > 0, "no timer ran");
  assertEquals(zlib.gunzipSync(packed).length, 8 << 20);
});

test("info gives the engine, too", async () => {
  const { buffer, engine } = zlib.gzipSync("abc", { info: true });
  assertEquals(zlib.gunzipSync(buffer).toString(), "abc");
  assert(engine instanceof zlib.Gzip);
  assertEquals(engine.bytesWritten, 3);
  const later = await promised(zlib.gunzip, buffer, { info: true });
  assertEquals(later.buffer.toString(), "abc");
  assert(later.engine instanceof zlib.Gunzip);
});

test("crc32", () => {
  assertEquals(zlib.crc32("hello"), 907060870);
  assertEquals(zlib.crc32("lo", zlib.crc32("hel")), 907060870);
  assertEquals(zlib.crc32(new Uint8Array([1, 2])), 3066839698);
  assertEquals(zlib.crc32(new ArrayBuffer(3)), 4282505490);
  assertThrows(() => zlib.crc32(), TypeError, /^Failed to execute 'crc32' on 'ZlibUtil': parameter 1 is not of type/);
  assertThrows(() => zlib.crc32("a", "b"), TypeError, /^The "value" argument must be of type number\./);
  assertThrows(() => zlib.crc32("a", -1), RangeError, /^The value of "value" is out of range\./);
});
