import { test, assert, assertEquals, assertThrows } from "holdfast:test";
import { TextDecoder, TextEncoder } from "holdfast:web/encoding";

const bytes = (...values) => new Uint8Array(values);

test("encode", () => {
  const encoder = new TextEncoder();
  assertEquals(encoder.encoding, "utf-8");
  assertEquals([...encoder.encode()], []);
  assertEquals([...encoder.encode(undefined)], []);
  assertEquals([...encoder.encode("aé€😀")], [97, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80]);
  assertEquals([...encoder.encode("\ud800x\udc00")], [0xef, 0xbf, 0xbd, 0x78, 0xef, 0xbf, 0xbd]);
  assertEquals([...encoder.encode(null)], [110, 117, 108, 108]);
  assert(encoder.encode("x") instanceof Uint8Array);
});

test("encodeInto writes whole characters only", () => {
  const cases = [
    ["hello", 5, 5, 5], ["hello", 3, 3, 3], ["é", 1, 0, 0], ["aé", 3, 2, 3], ["€€", 5, 1, 3], ["😀", 3, 0, 0],
    ["😀a", 4, 2, 4], ["\ud800", 3, 1, 3], ["\ud800", 2, 0, 0], ["", 5, 0, 0], ["abc", 0, 0, 0],
  ];
  for (const [text, room, read, written] of cases) {
    const target = new Uint8Array(room + 2).fill(0xee);
    assertEquals(new TextEncoder().encodeInto(text, target.subarray(0, room)), { read, written }, JSON.stringify(text));
    assert(target.subarray(written).every((byte) => byte === 0xee), "no byte beyond");
    assertEquals([...target.subarray(0, written)], [...new TextEncoder().encode(text.slice(0, read))]);
  }
  for (const wrong of [new ArrayBuffer(1), new Uint16Array(1), [1], null, undefined]) {
    assertThrows(() => new TextEncoder().encodeInto("a", wrong), TypeError,
      "Failed to execute 'encodeInto' on 'TextEncoder': parameter 2 is not of type 'Uint8Array'.");
  }
});

test("labels", () => {
  const names = { "utf8": "utf-8", " UTF-8\n": "utf-8", "latin1": "windows-1252", "ascii": "windows-1252", "ucs-2": "utf-16le",
    "unicodefffe": "utf-16be", "sjis": "shift_jis", "GB2312": "gbk", "x-mac-cyrillic": "x-mac-cyrillic", "visual": "iso-8859-8",
    "csiso88598i": "iso-8859-8-i", "koi8-ru": "koi8-u", "x-user-defined": "x-user-defined" };
  for (const [label, name] of Object.entries(names)) assertEquals(new TextDecoder(label).encoding, name);
  for (const label of ["", "utf-7", "replacement", "iso-2022-kr", "utf-8\u00a0", "null"]) {
    assertThrows(() => new TextDecoder(label), RangeError, `"${label}" is not a valid encoding.`);
  }
});

test("options", () => {
  const decoder = new TextDecoder("utf-8", { fatal: 1, ignoreBOM: "" });
  assertEquals([decoder.fatal, decoder.ignoreBOM], [true, false]);
  assertEquals([new TextDecoder(undefined, null).encoding, new TextDecoder().fatal], ["utf-8", false]);
  assertThrows(() => new TextDecoder("utf-8", 5), TypeError);
});

test("decode: what may be given", () => {
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(), "");
  assertEquals(decoder.decode(undefined), "");
  assertEquals(decoder.decode(bytes(97).buffer), "a");
  assertEquals(decoder.decode(new DataView(bytes(97, 98, 99).buffer, 1, 1)), "b");
  assertEquals(decoder.decode(new Uint16Array([0x6261])), "ab");
  const detached = bytes(97);
  detached.buffer.transfer();
  assertEquals(decoder.decode(detached), "");
  for (const wrong of ["x", null, 5, {}, [97]]) {
    assertThrows(() => decoder.decode(wrong), TypeError, "Failed to execute 'decode' on 'TextDecoder': parameter 1 is not of type 'Array'.");
  }
});

test("malformed UTF-8: one U+FFFD for each maximal part, or an error", () => {
  const cases = [
    [[0xff], "\ufffd"], [[0xc3], "\ufffd"], [[0xe2, 0x82], "\ufffd"], [[0xe2, 0x82, 0x41], "\ufffdA"],
    [[0xf0, 0x9f, 0x98], "\ufffd"], [[0xc0, 0x80], "\ufffd\ufffd"], [[0xed, 0xa0, 0x80], "\ufffd\ufffd\ufffd"],
    [[0xf5, 0x80], "\ufffd\ufffd"], [[0xe0, 0x80, 0x80], "\ufffd\ufffd\ufffd"],
  ];
  for (const [input, text] of cases) {
    assertEquals(new TextDecoder().decode(bytes(...input)), text);
    assertThrows(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes(...input)), TypeError, "Failed to decode input.");
  }
});

test("byte order marks", () => {
  const utf8 = bytes(0xef, 0xbb, 0xbf, 0x61);
  assertEquals(new TextDecoder().decode(utf8), "a");
  assertEquals(new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8), "\ufeffa");
  assertEquals(new TextDecoder("utf-8", { fatal: true }).decode(utf8), "a");
  assertEquals(new TextDecoder("utf-16le").decode(bytes(0xff, 0xfe, 0x61, 0)), "a");
  assertEquals(new TextDecoder("utf-16be").decode(bytes(0xfe, 0xff, 0, 0x61)), "a");
  assertEquals(new TextDecoder("utf-16le").decode(bytes(0xfe, 0xff)), "\ufffe");
  assertEquals(new TextDecoder("windows-1252").decode(utf8), "ï»¿a");
});

test("other encodings", () => {
  const cases = [
    ["windows-1252", [0x80, 0xe9, 0x81], "€é\x81"],
    ["iso-8859-2", [0xb1, 0xe6], "ąć"],
    ["shift_jis", [0x93, 0xfa, 0x96, 0x7b], "日本"],
    ["euc-jp", [0xc6, 0xfc], "日"],
    ["gb18030", [0xc4, 0xe3, 0x81, 0x30, 0x81, 0x30], "你\x80"],
    ["big5", [0xa7, 0x41], "你"],
    ["euc-kr", [0xb0, 0xa1], "가"],
    ["koi8-r", [0xc1], "а"],
    ["utf-16be", [0xd8, 0x3d, 0xde, 0x00, 0xd8, 0x00], "😀\ufffd"],
    ["x-user-defined", [0x80], "\uf780"],
  ];
  for (const [label, input, text] of cases) assertEquals(new TextDecoder(label).decode(bytes(...input)), text, label);
});

test("streaming keeps cut characters and removes one mark at the start", () => {
  const decoder = new TextDecoder();
  let text = "";
  for (const byte of [0xef, 0xbb, 0xbf, 0xf0, 0x9f, 0x98, 0x80, 0xe2, 0x82]) text += decoder.decode(bytes(byte), { stream: true });
  assertEquals(text, "😀");
  assertEquals(decoder.decode(), "\ufffd");
  assertEquals(decoder.decode(bytes(0xef, 0xbb, 0xbf, 0x62)), "b");
  assertEquals(decoder.decode(bytes(0xe2), { stream: true }), "");
  assertEquals(decoder.decode(bytes(0x82, 0xac)), "€");
});

test("an error in a stream starts it afresh", () => {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  assertEquals(decoder.decode(bytes(0xe2), { stream: true }), "");
  assertThrows(() => decoder.decode(bytes(0x41), { stream: true }), TypeError, "Failed to decode input.");
  assertEquals(decoder.decode(bytes(0x41)), "A");
  assertEquals(decoder.decode(bytes(0xe2, 0x82), { stream: true }), "");
  assertThrows(() => decoder.decode(), TypeError);
});

test("large texts survive both ways", () => {
  const text = "aé€😀".repeat(50_000);
  assertEquals(new TextDecoder().decode(new TextEncoder().encode(text)) === text, true);
  const ascii = "x".repeat(1_000_000);
  assertEquals(new TextDecoder("utf-8", { fatal: true }).decode(new TextEncoder().encode(ascii)) === ascii, true);
});

test("shape", () => {
  assertEquals([TextDecoder.length, TextEncoder.length, TextEncoder.prototype.encodeInto.length], [0, 0, 0]);
  assertEquals(String(new TextEncoder()), "[object TextEncoder]");
  assertThrows(() => TextDecoder.prototype.encoding, TypeError);
  assertThrows(() => TextEncoder.prototype.encode.call({}, "x"), TypeError);
});
