import { outcome, outcomes, show } from "./harness.js";

const PARTS = [
  "href",
  "origin",
  "protocol",
  "username",
  "password",
  "host",
  "hostname",
  "port",
  "pathname",
  "search",
  "hash",
];
const parts = (...args) => {
  const url = new URL(...args);
  return Object.fromEntries(PARTS.map((part) => [part, url[part]]));
};

export default {
  parts: () =>
    outcomes(
      Object.fromEntries(
        [
          "http://user:pa%20ss@EXAMPLE.com:8080/a/../b/./c%7e?q=1&r#frag",
          "https://example.com:443",
          "http://x",
          "http://日本.jp/é?é#é",
          "http://[::1]:80/",
          "http://1.2.3/",
          "http://0x7f.1/",
          "file:///a/b",
          "data:text/plain,x",
          "mailto:a@b",
          "foo:bar/baz",
          "ws://x/y",
          "blob:http://x/1",
          "HTTP://X/%41%zz",
          "http:\\\\x\\y",
        ].map((url) => [url, () => parts(url)]),
      ),
    ),
  relative: () =>
    Object.fromEntries(
      ["", ".", "..", "../../x", "/x", "//other/y", "?q", "#f", "g;x=1", "a b", "http:c", "\\x"].map((input) => [
        input,
        new URL(input, "http://host/a/b/c?d#e").href,
      ]),
    ),
  errors: () =>
    outcomes({
      empty: () => new URL(""),
      relative: () => new URL("a/b"),
      port: () => new URL("http://x:99999"),
      host: () => new URL("http://a b/"),
      base: () => new URL("x", "y"),
      none: () => new URL(),
      bracket: () => new URL("http://[::1"),
    }),
  statics: () => ({
    can: [URL.canParse("http://x"), URL.canParse("x"), URL.canParse("x", "http://y")],
    parse: [URL.parse("http://x")?.href, show(URL.parse("nope"))],
  }),
  setters: () => {
    const url = new URL("http://h/p?q#f");
    const log = [];
    for (const [part, value] of [
      ["protocol", "https"],
      ["port", "444"],
      ["port", "x"],
      ["hostname", "é.com"],
      ["pathname", "a b"],
      ["search", "x=é y"],
      ["hash", ""],
      ["username", "u:"],
      ["host", "z:1"],
      ["protocol", "foo"],
      ["port", ""],
    ]) {
      url[part] = value;
      log.push(url.href);
    }
    return log;
  },
  "search-params-linked": () => {
    const url = new URL("http://x/?a=1");
    url.searchParams.append("b", "2 3&");
    const after = url.href;
    url.search = "?c=4";
    const read = [...url.searchParams];
    url.searchParams.delete("c");
    return { after, read, empty: url.href, same: url.searchParams === url.searchParams };
  },
  "search-params-init": () =>
    outcomes({
      text: () => [...new URLSearchParams("?a=1&a=2&b&=c&d=%C3%A9+x&e=%zz")],
      object: () => [...new URLSearchParams({ a: 1, b: null })],
      pairs: () => [
        ...new URLSearchParams([
          ["a", "1"],
          ["a", "2"],
        ]),
      ],
      map: () => [...new URLSearchParams(new Map([["k", "v"]]))],
      copy: () => [...new URLSearchParams(new URLSearchParams("a=1"))],
      none: () => new URLSearchParams().toString(),
      badPair: () => new URLSearchParams([["a"]]),
    }),
  "search-params-methods": () => {
    const p = new URLSearchParams("b=2&a=1&b=3&c=");
    const start = {
      get: p.get("b"),
      missing: p.get("x"),
      all: p.getAll("b"),
      has: [p.has("b"), p.has("b", "3"), p.has("b", "9")],
      size: p.size,
    };
    p.set("b", "9");
    p.append("a", "é~*-._ '");
    p.sort();
    const sorted = p.toString();
    p.delete("a", "1");
    return { start, sorted, end: p.toString(), keys: [...p.keys()], values: [...p.values()] };
  },
  pattern: async () => {
    const pattern = new URLPattern({ pathname: "/users/:id/*" });
    return {
      test: [pattern.test("http://x/users/5/a"), pattern.test("http://x/other")],
      groups: pattern.exec("http://x/users/5/a/b")?.pathname.groups,
      none: pattern.exec("http://x/"),
      text: new URLPattern("http://x/:a(\\d+)").exec("http://x/42")?.pathname.groups,
    };
  },
  "object-urls": () => outcome(() => URL.createObjectURL(new Blob(["x"]))),
  stringification: () => ({
    text: `${new URL("http://x/a")}`,
    json: JSON.stringify(new URL("http://x/a")),
    tag: Object.prototype.toString.call(new URL("http://x/")),
    keys: Object.keys(new URL("http://x/")),
  }),
};
