import { assertEquals, assertThrows, test } from "holdfast:test";
import path, { win32 } from "holdfast:node/path";

test("relative() leads from one path to the other", () => {
  for (const [from, to] of [["/a/b/c", "/a/d"], ["/", "/x/y"], ["/x/y", "/"], ["a", "b/c"], ["/a/bc", "/a/b"]]) {
    assertEquals(path.resolve(from, path.relative(from, to)), path.resolve(to));
  }
  for (const [from, to] of [["C:\\a\\b", "C:\\a\\c"], ["C:\\", "C:\\x"], ["C:\\a", "D:\\b"], ["\\\\s\\x\\a", "\\\\s\\x\\b\\c"]]) {
    assertEquals(win32.resolve(from, win32.relative(from, to)), win32.resolve(to));
  }
});

test("format() undoes parse()", () => {
  for (const text of ["/home/u/file.txt", "./a/.b", "/", "a", "../x.y.z", "/a/b"]) assertEquals(path.format(path.parse(text)), text);
  for (const text of ["C:\\a\\b.txt", "\\\\server\\share\\x", "a\\b"]) assertEquals(win32.format(win32.parse(text)), text);
});

test("nothing leads above the root", () => {
  assertEquals(path.resolve("/../../a"), "/a");
  assertEquals(path.join("/", "..", "a"), "/a");
  assertEquals(win32.normalize("C:\\..\\..\\a"), "C:\\a");
});

test("only strings are paths", () => {
  for (const name of ["normalize", "dirname", "basename", "extname", "parse", "join", "resolve"]) {
    assertThrows(() => path[name](5), TypeError, /must be of type string. Received type number \(5\)/);
  }
});
