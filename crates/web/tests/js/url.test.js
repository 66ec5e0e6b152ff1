import { test, assert, assertEquals, assertThrows } from "holdfast:test";
import { URL } from "holdfast:web/url";
import { URLSearchParams } from "holdfast:web/url_search_params";

const PARTS = ["protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash", "origin"];

function parts(input, base) {
  const url = new URL(input, base);
  return Object.fromEntries(PARTS.map((name) => [name, url[name]]));
}

test("all components", () => {
  assertEquals(parts("https://us%20er:pa%3Ass@Example.COM:8080/a/./b/../c?x=1&y=%20#frag ment"), {
    protocol: "https:", username: "us%20er", password: "pa%3Ass", host: "example.com:8080", hostname: "example.com",
    port: "8080", pathname: "/a/c", search: "?x=1&y=%20", hash: "#frag%20ment", origin: "https://example.com:8080",
  });
});

test("components that are missing", () => {
  assertEquals(parts("http://h"), {
    protocol: "http:", username: "", password: "", host: "h", hostname: "h", port: "", pathname: "/", search: "",
    hash: "", origin: "http://h",
  });
  assertEquals(parts("mailto:a@b?c#d"), {
    protocol: "mailto:", username: "", password: "", host: "", hostname: "", port: "", pathname: "a@b", search: "?c",
    hash: "#d", origin: "null",
  });
  assertEquals(parts("http://:secret@h/"), {
    protocol: "http:", username: "", password: "secret", host: "h", hostname: "h", port: "", pathname: "/", search: "",
    hash: "", origin: "http://h",
  });
});

test("empty query and fragment stay in href and read as empty", () => {
  const url = new URL("http://h/?#");
  assertEquals([url.href, url.search, url.hash], ["http://h/?#", "", ""]);
});

// [input, base, href or null]
const PARSING = [
  ["http://example\t.\norg", undefined, "http://example.org/"],
  ["http://user:pass@foo:21/bar;par?b#c", undefined, "http://user:pass@foo:21/bar;par?b#c"],
  ["https:foo.com", undefined, "https://foo.com/"],
  ["\t   :foo.com   \n", "http://example.org/foo/bar", "http://example.org/foo/:foo.com"],
  [" foo.com  ", "http://example.org/foo/bar", "http://example.org/foo/foo.com"],
  ["http://f:00000000000000/c", undefined, "http://f:0/c"],
  ["http://f:80/c", undefined, "http://f/c"],
  ["https://f:443/", undefined, "https://f/"],
  ["http://f:b/c", undefined, null],
  ["http://f:65536/c", undefined, null],
  ["http://f: /c", undefined, null],
  ["", "http://example.org/foo/bar", "http://example.org/foo/bar"],
  ["", undefined, null],
  ["//foo/bar", "http://example.org/a", "http://foo/bar"],
  ["///foo", "http://example.org/a", "http://foo/"],
  ["\\\\foo\\bar", "http://example.org/a", "http://foo/bar"],
  ["/a/b/../../../c", "http://example.org/x/y", "http://example.org/c"],
  ["?q", "http://example.org/a?b#c", "http://example.org/a?q"],
  ["#f", "http://example.org/a?b#c", "http://example.org/a?b#f"],
  ["#f", "mailto:x", "mailto:x#f"],
  ["x", "mailto:y", null],
  ["/x", "relative", null],
  ["http://[::1]/", undefined, "http://[::1]/"],
  ["http://[1:0::0:1]:90/", undefined, "http://[1::1]:90/"],
  ["http://[::127.0.0.1]", undefined, "http://[::7f00:1]/"],
  ["http://[www.google.com]/", undefined, null],
  ["http://[::1", undefined, null],
  ["http://192.0x00A80001", undefined, "http://192.168.0.1/"],
  ["http://0300.168.0.0xF0", undefined, "http://192.168.0.240/"],
  ["http://256.256.256.256/", undefined, null],
  ["http://1.2.3.4.5/", undefined, null],
  ["http://4294967295", undefined, "http://255.255.255.255/"],
  ["http://faß.ExAmPlE/", undefined, "http://xn--fa-hia.example/"],
  ["http://日本語.jp/パス?クエリ#断片", undefined,
    "http://xn--wgv71a119e.jp/%E3%83%91%E3%82%B9?%E3%82%AF%E3%82%A8%E3%83%AA#%E6%96%AD%E7%89%87"],
  ["http://Goo%20 goo%7C|.com", undefined, null],
  ["http://ho%20st/", undefined, null],
  ["http://ho%73t/", undefined, "http://host/"],
  ["http://a b/", undefined, null],
  ["http://a<b", undefined, null],
  ["non-special://a b/", undefined, null],
  ["non-special://h:80/p", undefined, "non-special://h:80/p"],
  ["non-special:opaque path", undefined, "non-special:opaque path"],
  ["data:text/plain,a b#c d", undefined, "data:text/plain,a b#c%20d"],
  ["javascript:alert(1)", undefined, "javascript:alert(1)"],
  ["file:///C:/a/../b", undefined, "file:///C:/b"],
  ["file:c:\\foo\\bar.html", "file:///tmp/mock/path", "file:///c:/foo/bar.html"],
  ["file://localhost/x", undefined, "file:///x"],
  ["file://example:1/", undefined, null],
  ["/..//localhost//pork", "file://lion/", "file://lion//localhost//pork"],
  ["http://h/%2e%2E/a/%2e", undefined, "http://h/a/"],
  ["http://h/a%2fb", undefined, "http://h/a%2fb"],
  ["http://h/\"<>`{}|^", undefined, "http://h/%22%3C%3E%60%7B%7D|%5E"],
  ["http://h/?\"'<>`", undefined, "http://h/?%22%27%3C%3E`"],
  ["x://h/?\"'<>`", undefined, "x://h/?%22'%3C%3E`"],
  ["http://h/#\"'<>`", undefined, "http://h/#%22'%3C%3E%60"],
  ["http://a@b@c/", undefined, "http://a%40b@c/"],
  ["http://@h", undefined, "http://h/"],
  ["http://user@/www", undefined, null],
  ["http:@/www", undefined, null],
  ["http://", undefined, null],
  ["blob:https://example.com:443/id", undefined, "blob:https://example.com:443/id"],
  ["WSS://Host:443/", undefined, "wss://host/"],
  ["a.b+c-1:x", undefined, "a.b+c-1:x"],
  ["1a:x", undefined, null],
  ["http://\ud800", undefined, null],
  ["http://h/\ud800", undefined, "http://h/%EF%BF%BD"],
  ["http://h/?\udc00", undefined, "http://h/?%EF%BF%BD"],
];

for (const [input, base, href] of PARSING) {
  test(`parse ${JSON.stringify(input)}${base === undefined ? "" : ` on ${base}`}`, () => {
    if (href === null) {
      assertThrows(() => new URL(input, base), TypeError, "Invalid URL string.");
      assertEquals(URL.parse(input, base), null);
    } else {
      assertEquals(new URL(input, base).href, href);
      assertEquals(URL.parse(input, base).href, href);
    }
    assertEquals(URL.canParse(input, base), href !== null);
  });
}

// [href, property, value, href after]
const SETTING = [
  ["http://h/", "protocol", "https", "https://h/"],
  ["http://h/", "protocol", "https:foo", "https://h/"],
  ["http://h/", "protocol", "x", "http://h/"],
  ["x://h/", "protocol", "http", "x://h/"],
  ["https://h:80/", "protocol", "http", "http://h/"],
  ["http://h/", "protocol", "", "http://h/"],
  ["http://h/", "protocol", "é", "http://h/"],
  ["http://u@h/", "protocol", "file", "http://u@h/"],
  ["http://h/", "username", "a b:c", "http://a%20b%3Ac@h/"],
  ["http://a:b@h/", "username", "", "http://:b@h/"],
  ["mailto:x", "username", "a", "mailto:x"],
  ["file:///x", "username", "a", "file:///x"],
  ["http://a@h/", "password", "p@q", "http://a:p%40q@h/"],
  ["http://a:b@h/", "password", "", "http://a@h/"],
  ["http://h/", "host", "x:99", "http://x:99/"],
  ["http://h:1/", "host", "x", "http://x:1/"],
  ["http://h:1/", "host", "x:80", "http://x/"],
  ["http://h/", "host", "", "http://h/"],
  ["http://h/", "host", "a/b", "http://a/"],
  ["http://h/", "host", "a?b", "http://a/"],
  ["http://h/", "host", "x:65536", "http://x/"],
  ["http://h:5/", "host", "x:y", "http://x:5/"],
  ["http://h/", "host", "a b", "http://h/"],
  ["mailto:x", "host", "a", "mailto:x"],
  ["file:///x", "host", "a:1", "file:///x"],
  ["http://h:1/", "hostname", "x", "http://x:1/"],
  ["http://h:1/", "hostname", "x:2", "http://h:1/"],
  ["http://h/", "hostname", "0x7f.1", "http://127.0.0.1/"],
  ["http://h/", "hostname", "[::1]", "http://[::1]/"],
  ["http://h/", "hostname", "", "http://h/"],
  ["x://h/", "hostname", "", "x:///"],
  ["http://h/", "port", "90", "http://h:90/"],
  ["http://h:90/", "port", "80", "http://h/"],
  ["http://h:90/", "port", "", "http://h/"],
  ["http://h:90/", "port", "91abc", "http://h:91/"],
  ["http://h:90/", "port", "abc", "http://h:90/"],
  ["http://h:90/", "port", "65536", "http://h:90/"],
  ["http://h:90/", "port", " 9", "http://h:90/"],
  ["file:///x", "port", "1", "file:///x"],
  ["http://h/a", "pathname", "b/../c d", "http://h/c%20d"],
  ["http://h/a", "pathname", "", "http://h/"],
  ["http://h/a", "pathname", "?#", "http://h/%3F%23"],
  ["http://h/a", "pathname", "\\x\\y", "http://h/x/y"],
  ["mailto:x", "pathname", "y", "mailto:x"],
  ["http://h/?a#f", "search", "b c", "http://h/?b%20c#f"],
  ["http://h/?a#f", "search", "?b", "http://h/?b#f"],
  ["http://h/?a#f", "search", "", "http://h/#f"],
  ["http://h/?a", "search", "?", "http://h/?"],
  ["http://h/?a", "search", "??", "http://h/??"],
  ["http://h/?a", "search", "#", "http://h/?%23"],
  ["http://h/?a", "hash", "x y", "http://h/?a#x%20y"],
  ["http://h/?a#b", "hash", "", "http://h/?a"],
  ["http://h/", "hash", "#", "http://h/#"],
  ["http://h/", "hash", "##a", "http://h/##a"],
  ["mailto:x", "hash", "a", "mailto:x#a"],
];

for (const [href, property, value, expected] of SETTING) {
  test(`${href}: ${property} = ${JSON.stringify(value)}`, () => {
    const url = new URL(href);
    url[property] = value;
    assertEquals(url.href, expected);
    // The offsets are those of the new URL.
    assertEquals(parts(url.href)[property], url[property]);
  });
}

test("href can be set to a URL only", () => {
  const url = new URL("http://h/?a=1");
  url.href = "https://x/?b=2";
  assertEquals([url.host, url.searchParams.get("b")], ["x", "2"]);
  assertThrows(() => (url.href = "foo"), TypeError,
    "Failed to set the 'href' property on 'URL': the provided value is not of type 'valid URL string'.");
  assertEquals(url.href, "https://x/?b=2");
});

test("origins", () => {
  const origins = [
    "ftp://h:21/", "wss://h:444/", "file:///x", "data:x", "blob:https://a:8/id", "blob:d3958f5c", "blob:ftp://h/", "x://h",
  ].map((href) => new URL(href).origin);
  assertEquals(origins, ["ftp://h", "wss://h:444", "null", "null", "https://a:8", "null", "null", "null"]);
  const url = new URL("http://h");
  assertThrows(() => {
    "use strict";
    url.origin = "x";
  }, TypeError);
});

test("shape", () => {
  const url = new URL("http://h");
  assertEquals([`${url}`, JSON.stringify({ url }), URL.length], ["http://h/", '{"url":"http://h/"}', 0]);
  assertEquals(Object.prototype.toString.call(url), "[object URL]");
  assertEquals(Object.keys(url), []);
  assert(Object.keys(URL.prototype).includes("searchParams"));
  assert(Object.getOwnPropertyDescriptor(URL, "canParse").enumerable);
  assertThrows(() => URL.createObjectURL("x"), TypeError);
  assertThrows(() => URL.createObjectURL(new Blob([])), Error, "URL.createObjectURL() is not implemented");
  assertThrows(() => URL.revokeObjectURL("blob:x"), Error, "URL.revokeObjectURL() is not implemented");
  assertThrows(() => URL.prototype.href, TypeError);
  assertThrows(() => new URL(), TypeError);
  assertThrows(() => URL("http://h"), TypeError);
});

test("arguments are converted: URL objects as input and base", () => {
  const base = new URL("http://h/a/");
  assertEquals(new URL(base).href, "http://h/a/");
  assertEquals(new URL("b", base).href, "http://h/a/b");
  assertEquals(new URL(undefined, base).href, "http://h/a/undefined");
  assertThrows(() => new URL(Symbol()), TypeError);
});

test("searchParams is one live object", () => {
  const url = new URL("http://h/p?a=1#f");
  const { searchParams } = url;
  assert(searchParams === url.searchParams && searchParams instanceof URLSearchParams);
  searchParams.append("b", "x y&z");
  assertEquals([url.href, url.search, url.hash], ["http://h/p?a=1&b=x+y%26z#f", "?a=1&b=x+y%26z", "#f"]);
  url.search = "?c=3";
  assertEquals([...searchParams], [["c", "3"]]);
  url.hash = "new";
  searchParams.set("c", "'");
  assertEquals(url.href, "http://h/p?c=%27#new");
  searchParams.delete("c");
  assertEquals([url.href, url.search], ["http://h/p#new", ""]);
  searchParams.append("d", "4");
  url.pathname = "/longer/path";
  assertEquals([url.href, url.search], ["http://h/longer/path?d=4#new", "?d=4"]);
});

test("searchParams of an opaque path", () => {
  const url = new URL("data:text?a=1");
  url.searchParams.set("a", "2");
  assertEquals(url.href, "data:text?a=2");
  url.searchParams.delete("a");
  assertEquals(url.href, "data:text");
});
