import { test, assertEquals, assertThrows } from "holdfast:test";
import { atob, btoa } from "holdfast:web/base64";
import { DOMException } from "holdfast:web/dom_exception";

test("btoa", () => {
  const cases = [["", ""], ["a", "YQ=="], ["ab", "YWI="], ["abc", "YWJj"], ["\xff\0", "/wA="], [undefined, "dW5kZWZpbmVk"], [1.5, "MS41"]];
  for (const [input, output] of cases) assertEquals(btoa(input), output);
  const error = assertThrows(() => btoa("ok\u0100"), DOMException,
    "btoa() can only operate on characters in the Latin1 (ISO/IEC 8859-1) range.");
  assertEquals(error.name, "InvalidCharacterError");
  assertThrows(() => btoa(), TypeError);
});

test("atob is forgiving about white space, padding and stray bits", () => {
  const cases = [
    ["", ""], ["YQ==", "a"], ["YQ", "a"], ["YWI=", "ab"], ["YWI", "ab"], [" Y\tQ\n=\f=\r", "a"], ["YR", "a"], ["YWJ", "ab"],
    ["/wA=", "\xff\0"], [null, "\x9e\xe9e"], [12, "\xd7"],
  ];
  for (const [input, output] of cases) assertEquals(atob(input), output, JSON.stringify(input));
});

test("atob refuses the rest", () => {
  const wrong = ["Y", "YQ=", "YQ===", "=", "==", "====", "Y=Q=", "YWJj=", "YQ==YQ==", "YQ-_", "é", "\u0100", "YQ\u00a0", "YQ\v", "ab\0=", undefined];
  for (const input of wrong) {
    const error = assertThrows(() => atob(input), DOMException, /^atob\(\) called with invalid base64-encoded data\. \(Only whitespace/);
    assertEquals([error.name, error.code], ["InvalidCharacterError", 5], JSON.stringify(input));
  }
  assertThrows(() => atob(), TypeError);
});

test("all bytes survive", () => {
  const all = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("");
  for (let length = 250; length <= 256; length++) assertEquals(atob(btoa(all.slice(0, length))), all.slice(0, length));
});
