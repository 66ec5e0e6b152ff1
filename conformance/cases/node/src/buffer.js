// node:buffer.

import * as buffer from "node:buffer";
import { attemptEngine, describeProperties, table } from "./tools.js";

const { Buffer } = buffer;
const sample = () => Buffer.from("abcdef");
const ENCODINGS = ["utf8", "latin1", "ascii", "utf16le", "base64", "base64url", "hex"];
const hexOf = (bytes) => Buffer.from(bytes).toString("hex");
const written = (length, write) => {
  const bytes = Buffer.alloc(length);
  return [write(bytes), hexOf(bytes)];
};

const offsets = [undefined, 1, 8, 9, 10, "1", 1.5, -1, null];
const anySize = (name) => /Int(LE|BE)$/.test(name) && !/\d/.test(name);

function readings(pattern) {
  const bytes = Buffer.from([0x81, 2, 3, 4, 5, 6, 7, 0x88, 9]);
  const answers = {};
  for (const name of Object.keys(Buffer.prototype).filter((key) => pattern.test(key)).sort()) {
    answers[name] = anySize(name)
      ? table([
          ...[1, 2, 3, 4, 5, 6].map((size) => () => bytes[name](1, size)),
          ...[[0, 7], [0], [], [5, 6], [0, 1.5], [7, 2], [0, "2"], [0, 0]].map((args) => () => bytes[name](...args)),
        ])
      : table([
          ...offsets.map((offset) => () => (offset === undefined ? bytes[name]() : bytes[name](offset))),
          () => Buffer.alloc(0)[name](),
        ]);
  }
  return answers;
}

function writings(pattern) {
  const answers = {};
  for (const name of Object.keys(Buffer.prototype).filter((key) => pattern.test(key)).sort()) {
    const write = (...args) => () => written(9, (bytes) => bytes[name](...args));
    if (anySize(name)) {
      const sizes = [1, 2, 3, 4, 5, 6];
      answers[name] = table([
        ...[7, -7, 2 ** 50].flatMap((value) => sizes.map((size) => write(value, 1, size))),
        ...[[1, 0, 7], [1], [1, 9, 1], [1, 6, 6], ["5", 0, 1], [1, 8, 2]].map((args) => write(...args)),
      ]);
      continue;
    }
    const big = name.includes("Big");
    const values = big ? [5n, -5n, 2n ** 70n, -(2n ** 70n), 0x8081828384858687n] : [5, -5, 2 ** 40, -(2 ** 40), 0x81, 1.9, NaN, "7"];
    answers[name] = table([
      ...values.map((value) => write(value, 1)),
      ...offsets.map((offset) => (offset === undefined ? write(big ? 1n : 1) : write(big ? 1n : 1, offset))),
    ]);
  }
  return answers;
}

export default {
  "shape-of-constructor": () => describeProperties(Buffer),
  "shape-of-prototype": () => describeProperties(Buffer.prototype),
  "class-relations": () => ({
    parent: Object.getPrototypeOf(Buffer) === Uint8Array,
    prototype: Object.getPrototypeOf(Buffer.prototype) === Uint8Array.prototype,
    global: globalThis.Buffer === Buffer,
    descriptor: describeProperties(globalThis).filter((text) => /^(Buffer|global):/.test(text)),
    constants: buffer.constants,
    limits: [buffer.kMaxLength, buffer.kStringMaxLength, buffer.INSPECT_MAX_BYTES, Buffer.poolSize],
    web: [buffer.Blob === Blob, buffer.File === File, buffer.atob === atob],
    derived: [sample().slice(1).constructor.name, sample().subarray(1) instanceof Buffer, sample().map((x) => x) instanceof Buffer],
    shared: sample().slice(1, 3).buffer.byteLength,
  }),
  "from-strings": () =>
    table(
      Object.fromEntries(
        ["", "abc", "aé€😀", "a\ud800b", "\u0141", "abcz12", "YWJj"].flatMap((text) =>
          ENCODINGS.map((encoding) => [`${encoding} ${escape(text)}`, () => hexOf(Buffer.from(text, encoding))]),
        ),
      ),
    ),
  "base64-is-lenient": () =>
    table(
      Object.fromEntries(
        ["YQ==YQ==", "YW", "Y", "YW Jj\nZA", "YW!J@j", "-_-_", "+/+/", "YWJjZ", "=YQ", "Y=Q=", "\u0141Q==", "YQ=", "====", "ab\0cd"]
          .map((text) => [escape(text), () => hexOf(Buffer.from(text, "base64"))]),
      ),
    ),
  "hex-ends-early": () => table(["abc", "abxx12", "\u0161\u0162", "0g", "a", "AbCd"].map((text) => () => hexOf(Buffer.from(text, "hex")))),
  "from-others": () =>
    table({
      null: () => Buffer.from(null),
      undefined: () => Buffer.from(undefined),
      object: () => Buffer.from({}),
      number: () => Buffer.from(5),
      boolean: () => Buffer.from(true),
      symbol: () => Buffer.from(Symbol("x")),
      bigint: () => Buffer.from(10n),
      function: () => Buffer.from(() => 1),
      set: () => Buffer.from(new Set([1])),
      arrayLike: () => Buffer.from({ length: 2, 0: 1, 1: 2 }),
      textLength: () => Buffer.from({ length: "2" }),
      boxed: () => Buffer.from(new String("abc")),
      json: () => Buffer.from({ type: "Buffer", data: [1, 2] }),
      array: () => Buffer.from([256, -1, "3", 1.9, null, "x"]),
      typed: () => Buffer.from(new Uint16Array([1, 300])),
      dataView: () => Buffer.from(new DataView(new ArrayBuffer(3))),
      primitive: () => Buffer.from({ [Symbol.toPrimitive]: () => "prim" }),
      valueOf: () => Buffer.from({ valueOf: () => "vo" }),
      arrayBuffer: () => Buffer.from(new ArrayBuffer(4), 1, 2),
      offsetBeyond: () => Buffer.from(new ArrayBuffer(4), 5),
      lengthBeyond: () => Buffer.from(new ArrayBuffer(4), 1, 9),
      offsetText: () => Buffer.from(new ArrayBuffer(4), "1"),
      oddEncoding: () => Buffer.from("abc", 5),
      unknownEncoding: () => Buffer.from("abc", "nope"),
    }),
  alloc: () =>
    table({
      fraction: () => Buffer.alloc(1.5),
      nan: () => Buffer.alloc(NaN),
      negative: () => Buffer.alloc(-1),
      large: () => Buffer.alloc(2 ** 31),
      infinite: () => Buffer.alloc(Infinity),
      text: () => Buffer.alloc("3"),
      filled: () => Buffer.alloc(3, 5),
      filledText: () => Buffer.alloc(5, "é"),
      filledBase64: () => Buffer.alloc(3, "YQ==", "base64"),
      filledEmpty: () => Buffer.alloc(3, ""),
      filledNothing: () => Buffer.alloc(3, new Uint8Array(0)),
      badEncoding: () => Buffer.alloc(3, "a", 5),
      unsafe: () => Buffer.allocUnsafe(2),
      unsafeSlow: () => Buffer.allocUnsafeSlow(2),
      slow: () => buffer.SlowBuffer("3"),
      slowNan: () => buffer.SlowBuffer("x"),
      constructorNumber: () => new Buffer(3),
      constructorText: () => new Buffer("é", "latin1"),
      constructorBoth: () => Buffer(5, "utf8"),
      of: () => Buffer.of(1, "2", 300),
    }),
  "is-buffer-and-encoding": () => [
    [{}, null, 5, sample(), new Uint8Array(1), Buffer.prototype].map((value) => Buffer.isBuffer(value)),
    ["utf8", "UTF-8", "ucs2", "UCS-2", "utf-16le", "latin1", "binary", "base64url", "hex", "ascii", "raw", "buffer", "", undefined, 1].map(
      (value) => Buffer.isEncoding(value),
    ),
  ],
  "byte-length": () =>
    table([
      ...ENCODINGS.map((encoding) => () => Buffer.byteLength("YQé=", encoding)),
      () => Buffer.byteLength("é", "nope"),
      () => Buffer.byteLength("\ud800"),
      () => Buffer.byteLength(sample()),
      () => Buffer.byteLength(new ArrayBuffer(3)),
      () => Buffer.byteLength(new DataView(new ArrayBuffer(3))),
      () => Buffer.byteLength(5),
    ]),
  concat: () =>
    table({
      some: () => Buffer.concat([sample(), new Uint8Array([1])]),
      none: () => Buffer.concat([]),
      cut: () => Buffer.concat([sample(), new Uint8Array([1])], 4),
      longer: () => Buffer.concat([sample()], 10),
      negative: () => Buffer.concat([sample()], -1),
      fraction: () => Buffer.concat([sample()], 2.5),
      noList: () => Buffer.concat("x"),
      number: () => Buffer.concat([5]),
      text: () => Buffer.concat(["ab"]),
      array: () => Buffer.concat([[1, 2]]),
    }),
  compare: () =>
    table({
      static: () => Buffer.compare(sample(), new Uint8Array([1])),
      staticBad: () => Buffer.compare(sample(), "x"),
      less: () => sample().compare(Buffer.from("abd")),
      ranges: () => sample().compare(Buffer.from("xxabc"), 2, 5, 0, 3),
      beyond: () => sample().compare(sample(), 0, 100),
      sourceBeyond: () => sample().compare(sample(), 0, 3, 0, 100),
      text: () => sample().compare(sample(), "1"),
      reversed: () => sample().compare(sample(), 4, 2),
      past: () => sample().compare(sample(), 100),
      bad: () => sample().compare("x"),
      equals: () => sample().equals(new Uint8Array([97, 98, 99, 100, 101, 102])),
      equalsBad: () => sample().equals("x"),
    }),
  copy: () =>
    table({
      cut: () => written(3, (target) => sample().copy(target)),
      part: () => written(3, (target) => sample().copy(target, 1, 2, 4)),
      bad: () => sample().copy("x"),
      negative: () => sample().copy(Buffer.alloc(3), -1),
      negativeSource: () => sample().copy(Buffer.alloc(3), 0, -1),
      negativeEnd: () => sample().copy(Buffer.alloc(3), 0, 0, -1),
      beyond: () => sample().copy(Buffer.alloc(3), 5),
      texts: () => written(9, (target) => sample().copy(target, "1", "1")),
      reversed: () => sample().copy(Buffer.alloc(9), 0, 3, 2),
      fractions: () => written(9, (target) => sample().copy(target, 1.9, NaN, null)),
      overlapping: () => {
        const bytes = sample();
        bytes.copy(bytes, 1, 0, 4);
        return String(bytes);
      },
    }),
  fill: () =>
    table({
      number: () => hexOf(Buffer.alloc(5).fill(257)),
      fraction: () => hexOf(Buffer.alloc(5).fill(3.7)),
      boolean: () => hexOf(Buffer.alloc(5).fill(true)),
      object: () => hexOf(Buffer.alloc(5).fill({})),
      text: () => hexOf(Buffer.alloc(5).fill("ab", 1, 4)),
      wide: () => hexOf(Buffer.alloc(5).fill("é")),
      latin1: () => hexOf(Buffer.alloc(5).fill("\u0141", "latin1")),
      empty: () => hexOf(Buffer.alloc(5).fill("")),
      bytes: () => hexOf(Buffer.alloc(5).fill(new Uint8Array([1, 2]))),
      noBytes: () => Buffer.alloc(5).fill(Buffer.alloc(0)),
      badHex: () => Buffer.alloc(5).fill("zz", "hex"),
      oddHex: () => Buffer.alloc(5).fill("abc", "hex"),
      unknownEncoding: () => Buffer.alloc(5).fill("a", 0, "x"),
      beyond: () => Buffer.alloc(5).fill("a", 0, 10),
      startBeyond: () => Buffer.alloc(5).fill("a", 10),
      reversed: () => hexOf(Buffer.alloc(5).fill(1, 3, 2)),
    }),
  search: () => {
    const text = Buffer.from("this is a buffer is");
    return table([
      () => text.indexOf("is"),
      () => text.indexOf("is", 3),
      () => text.indexOf("is", -2),
      () => text.indexOf("is", -100),
      () => text.indexOf("is", 1.5),
      () => text.indexOf("is", {}),
      () => text.indexOf("is", Infinity),
      () => text.indexOf(""),
      () => text.indexOf("", 100),
      () => text.indexOf(Buffer.alloc(0), 3),
      () => text.indexOf(97 + 256),
      () => text.indexOf(99.9),
      () => text.indexOf("6973", "hex"),
      () => text.indexOf({}),
      () => text.indexOf("a", 0, "nope"),
      () => text.lastIndexOf("is"),
      () => text.lastIndexOf("is", 5),
      () => text.lastIndexOf("is", -1),
      () => text.lastIndexOf("is", -3),
      () => text.lastIndexOf("is", null),
      () => text.lastIndexOf("is", NaN),
      () => text.lastIndexOf(""),
      () => text.lastIndexOf("", -100),
      () => text.lastIndexOf(105, -1),
      () => text.includes("buf"),
      () => text.includes(),
    ]);
  },
  "search-utf16": () => {
    const text = Buffer.from("abcabc", "utf16le");
    return table([
      () => text.indexOf("c", "utf16le"),
      () => text.indexOf("c", 5, "utf16le"),
      () => text.indexOf("b", 3, "ucs2"),
      () => text.lastIndexOf("a", "utf16le"),
      () => text.lastIndexOf("b", 3, "ucs2"),
      () => text.indexOf(Buffer.from("b", "utf16le"), 0, "utf16le"),
      () => Buffer.from("abc").indexOf("b", "utf16le"),
    ]);
  },
  "to-string": () => {
    const bytes = Buffer.from([0xff, 0xe2, 0x82, 0x41, 0xf0, 0x9f, 0x98, 0xed, 0xa0, 0x80, 0xc3, 0xa9]);
    return table([
      ...ENCODINGS.map((encoding) => () => bytes.toString(encoding)),
      () => Buffer.from([0xef, 0xbb, 0xbf, 0x41]).toString(),
      () => sample().toString("utf8", 1, 3),
      () => sample().toString("nope"),
      () => sample().toString(undefined),
      () => sample().toString(null),
      () => sample().toString("utf8", -1),
      () => sample().toString("utf8", "2"),
      () => sample().toString("utf8", 1.7, 3.2),
      () => sample().toString("utf8", NaN, null),
      () => sample().toLocaleString("hex"),
    ]);
  },
  "slices-as-text": () =>
    table([
      ...["ascii", "base64", "base64url", "hex", "latin1", "ucs2", "utf8"].map((name) => () => sample()[`${name}Slice`](1, 5)),
      () => sample().latin1Slice(),
      () => sample().latin1Slice(2),
      () => sample().utf8Slice(-1, 2),
      () => sample().hexSlice(1, 100),
      ...["ascii", "base64", "base64url", "hex", "latin1", "ucs2", "utf8"].map(
        (name) => () => written(6, (bytes) => bytes[`${name}Write`]("6162", 1, 4)),
      ),
      () => Buffer.alloc(4).asciiWrite("abcdef", 1),
      () => Buffer.alloc(4).hexWrite("abcd", 5),
    ]),
  write: () =>
    table({
      cutCharacter: () => written(4, (bytes) => bytes.write("aé€")),
      utf16: () => written(3, (bytes) => bytes.write("abcd", "utf16le")),
      hex: () => written(3, (bytes) => bytes.write("abcdefgh", 1, "hex")),
      badHex: () => written(5, (bytes) => bytes.write("abczz", 0, "hex")),
      base64: () => written(3, (bytes) => bytes.write("\u0141QBC", 0, "base64")),
      length: () => written(5, (bytes) => bytes.write("abc", 1, 1)),
      number: () => written(2, (bytes) => bytes.write(5)),
      nothing: () => written(2, (bytes) => bytes.write()),
      offsetBeyond: () => Buffer.alloc(2).write("a", 3),
      lengthBeyond: () => Buffer.alloc(2).write("a", 0, 3),
      unknown: () => Buffer.alloc(2).write("a", "nope"),
      offsetNull: () => Buffer.alloc(2).write("a", null),
      offsetText: () => Buffer.alloc(4).write("abc", "1"),
    }),
  "swap-slice-json": () => ({
    swaps: table([
      () => hexOf(Buffer.from([1, 2, 3, 4]).swap16()),
      () => hexOf(Buffer.from([1, 2, 3, 4]).swap32()),
      () => hexOf(Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]).swap64()),
      () => Buffer.alloc(3).swap16(),
      () => Buffer.alloc(3).swap32(),
      () => Buffer.alloc(3).swap64(),
    ]),
    slices: [[1, 3], [-2], [4, 1], ["1"], [1, null], [0, 100], [-100, 2]].map((args) => String(sample().slice(...args))),
    json: JSON.stringify(sample()),
    parent: [sample().parent.byteLength, sample().offset, Buffer.prototype.parent === undefined],
    entries: [...Buffer.from([1, 2]).entries()],
  }),
  "read-integers": () => readings(/^readU?[Ii]nt/),
  "read-wide": () => readings(/^read(Big|Float|Double)/),
  "write-integers": () => writings(/^writeU?[Ii]nt/),
  "write-wide": () => writings(/^write(Big|Float|Double)/),
  "functions-of-the-module": () =>
    table({
      isAscii: () => [buffer.isAscii(sample()), buffer.isAscii(Buffer.from("é"))],
      isUtf8: () => [buffer.isUtf8(Buffer.from([0xff])), buffer.isUtf8(sample())],
      isAsciiBad: () => buffer.isAscii("x"),
      isUtf8Bad: () => buffer.isUtf8(5),
      objectUrl: () => buffer.resolveObjectURL("blob:x"),
      atob: () => buffer.atob("YQ=="),
      atobBad: () => buffer.atob("*"),
      btoa: () => buffer.btoa("a"),
      btoaBad: () => buffer.btoa("é€"),
    }),
  transcode: () => {
    const from = (text, encoding, to) => () => hexOf(buffer.transcode(Buffer.from(text, encoding), encoding, to));
    return table([
      from("€", "utf8", "latin1"),
      from("é", "utf8", "utf16le"),
      from("é", "utf8", "ascii"),
      from("é", "latin1", "utf8"),
      from("é€", "ucs2", "utf8"),
      from("é€", "ucs2", "binary"),
      from("😀", "utf8", "latin1"),
      from("😀", "utf8", "ucs2"),
      from("é", "utf8", "hex"),
      () => hexOf(buffer.transcode(Buffer.from([0xff]), "ascii", "utf8")),
      () => hexOf(buffer.transcode(Buffer.from([0xff]), "utf8", "utf8")),
      () => hexOf(buffer.transcode(Buffer.from([0xff]), "utf8", "latin1")),
      () => hexOf(buffer.transcode(Buffer.from([0x41, 0, 0x42]), "ucs2", "utf8")),
      () => buffer.transcode("x", "utf8", "latin1"),
      () => buffer.transcode(sample(), "nope", "utf8"),
      () => buffer.transcode(sample(), "utf8", "nope"),
    ]);
  },
  "engine-worded": () => [
    attemptEngine(() => Buffer.from(new BigInt64Array(1))),
    attemptEngine(() => Buffer.alloc(8).writeBigInt64LE(1)),
    attemptEngine(() => Buffer.alloc(8).writeInt8(1n)),
  ],
};
