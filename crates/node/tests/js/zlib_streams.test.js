// node:zlib: the classes of streams.

import { Buffer } from "holdfast:node/buffer";
import { Transform } from "holdfast:node/stream";
import zlib from "holdfast:node/zlib";
import { assert, assertEquals, assertThrows, test } from "holdfast:test";

const text = "hello world ".repeat(3000);
const noise = Buffer.from(crypto.getRandomValues(new Uint8Array(50_000)));

const PAIRS = {
  Inflate: "Deflate",
  Gunzip: "Gzip",
  InflateRaw: "DeflateRaw",
  Unzip: "Gzip",
  BrotliDecompress: "BrotliCompress",
  ZstdDecompress: "ZstdCompress",
};

/** What comes out of a stream: { data, error } once it is closed. */
function run(stream, ...chunks) {
  return new Promise((resolve) => {
    const data = [];
    let error;
    stream.on("data", (chunk) => data.push(chunk));
    stream.on("error", (thrown) => (error = thrown));
    stream.on("close", () => resolve({ data: Buffer.concat(data), error, chunks: data }));
    for (const chunk of chunks) stream.write(chunk);
    stream.end();
  });
}

function syncName(name) {
  return `${name[0].toLowerCase()}${name.slice(1)}Sync`;
}

test("classes", () => {
  for (const name of [...Object.keys(PAIRS), ...Object.values(PAIRS)]) {
    const stream = zlib[`create${name}`]();
    assert(stream instanceof zlib[name] && stream instanceof Transform, name);
    assertEquals([stream.constructor.name, stream.bytesWritten, stream.bytesRead], [name, 0, 0]);
    stream.destroy();
  }
  assertEquals(Object.getPrototypeOf(zlib.Gzip).name, "Zlib");
  assertThrows(() => zlib.Gzip(), TypeError);
});

test("what is compressed comes back, in any chunks", async () => {
  for (const [decompress, compress] of Object.entries(PAIRS)) {
    const packed = await run(zlib[`create${compress}`](), text, noise, text);
    const bytes = [...packed.data.subarray(0, 300)].map((byte) => Buffer.from([byte]));
    const { data } = await run(zlib[`create${decompress}`](), ...bytes, packed.data.subarray(300));
    assert(data.equals(Buffer.concat([Buffer.from(text), noise, Buffer.from(text)])), decompress);
  }
});

test("chunks have the chunk size", async () => {
  const packed = zlib.deflateSync(text);
  const sizes = async (options) => (await run(zlib.createInflate(options), packed)).chunks.map((chunk) => chunk.length);
  assertEquals(await sizes({}), [16384, 16384, 36000 - 2 * 16384]);
  assertEquals(await sizes({ chunkSize: 20000 }), [20000, 16000]);
});

test("damaged input", async () => {
  const cases = [
    ["Inflate", ["unexpected end of file", "Z_BUF_ERROR", -5], ["incorrect header check", "Z_DATA_ERROR", -3]],
    ["Gunzip", ["unexpected end of file", "Z_BUF_ERROR", -5], ["incorrect header check", "Z_DATA_ERROR", -3]],
    ["InflateRaw", ["unexpected end of file", "Z_BUF_ERROR", -5], ["invalid block type", "Z_DATA_ERROR", -3]],
    [
      "BrotliDecompress",
      ["Unexpected end of file", "Z_BUF_ERROR", -5],
      ["Compression failed", "ERR__ERROR_FORMAT_PADDING_1", -1],
    ],
    [
      "ZstdDecompress",
      ["unexpected end of file", "ERR_ZSTD_DECOMPRESSION_FAILED", -1],
      ["Zstd decompression failed: Unknown frame descriptor", "ERR_ZSTD_DECOMPRESSION_FAILED", -1],
    ],
  ];
  const shape = ({ message, code, errno }) => [message, code, errno];
  for (const [name, cut, wrong] of cases) {
    const packed = zlib[syncName(PAIRS[name])](text);
    assertEquals(shape((await run(zlib[`create${name}`](), packed.subarray(0, -3))).error), cut, name);
    assertEquals(shape((await run(zlib[`create${name}`](), "garbage garbage garbage")).error), wrong, name);
  }
});

test("what comes after the compressed data", async () => {
  for (const [name, compress] of Object.entries(PAIRS)) {
    const packed = zlib[syncName(compress)](text);
    const zeros = Buffer.from([0, 0, 1]);
    const padded = await run(zlib[`create${name}`](), Buffer.concat([packed, zeros]));
    assertEquals([padded.data.length, padded.error], [text.length, undefined], name);
    const repeats = compress === "Gzip" || compress === "ZstdCompress";
    const twice = await run(zlib[`create${name}`](), packed, packed);
    assertEquals(twice.data.length, (repeats ? 2 : 1) * text.length, name);
  }
});

test("flush() gives what was written so far", async () => {
  for (const [decompress, compress] of Object.entries(PAIRS)) {
    const stream = zlib[`create${compress}`]();
    const data = [];
    stream.on("data", (chunk) => data.push(chunk));
    stream.write("hello");
    await new Promise((resolve) => stream.flush(resolve));
    const unpack = zlib[`create${decompress}`]();
    const unpacked = new Promise((resolve) => unpack.once("data", resolve));
    for (const chunk of data) unpack.write(chunk);
    assertEquals((await unpacked).toString(), "hello", compress);
    stream.destroy();
    unpack.destroy();
  }
});

test("flush() after the end and without anything written", async () => {
  const stream = zlib.createDeflate();
  stream.resume();
  await new Promise((resolve) => stream.flush(resolve));
  stream.end();
  await new Promise((resolve) => stream.flush(resolve));
  await new Promise((resolve) => stream.flush(resolve));
});

test("params() changes the level from there on", async () => {
  const stream = zlib.createDeflate();
  const data = [];
  stream.on("data", (chunk) => data.push(chunk));
  stream.write(text);
  await new Promise((resolve) => stream.params(0, zlib.constants.Z_DEFAULT_STRATEGY, resolve));
  assertEquals([stream._level, stream._strategy], [0, 0]);
  stream.write("abc".repeat(1000));
  stream.end();
  await new Promise((resolve) => stream.on("end", resolve));
  const packed = Buffer.concat(data);
  assert(packed.length > 3000, `${packed.length} bytes`);
  assertEquals(zlib.inflateSync(packed).toString(), text + "abc".repeat(1000));
  assertThrows(() => zlib.createDeflate().params(99, 0), RangeError, /^The value of "level" is out of range\./);
  assertThrows(() => zlib.createDeflate().params(1, 99), RangeError, /^The value of "strategy" is out of range\./);
});

test("params() may change more than once, in each format", async () => {
  const { Z_DEFAULT_STRATEGY, Z_HUFFMAN_ONLY, Z_RLE } = zlib.constants;
  for (const [decompress, compress] of [["inflate", "Deflate"], ["gunzip", "Gzip"], ["inflateRaw", "DeflateRaw"]]) {
    const stream = zlib[`create${compress}`]();
    const data = [];
    stream.on("data", (chunk) => data.push(chunk));
    const change = (...params) => new Promise((resolve) => stream.params(...params, resolve));
    await change(1, Z_DEFAULT_STRATEGY);
    for (const [level, strategy] of [[9, Z_HUFFMAN_ONLY], [0, Z_DEFAULT_STRATEGY], [6, Z_RLE]]) {
      stream.write(text);
      await change(level, strategy);
    }
    stream.end(noise);
    await new Promise((resolve) => stream.on("end", resolve));
    const unpacked = zlib[`${decompress}Sync`](Buffer.concat(data));
    assert(unpacked.equals(Buffer.concat([Buffer.from(text + text + text), noise])), compress);
  }
});

test("reset() begins anew", async () => {
  const stream = zlib.createInflate();
  const data = [];
  stream.on("data", (chunk) => data.push(chunk));
  stream.write(zlib.deflateSync("first").subarray(0, 6));
  stream.reset();
  stream.end(zlib.deflateSync("second"));
  await new Promise((resolve) => stream.on("end", resolve));
  assert(Buffer.concat(data).toString().endsWith("second"));
});

test("close() and destroy() close the codec", async () => {
  const stream = zlib.createGzip();
  await new Promise((resolve) => stream.close(resolve));
  assert(stream._closed && stream._handle === null);
  assertThrows(() => stream.reset(), "AssertionError", "zlib binding closed");
  const other = zlib.createGzip();
  const error = new Error("why");
  const seen = new Promise((resolve) => other.on("error", resolve));
  other.destroy(error);
  assertEquals(await seen, error);
});

test("_processChunk() works at once", () => {
  const stream = zlib.createDeflate();
  const packed = stream._processChunk(Buffer.from("abc"), zlib.constants.Z_FINISH);
  assertEquals(zlib.inflateSync(packed).toString(), "abc");
  const bad = zlib.createInflate();
  const thrown = assertThrows(() => bad._processChunk(Buffer.from("abc"), zlib.constants.Z_FINISH), Error);
  assertEquals(thrown.code, "Z_DATA_ERROR");
  const large = zlib.createGunzip({ maxOutputLength: 10 });
  const tooLarge = assertThrows(() => large._processChunk(zlib.gzipSync(Buffer.alloc(100)), 4), RangeError);
  assertEquals([tooLarge.code, tooLarge.message], ["ERR_BUFFER_TOO_LARGE", "Cannot create a Buffer larger than 10 bytes"]);
});

test("a bomb is not decompressed before anybody reads", async () => {
  const stream = zlib.createGunzip();
  stream.write(zlib.gzipSync(Buffer.alloc(20 << 20)));
  for (let i = 0; i < 100; i++) await undefined;
  assert(stream.readableLength < 200_000, `${stream.readableLength} bytes wait`);
  let length = 0;
  stream.on("data", (chunk) => (length += chunk.length));
  stream.end();
  await new Promise((resolve) => stream.on("end", resolve));
  assertEquals(length, 20 << 20);
});

test("options that do not fit", () => {
  const cases = [
    ["Deflate", { level: 10 }, "ERR_OUT_OF_RANGE", 'The value of "options.level" is out of range. It must be >= -1 and <= 9. Received 10'],
    ["Deflate", { level: "x" }, "ERR_INVALID_ARG_TYPE", /^The "options.level" property must be of type number\./],
    ["Deflate", { flush: 6 }, "ERR_OUT_OF_RANGE", /It must be >= 0 and <= 5\. Received 6$/],
    ["Gzip", { windowBits: 8 }, "ERR_OUT_OF_RANGE", /It must be >= 9 and <= 15\. Received 8$/],
    ["InflateRaw", { windowBits: 0 }, "ERR_OUT_OF_RANGE", /It must be >= 8 and <= 15\. Received 0$/],
    ["Deflate", { chunkSize: 10 }, "ERR_OUT_OF_RANGE", /It must be >= 64\. Received 10$/],
    ["Deflate", { chunkSize: Infinity }, "ERR_OUT_OF_RANGE", /It must be a finite number\. Received Infinity$/],
    ["Deflate", { maxOutputLength: 0 }, "ERR_OUT_OF_RANGE", /It must be >= 1 and <= 2147483647\. Received 0$/],
    ["Deflate", { dictionary: "x" }, "ERR_INVALID_ARG_TYPE", /^The "options.dictionary" property must be an instance of Buffer/],
    ["BrotliCompress", { flush: 9 }, "ERR_OUT_OF_RANGE", /It must be >= 0 and <= 3\. Received 9$/],
    ["BrotliCompress", { params: { 99: 1 } }, "ERR_BROTLI_INVALID_PARAM", "99 is not a valid Brotli parameter"],
    ["BrotliDecompress", { params: { 2: 1 } }, "ERR_ZLIB_INITIALIZATION_FAILED", "Initialization failed"],
    ["ZstdCompress", { params: { 500: 1 } }, "ERR_ZSTD_INVALID_PARAM", "500 is not a valid Zstd parameter"],
    ["ZstdCompress", { params: { 101: 5 } }, "ERR_ZLIB_INITIALIZATION_FAILED", "Initialization failed"],
    ["ZstdDecompress", { params: { 101: 20 } }, "ERR_ZSTD_INVALID_PARAM", "101 is not a valid Zstd parameter"],
  ];
  for (const [name, options, code, message] of cases) {
    const error = assertThrows(() => zlib[`create${name}`](options), Error, message);
    assertEquals(error.code, code);
  }
});

test("bytes come out whatever the options of streams say", async () => {
  const { chunks } = await run(zlib.createInflate({ encoding: "utf8", objectMode: true }), zlib.deflateSync("abc"));
  assert(Buffer.isBuffer(chunks[0]));
});
