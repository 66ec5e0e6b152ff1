// node:string_decoder, node:querystring and node:punycode.

import punycode from "node:punycode";
import querystring from "node:querystring";
import { StringDecoder } from "node:string_decoder";
import { describeProperties, table } from "./tools.js";

const decode = (encoding, ...pieces) => () => {
  const decoder = new StringDecoder(encoding);
  return [...pieces.map((bytes) => decoder.write(Buffer.from(bytes))), decoder.end()];
};
const parse = (...args) => () => querystring.parse(...args);
const stringify = (...args) => () => querystring.stringify(...args);

export default {
  "decoder-utf8": () =>
    table([
      decode("utf8", [0xe2, 0x82], [0xac]),
      decode("utf8", [0xe2], [0x41]),
      decode("utf8", [0xf0, 0x9f, 0x98], []),
      decode(undefined, [0xc3], [0xa9, 0xc3]),
      decode("utf8", [0xff, 0xe2, 0x82]),
      decode("utf8", [0x80, 0x80]),
      decode("utf8", [0xed, 0xa0], [0x80]),
      decode("utf8", [0xf0, 0x9f], [0x98], [0x80]),
      decode("utf8", [0xe2, 0x82, 0xac, 0xe2]),
      decode("utf8", [0xc3], [0x28]),
      decode("nope", [1]),
    ]),
  "decoder-others": () =>
    table([
      decode("utf16le", [0x61], [0, 0x3d, 0xd8], [0, 0xde]),
      decode("utf16le", [0x61, 0, 0x3d, 0xd8]),
      decode("utf16le", [0x61]),
      decode("ucs2", [0x61, 0, 0x62]),
      decode("base64", [1], [2], [3, 4]),
      decode("base64url", [0xff, 0xfe], [0xfd]),
      decode("hex", [1, 2], [3]),
      decode("latin1", [0xe9]),
      decode("ascii", [0xe9]),
      decode("binary", [1]),
    ]),
  "decoder-members": () => {
    const decoder = new StringDecoder();
    return {
      own: describeProperties(decoder),
      prototype: describeProperties(StringDecoder.prototype),
      calls: table([
        () => decoder.write("str"),
        () => decoder.write(5),
        () => decoder.encoding,
        () => decoder.end(Buffer.from([0xc3])),
        () => decoder.end(),
        () => decoder.write(new Uint8Array([0xc3])),
        () => [decoder.lastNeed, decoder.lastTotal, decoder.lastChar],
        () => decoder.text(Buffer.from("abcd"), 2),
        () => decoder.write(new DataView(new ArrayBuffer(2))),
      ]),
    };
  },
  "querystring-stringify": () =>
    table([
      stringify({ a: "b c", d: ["e", "f"], g: 1, h: true, i: null, j: undefined, k: NaN, l: {}, m: 10n, n: Infinity, "é ": "ü~!*()'" }),
      stringify("x"),
      stringify(),
      stringify({ a: "b" }, ";", ":"),
      stringify({ a: "b c" }, null, null, { encodeURIComponent: (text) => `<${text}>` }),
      stringify({ a: [] }),
      stringify({ a: ["", 1, null] }),
      stringify({ a: "\udc00" }),
      stringify({ a: "😀" }),
      () => querystring.escape("a b&c=é"),
      () => querystring.escape(5),
      () => querystring.escape({}),
    ]),
  "querystring-parse": () =>
    table([
      parse("a=b&a=c&d=&e&=f&g%20h=i+j"),
      parse("a:b;c:d", ";", ":"),
      parse("a=%zz&b=%E4&c=%C3%A4"),
      parse("a=1&b=2&c=3", null, null, { maxKeys: 2 }),
      parse("a=1&b=2", null, null, { maxKeys: 0 }),
      parse(""),
      parse("a=b=c"),
      parse("a=1", null, null, { decodeURIComponent: () => { throw new Error("no"); } }),
      parse("a=1&b=%20", null, null, { decodeURIComponent: (text) => `<${text}>` }),
      parse("&&a=1&&"),
      parse("a==b", "=="),
      parse("a&&b=1&c=2", "&&"),
      parse(5),
      parse("%u=1"),
      parse("a%26=1"),
      parse("a=%F0%9F%98%80"),
      parse("__proto__=1"),
      () => querystring.unescape("a%20b%zz+"),
      () => querystring.unescape("%E4%41"),
      () => querystring.unescapeBuffer("a%20b%z").toString(),
      () => [querystring.decode === querystring.parse, querystring.encode === querystring.stringify],
    ]),
  punycode: () =>
    table([
      () => punycode.encode("mañana"),
      () => punycode.encode("☃-⌘"),
      () => punycode.encode("abc"),
      () => punycode.encode(""),
      () => punycode.decode("maana-pta"),
      () => punycode.decode("--dqo34k"),
      () => punycode.decode("é"),
      () => punycode.decode("a-b-c!"),
      () => punycode.decode("99999999"),
      () => punycode.toASCII("mañana.com"),
      () => punycode.toASCII("a@mañana。com"),
      () => punycode.toASCII("MAÑANA.com"),
      () => punycode.toUnicode("a@xn--maana-pta.com"),
      () => punycode.toUnicode("xn--nope-"),
      () => punycode.ucs2.decode("a😀\ud800"),
      () => punycode.ucs2.encode([97, 0x1f600]),
      () => punycode.version,
      () => describeProperties(punycode.ucs2),
    ]),
};
