// node:string_decoder, node:querystring and node:punycode.

import { assertEquals, assertThrows, test } from "holdfast:test";
import { Buffer } from "holdfast:node/buffer";
import punycode from "holdfast:node/punycode";
import querystring from "holdfast:node/querystring";
import { StringDecoder } from "holdfast:node/string_decoder";

test("a decoder gives the same text however the bytes are cut", () => {
  const text = "aé€😀z";
  for (const encoding of ["utf8", "utf16le", "base64", "base64url", "hex", "latin1"]) {
    const bytes = Buffer.from(text, encoding === "utf16le" ? "utf16le" : "utf8");
    const whole = bytes.toString(encoding);
    for (let size = 1; size <= bytes.length; size++) {
      const decoder = new StringDecoder(encoding);
      let got = "";
      for (let i = 0; i < bytes.length; i += size) got += decoder.write(bytes.subarray(i, i + size));
      assertEquals(got + decoder.end(), whole, `${encoding} in pieces of ${size}`);
    }
  }
});

test("what is not complete at the end shows as replacement characters", () => {
  const decoder = new StringDecoder("utf8");
  assertEquals([decoder.write(Buffer.from([0xe2, 0x82])), decoder.end()], ["", "\ufffd"]);
  assertEquals(decoder.write(Buffer.from("a")), "a");
});

test("a query's fields come back", () => {
  const fields = { a: ["1", "2"], "b c": "d&e=f", é: "😀", empty: "" };
  assertEquals({ ...querystring.parse(querystring.stringify(fields)) }, fields);
});

test("a query has at most maxKeys fields", () => {
  const text = Array.from({ length: 1500 }, (_, i) => `k${i}=v`).join("&");
  assertEquals(Object.keys(querystring.parse(text)).length, 1000);
  assertEquals(Object.keys(querystring.parse(text, null, null, { maxKeys: 0 })).length, 1500);
});

test("half a surrogate pair cannot be escaped", () => {
  assertThrows(() => querystring.escape("\ud800"), "URIError", "URI malformed");
});

test("punycode of RFC 3492's samples comes back", () => {
  const samples = [
    ["ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"],
    ["他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"],
    ["Pročprostěnemluvíčesky", "Proprostnemluvesky-uyb24dma41a"],
    ["3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"],
  ];
  for (const [text, encoded] of samples) {
    assertEquals(punycode.encode(text), encoded);
    assertEquals(punycode.decode(encoded), text);
  }
});
