import { assert, assertEquals, assertThrows, test } from "holdfast:test";
import { Buffer, isAscii, isUtf8, kMaxLength, transcode } from "holdfast:node/buffer";

const hex = (bytes) => Buffer.from(bytes).toString("hex");

test("a Buffer is a Uint8Array, and its parts are Buffers over the same memory", () => {
  const bytes = Buffer.from("abcdef");
  assert(bytes instanceof Uint8Array);
  assert(bytes instanceof Buffer);
  for (const part of [bytes.slice(1, 3), bytes.subarray(1, 3)]) {
    assert(part instanceof Buffer);
    part[0] = 0x42;
    assertEquals(bytes[1], 0x42);
  }
  assert(bytes.map((byte) => byte + 1) instanceof Buffer);
});

test("memory is never shared with another Buffer", () => {
  assertEquals(Buffer.poolSize, 0);
  for (const bytes of [Buffer.from("abc"), Buffer.allocUnsafe(3), Buffer.from([1, 2, 3]), Buffer.concat([Buffer.alloc(3)])]) {
    assertEquals(bytes.buffer.byteLength, 3);
  }
  assertEquals([...Buffer.allocUnsafe(3)], [0, 0, 0]);
});

test("every encoding comes back as it went", () => {
  const text = "aé€😀";
  for (const encoding of ["utf8", "utf16le"]) assertEquals(Buffer.from(text, encoding).toString(encoding), text);
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  for (const encoding of ["latin1", "hex", "base64", "base64url"]) {
    assertEquals(hex(Buffer.from(Buffer.from(bytes).toString(encoding), encoding)), hex(bytes), encoding);
  }
});

test("base64 and hexadecimal digits are read leniently", () => {
  assertEquals(String(Buffer.from("YW Jj\nZA", "base64")), "abcd");
  assertEquals(hex(Buffer.from("-_-_", "base64")), "fbffbf");
  assertEquals(String(Buffer.from("YQ==YQ==", "base64")), "a");
  assertEquals(hex(Buffer.from("abcz12", "hex")), "ab");
});

test("bytes that are no UTF-8 become replacement characters, lone surrogates too", () => {
  assertEquals(Buffer.from([0xff, 0xe2, 0x82, 0x41]).toString(), "\ufffd\ufffdA");
  assertEquals(hex(Buffer.from("a\ud800")), "61efbfbd");
});

test("a large text crosses in one piece", () => {
  const text = "é".repeat(1 << 20);
  const bytes = Buffer.from(text);
  assertEquals(bytes.length, 2 << 20);
  assert(bytes.toString() === text);
  assert(Buffer.from(bytes.toString("base64"), "base64").equals(bytes));
});

test("write() does not cut characters", () => {
  const bytes = Buffer.alloc(4);
  assertEquals([bytes.write("aé€"), hex(bytes)], [3, "61c3a900"]);
});

test("numbers of every width are read as they were written", () => {
  const bytes = Buffer.alloc(16);
  for (const size of [1, 2, 3, 4, 5, 6]) {
    for (const order of ["LE", "BE"]) {
      for (const value of [0, 1, 2 ** (size * 8 - 1) - 1, -(2 ** (size * 8 - 1)), -1]) {
        assertEquals(bytes[`writeInt${order}`](value, 3, size), 3 + size);
        assertEquals(bytes[`readInt${order}`](3, size), value, `${order} ${size} ${value}`);
      }
      const most = 2 ** (size * 8) - 1;
      bytes[`writeUInt${order}`](most, 3, size);
      assertEquals(bytes[`readUInt${order}`](3, size), most);
    }
  }
  for (const kind of ["FloatLE", "FloatBE", "DoubleLE", "DoubleBE"]) {
    bytes[`write${kind}`](-1.5, 2);
    assertEquals(bytes[`read${kind}`](2), -1.5);
  }
  for (const kind of ["BigInt64LE", "BigInt64BE"]) {
    bytes[`write${kind}`](-5n, 1);
    assertEquals(bytes[`read${kind}`](1), -5n);
  }
});

test("the two names of methods for unsigned numbers are one method", () => {
  assert(Buffer.prototype.readUInt16LE === Buffer.prototype.readUint16LE);
  assert(Buffer.prototype.writeBigUInt64BE === Buffer.prototype.writeBigUint64BE);
});

test("what lies outside is refused", () => {
  assertThrows(() => Buffer.alloc(2).readInt32LE(), RangeError, "Attempt to access memory outside buffer bounds");
  assertThrows(() => Buffer.alloc(8).readInt32LE(5), RangeError, /It must be >= 0 and <= 4/);
  assertThrows(() => Buffer.alloc(8).writeInt8(128), RangeError, /It must be >= -128 and <= 127/);
  assertThrows(() => Buffer.alloc(kMaxLength + 1), RangeError, /"size" is out of range/);
  assertThrows(() => Buffer.alloc(-1), RangeError);
});

test("search finds bytes, texts and numbers from either end", () => {
  const bytes = Buffer.from("this is a buffer is");
  assertEquals([bytes.indexOf("is"), bytes.indexOf("is", 3), bytes.lastIndexOf("is"), bytes.lastIndexOf("is", 5)], [2, 5, 17, 5]);
  assertEquals([bytes.indexOf(Buffer.from("buf")), bytes.indexOf(0x62), bytes.includes("nope")], [10, 10, false]);
  assertEquals(Buffer.from("\u0061\u6100", "utf16le").indexOf("\u6100", 0, "utf16le"), 2);
});

test("fill repeats its pattern", () => {
  assertEquals(String(Buffer.alloc(7, "abc")), "abcabca");
  assertEquals(hex(Buffer.alloc(5).fill(Buffer.from([1, 2]), 1)), "0001020102");
});

test("copying within one Buffer minds the overlap", () => {
  const bytes = Buffer.from("abcdef");
  assertEquals(bytes.copy(bytes, 2, 0, 4), 4);
  assertEquals(String(bytes), "ababcd");
});

test("concat and compare", () => {
  assertEquals(String(Buffer.concat([Buffer.from("ab"), new Uint8Array([99])])), "abc");
  assertEquals(hex(Buffer.concat([Buffer.from([1, 2, 3])], 2)), "0102");
  assertEquals([Buffer.from("a").compare(Buffer.from("b")), Buffer.compare(Buffer.from("ab"), Buffer.from("a"))], [-1, 1]);
  assertEquals(Buffer.from("xaby").compare(Buffer.from("ab"), 0, 2, 1, 3), 0);
});

test("JSON and back", () => {
  assertEquals(String(Buffer.from(JSON.parse(JSON.stringify(Buffer.from("abc"))))), "abc");
});

test("functions of the module", () => {
  assert(isAscii(Buffer.from("abc")) && !isAscii(Buffer.from("é")));
  assert(isUtf8(Buffer.from("é")) && !isUtf8(Buffer.from([0xff])));
  assertEquals(hex(transcode(Buffer.from("é"), "utf8", "latin1")), "e9");
});
