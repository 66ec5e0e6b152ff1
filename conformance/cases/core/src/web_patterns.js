// URLPattern.

import { outcome, outcomes, show } from "./harness.js";

const PARTS = ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"];

const parts = (pattern) => Object.fromEntries(PARTS.map((name) => [name, pattern[name]]));
const groups = (result) =>
  result === null
    ? null
    : { inputs: result.inputs, ...Object.fromEntries(PARTS.map((name) => [name, show(result[name])])) };

/** The components of patterns, each made of the list of arguments. */
const patterns = (lists) =>
  outcomes(Object.fromEntries(lists.map((list) => [JSON.stringify(list), () => parts(new URLPattern(...list))])));

/** Whether the pattern matches each input, and with which groups. */
const matches = (pattern, inputs) =>
  outcomes(
    Object.fromEntries(inputs.map((list) => [JSON.stringify(list), () => groups(new URLPattern(...pattern).exec(...list))])),
  );

export default {
  strings: () =>
    patterns([
      [],
      ["https://example.com/books/:id"],
      ["/books/:id", "https://example.com"],
      ["/books/:id(\\d+)?", "https://example.com:8080/a/b?c#d"],
      ["https://*.example.com/*"],
      ["https://{sub.}?example.com/foo{/bar}*"],
      ["http{s}?://example.com/:a-:b"],
      ["https://example.com/a?x=:x#:frag"],
      ["https://user:pass@example.com/"],
      ["data\\:foobar"],
      ["https://example.com:443/"],
      ["https://EXAMPLE.com/Ä"],
      ["https://xn--4ca.com/%C3%A4"],
      ["https://ä.com/ä/:ä"],
      ["/relative"],
      [":scheme://host/"],
      ["https://[::1]/x"],
      ["https://example.com/(a|b)/*"],
      ["*"],
    ]),
  inits: () =>
    patterns([
      [{}],
      [{ pathname: "/a/*" }],
      [{ pathname: "/a/:b{.:ext}?", baseURL: "https://example.com/x/y?z" }],
      [{ pathname: "rel", baseURL: "https://example.com/x/y" }],
      [{ protocol: "https", hostname: "*.example.com", port: "8{0,1}80" }],
      [{ protocol: "http", port: "80" }],
      [{ port: "443" }],
      [{ search: "?a=b", hash: "#c" }],
      [{ username: "u*", password: ":p" }],
      [{ hostname: "(foo|bar).com" }],
      [{ hash: "" }],
    ]),
  "not-patterns": () =>
    outcomes({
      group: () => new URLPattern("https://e.com/("),
      name: () => new URLPattern({ pathname: "/:a/:a" }),
      expression: () => new URLPattern({ pathname: "/([)" }),
      base: () => new URLPattern("/a", "nope"),
      baseWithInit: () => new URLPattern({ pathname: "/a" }, "https://e.com"),
      noBase: () => new URLPattern("/a"),
      host: () => new URLPattern({ hostname: "bad host" }),
      port: () => new URLPattern({ port: "invalid80" }),
      baseInInit: () => new URLPattern({ pathname: "/a", baseURL: "nope" }),
      number: () => parts(new URLPattern(5)),
      nothing: () => parts(new URLPattern(null)),
      options: () => parts(new URLPattern("https://e.com/", "https://e.com/", 5)),
    }),
  exec: async () => ({
    named: await matches(
      ["/books/:id", "https://example.com"],
      [
        ["https://example.com/books/123"],
        ["/books/123", "https://example.com"],
        ["https://example.com/books/123?q#h"],
        ["https://example.com/books/"],
        ["https://other.com/books/1"],
        [{ pathname: "/books/1", hostname: "example.com", protocol: "https" }],
        [{ pathname: "/books/1", baseURL: "https://example.com" }],
        ["nope"],
        [],
      ],
    ),
    optional: await matches(
      [{ pathname: "/a/:b?/(c)?{/d}*" }],
      [["https://e.com/a"], ["https://e.com/a/x/c"], ["https://e.com/a//"], [{ pathname: "/a/x/c/d/d" }]],
    ),
    wildcards: await matches(["https://*.example.com/*"], [["https://www.example.com/a/b?c"], ["https://example.com/"]]),
    expressions: await matches([{ pathname: "/:year(\\d{4})-(?:x)?(\\w+)" }], [["https://e.com/2024-xa"]]),
    lookahead: await matches([{ pathname: "/((?!admin).*)" }], [["https://e.com/admin"], ["https://e.com/user"]]),
    unicode: await matches([{ pathname: "/ä/:x" }], [["https://e.com/ä/ö"], ["https://e.com/%C3%A4/y"]]),
    ports: await matches([{ protocol: "https", port: "" }], [["https://e.com:443/"], ["https://e.com:8443/"]]),
    search: await matches([{ search: "a=:a&*" }], [["https://e.com/?a=1&b=2"], ["https://e.com/?a=1"]]),
  }),
  "ignore-case": () =>
    outcomes({
      off: () => new URLPattern({ pathname: "/Abc" }).test("https://e.com/abc"),
      on: () => new URLPattern({ pathname: "/Abc" }, { ignoreCase: true }).test("https://e.com/abc"),
      base: () => new URLPattern("/Abc", "https://e.com", { ignoreCase: true }).test("https://e.com/aBC"),
    }),
  test: () =>
    outcomes({
      string: () => new URLPattern({ pathname: "/a" }).test("https://e.com/a"),
      base: () => new URLPattern({ pathname: "/a" }).test("a", "https://e.com"),
      badBase: () => new URLPattern({ pathname: "/a" }).test("a", "nope"),
      initAndBase: () => new URLPattern({ pathname: "/a" }).test({ pathname: "/a" }, "https://e.com"),
      number: () => new URLPattern({ pathname: "/a" }).test(5),
      url: () => new URLPattern({ pathname: "/a" }).test(new URL("https://e.com/a")),
      nothing: () => new URLPattern().test(),
      request: () => new URLPattern({ pathname: "/a" }).test(new Request("https://e.com/a")),
    }),
  "regexp-groups": () =>
    outcomes({
      none: () => new URLPattern({ pathname: "/:a/*" }).hasRegExpGroups,
      some: () => new URLPattern({ pathname: "/:a(\\d+)" }).hasRegExpGroups,
    }),
  "group-object": async () => {
    const { pathname } = new URLPattern({ pathname: "/:b/:a/:c?" }).exec("https://e.com/1/2");
    return {
      keys: Object.keys(pathname.groups).sort(),
      c: show(pathname.groups.c),
      prototype: await outcome(() => Object.getPrototypeOf(pathname.groups) === Object.prototype),
    };
  },
};
