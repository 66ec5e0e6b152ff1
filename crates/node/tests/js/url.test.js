import { assertEquals, assertThrows, test } from "holdfast:test";
import url from "holdfast:node/url";

test("format() gives back what parse() took apart", () => {
  for (const text of ["http://u:p@h:8/p?q=1#f", "mailto:a@b.c", "/a?b#c", "file:///a/b", "javascript:x()", "http://[::1]:80/", "#f", "?q"]) {
    assertEquals(url.format(url.parse(text)), text);
    assertEquals(url.format(url.parse(text, true)), text);
  }
});

test("the samples of RFC 3986 resolve as it says", () => {
  const base = "http://a/b/c/d;p?q";
  const samples = {
    "g:h": "g:h", g: "http://a/b/c/g", "./g": "http://a/b/c/g", "g/": "http://a/b/c/g/", "/g": "http://a/g", "//g": "http://g/", "?y": "http://a/b/c/d;p?y",
    "g?y": "http://a/b/c/g?y", "#s": "http://a/b/c/d;p?q#s", ";x": "http://a/b/c/;x", "": base, ".": "http://a/b/c/", "..": "http://a/b/", "../g": "http://a/b/g", "../..": "http://a/",
    "../../../g": "http://a/g", "g.": "http://a/b/c/g.", "./../g": "http://a/b/g", "g;x=1/../y": "http://a/b/c/y",
  };
  for (const [relative, expected] of Object.entries(samples)) assertEquals(url.resolve(base, relative), expected, relative);
});

test("resolving leaves both URLs as they were", () => {
  const [base, relative] = [url.parse("http://a/b"), url.parse("mailto:x@y", false, true)];
  const before = JSON.stringify([base, relative]);
  base.resolveObject(relative);
  assertEquals(JSON.stringify([base, relative]), before);
});

test("a path survives the way through a file URL", () => {
  for (const path of ["/a b/ü%#?.txt", "/", "/a/\n", "/back\\slash"]) assertEquals(url.fileURLToPath(url.pathToFileURL(path)), path);
  for (const path of ["C:\\a b\\c#.txt", "\\\\server\\share\\x"]) {
    assertEquals(url.fileURLToPath(url.pathToFileURL(path, { windows: true }), { windows: true }), path);
  }
});

test("hosts that could be taken for others are refused", () => {
  for (const text of ["http://a[b/", "http://xn--iñvalid.com/"]) assertThrows(() => url.parse(text), "Error", "Invalid URL");
});
