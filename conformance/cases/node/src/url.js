// node:url.

import url from "node:url";
import util from "node:util";
import { attempt, attemptEngine, describeProperties, table } from "./tools.js";

const URLS = [
  "http://user:pa%20ss@Host.COM:8080/p/a/t/h?query=string&x=1#hash", "//host/path?a", "/p?q#h", "mailto:a@b.c", "javascript:alert(1)", "http://a.com?x", "HTTP://A.com/%7e", "http://[::1]:80/", "x y",
  "http://ex.com/a b{}", "file:///a/b", "", "http://a:b@c@d/", "http://mañana.com/é", "a:b", "http://x.com:/", "//a/b", "http:/a", "http:a", "dash://x/y", "http://-a.com/", "git+http://u@h:p/x", "http://a.com\\b",
  "  http://a.com  ", "#h", "?q=1", "http://a.com:80abc/", "coap://a:1/b?c#d", "http://user@/", "xmpp:a@b", "http://a.b/\t\n", "http://x/y;z?a=b;c", "http://foo.com*bar", "http://a_b.com/", "ws://a?b", "/a\\b?c\\d", "a@b/c", "//u@h/p", "http://a.com/?x=a b|c", "http://a#b?c", "x:y?z#w",
];
const fields = (parsed) => ({ ...parsed });

export default {
  parse: () => Object.fromEntries(URLS.map((text) => [text, attempt(() => fields(url.parse(text)))])),
  "parse-query": () => URLS.slice(0, 3).map((text) => attempt(() => fields(url.parse(text, true)))),
  "parse-slashes": () => ["//h/p", "//u@h/p", "///x", "/a"].map((text) => attempt(() => fields(url.parse(text, false, true)))),
  "parse-errors": () =>
    table([
      () => url.parse(5),
      () => url.parse(null),
      () => url.parse("http://a[b/"),
      () => url.parse(`http://${"a".repeat(300)}.com`).hostname.length,
      () => url.parse("http://xn--iñvalid.com/"),
      () => url.parse(new URL("http://a/b")),
      () => url.parse("http://a\u200b.com").href,
    ]),
  format: () =>
    table([
      () => url.format({ protocol: "http", host: "a.com", pathname: "/x y#?", search: "a=b#" }),
      () => url.format({ protocol: "mailto", auth: "a:b", hostname: "h", port: 5 }),
      () => url.format({ hostname: "::1", protocol: "http:", query: { a: [1, 2] } }),
      () => url.format({}),
      () => url.format("http://a.com/b"),
      () => url.format({ slashes: true, host: "a", pathname: "b" }),
      () => url.format({ protocol: "file", pathname: "a" }),
      () => url.format({ hash: "h", search: "?s", pathname: "p" }),
      () => url.format({ protocol: "javascript:", pathname: "a" }),
      () => url.format({ auth: "é:@/", host: "h", protocol: "x:" }),
      () => url.format(new URL("http://u:p@mañana.com:81/a?b#c")),
      () => url.format(new URL("http://u:p@mañana.com:81/a?b#c"), { auth: false, fragment: false, search: false, unicode: true }),
      () => url.format(new URL("http://a/"), 5),
      () => url.format(5),
      () => url.format(null),
      () => url.format(true),
    ]),
  resolve: () =>
    [
      ["/one/two/three", "four"], ["http://example.com/", "/one"], ["http://example.com/one", "/two"], ["a/b", "../c"], ["http://a/b/c/d;p?q", "g?y#s"], ["http://a/b/c/d", "//h/x"], ["http://a/b", "mailto:x"], ["http://a/b/", "."],
      ["http://a/b/c", "../.."], ["http://a/b/c", "../../../x"], ["", "x"], ["x", ""], ["http://a/b?c#d", ""], ["http://a/b?c", "?x"], ["http://a/b?c#e", "#x"], ["mailto:a@b", "c"], ["http://a.com", "b"], ["/a/b/", "./c/../d/"], ["http://u:p@a/b", "c"],
      ["file:///a/b", "c"], ["http://a", "http:b"], ["http://a", "https:b"], ["a", "b/"], ["/a/..", "b"], ["http://a/b", "//c"], ["javascript:x", "y"], ["http://a/b", "http://c/../d"], ["mailto:a@b", "?x"], ["mailto:a@b", "mailto:c"], ["http://u:p@a/b", "//u@c/d"],
      ["/", "../x"], ["a/b/..", "c"], ["http://a/b", "file:c"], ["http://a/b", "https:///c/d"],
    ].map(([from, to]) => [from, to, attempt(() => url.resolve(from, to))]),
  "resolve-objects": () =>
    table([
      () => fields(url.resolveObject("http://a/b", "c")),
      () => fields(url.parse("/a").resolveObject("b")),
      () => url.resolveObject("", "x"),
      () => url.resolveObject({}, "x"),
      () => url.resolve(5, "x"),
    ]),
  "file-urls-to-paths": () =>
    table([
      ...["file:///a/b%20c", "file://localhost/x", "file://host/x", "http://x", "file:///a%2fb", "file:///", "file:///C:/x", 5, null, {}, new URL("file:///q%25")].map((input) => () => url.fileURLToPath(input)),
      ...["file:///C:/a", "file://h/a", "file:///a", "file:///C:/a%5cb"].map((input) => () => url.fileURLToPath(input, { windows: true })),
      () => url.toPathIfFileURL("x"),
      () => url.toPathIfFileURL(new URL("file:///x y")),
    ]),
  "paths-to-file-urls": () =>
    table([
      ...["/a b", "/a%#?\n\r\t\\", "rel", "/a/", "", 5, "/é", "/a/../b"].map((input) => () => url.pathToFileURL(input).href),
      ...["C:\\a b", "\\\\srv\\x\\y", "\\\\srv", "\\\\\\x", "C:\\a\\"].map((input) => () => url.pathToFileURL(input, { windows: true }).href),
    ]),
  domains: () =>
    table([
      ...["español.com", "xn--iñvalid.com", "A.com", 5, "中文.com", "", "a b", "1.2", "[::1]", "a/b"].map((input) => () => url.domainToASCII(input)),
      ...["xn--espaol-zwa.com", "xn--iñvalid.com", "a.com", "xn--nope-", "XN--ESPAOL-ZWA.com", "xn--fiq228c.com"].map((input) => () => url.domainToUnicode(input)),
      () => url.domainToASCII(),
      () => url.domainToUnicode(),
    ]),
  "http-options": () =>
    table([
      () => fields(url.urlToHttpOptions(new URL("https://a:b@xn--g6w251d/?abc#foo"))),
      () => fields(url.urlToHttpOptions(new URL("http://[::1]:8/x"))),
      () => describeProperties(url.urlToHttpOptions(new URL("http://a/"))),
    ]),
  "legacy-class": () => [
    describeProperties(url.Url.prototype),
    describeProperties(new url.Url()),
    util.inspect(url.parse("http://a/b")),
    url.parse("http://a/b").format(),
    url.parse("http://a/b").resolve("c"),
    attempt(() => { const made = new url.Url(); made.parse("http://x/y"); return made.href; }),
    attempt(() => { const made = url.parse("/a"); made.host = "b:5"; made.parseHost(); return [made.hostname, made.port, made.host]; }),
    url.URL === URL,
    url.URLSearchParams === URLSearchParams,
    attemptEngine(() => url.fileURLToPath("nope")),
  ],
};
