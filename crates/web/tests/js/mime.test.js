import { assertEquals, test } from "holdfast:test";
import { parseMimeType, serializeMimeType } from "holdfast:web/mime";

function normalize(text) {
  const type = parseMimeType(text);
  return type === undefined ? undefined : serializeMimeType(type);
}

test("parse and serialize", () => {
  const cases = [
    ["text/plain", "text/plain"],
    ["  TEXT/Html ;Charset=UTF-8 ", "text/html;charset=UTF-8"],
    ["A/B; C=D", "a/b;c=D"],
    ["a/b;;c=d ;e=\"f g\"", "a/b;c=d;e=\"f g\""],
    ["a/b;c=\"quo\\\"ted\\\\\"", "a/b;c=\"quo\\\"ted\\\\\""],
    ["a/b;c=\"d\";e=f", "a/b;c=d;e=f"],
    ["a/b;c=\"open", "a/b;c=open"],
    ["a/b;c=\"\"", "a/b;c=\"\""],
    ["a/b;c=", "a/b"],
    ["a/b;c", "a/b"],
    ["a/b;c=1;C=2", "a/b;c=1"],
    ["a/b;c c=1", "a/b"],
    ["a/b;c=€", "a/b"],
    ["a/b;\t\r\n c=d", "a/b;c=d"],
    ["garbage", undefined],
    ["", undefined],
    ["/b", undefined],
    ["a/", undefined],
    ["a/b c", undefined],
    ["a b/c", undefined],
  ];
  for (const [input, expected] of cases) assertEquals(normalize(input), expected, input);
});
