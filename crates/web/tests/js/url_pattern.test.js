import { test, assert, assertEquals, assertThrows } from "holdfast:test";
import { URLPattern } from "holdfast:web/url_pattern";

const PARTS = ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"];
const parts = (pattern) => PARTS.map((name) => pattern[name]);

test("a string is split like a URL, and what it does not say matches anything", () => {
  assertEquals(parts(new URLPattern()), ["*", "*", "*", "*", "*", "*", "*", "*"]);
  assertEquals(parts(new URLPattern("https://example.com/books/:id")),
    ["https", "*", "*", "example.com", "", "/books/:id", "*", "*"]);
  assertEquals(parts(new URLPattern("/a?b=:b", "https://example.com:8080/x")),
    ["https", "*", "*", "example.com", "8080", "/a", "b=:b", "*"]);
});

test("an init gives components; a base URL fills in what comes before the first of them", () => {
  assertEquals(parts(new URLPattern({ pathname: "/a/*" })), ["*", "*", "*", "*", "*", "/a/*", "*", "*"]);
  assertEquals(parts(new URLPattern({ pathname: "b", baseURL: "https://example.com/a/c?d" })),
    ["https", "*", "*", "example.com", "", "/a/b", "*", "*"]);
  assertEquals(new URLPattern({ protocol: "http", port: "80" }).port, "");
});

test("exec gives the input and the groups of each component", () => {
  const pattern = new URLPattern("/books/:id/:page(\\d+)?", "https://example.com");
  const match = pattern.exec("https://example.com/books/7/12");
  assertEquals(match.inputs, ["https://example.com/books/7/12"]);
  assertEquals(match.pathname, { input: "/books/7/12", groups: { id: "7", page: "12" } });
  assertEquals(match.hostname, { input: "example.com", groups: {} });
  const without = pattern.exec("/books/7", "https://example.com");
  assertEquals(without.inputs, ["/books/7", "https://example.com"]);
  assertEquals([without.pathname.groups.id, without.pathname.groups.page], ["7", undefined]);
  assertEquals(pattern.exec("https://example.com/other"), null);
  assert(Object.hasOwn(new URLPattern({ pathname: "/:__proto__" }).exec("https://h/x").pathname.groups, "__proto__"));
});

test("test takes strings, inits and bases; what is no URL does not match", () => {
  const pattern = new URLPattern({ pathname: "/a" });
  assertEquals(
    [pattern.test("https://h/a"), pattern.test("a", "https://h"), pattern.test({ pathname: "/a" }), pattern.test("nope")],
    [true, true, true, false],
  );
  assertThrows(() => pattern.test({ pathname: "/a" }, "https://h"), TypeError);
});

test("expressions are JavaScript's own", () => {
  const pattern = new URLPattern({ pathname: "/((?!admin).*)" });
  assertEquals([pattern.test("https://h/admin"), pattern.test("https://h/user")], [false, true]);
  assert(pattern.hasRegExpGroups && !new URLPattern({ pathname: "/:a" }).hasRegExpGroups);
  assertThrows(() => new URLPattern({ pathname: "/([)" }), TypeError);
});

test("ignoreCase", () => {
  assert(!new URLPattern({ pathname: "/Abc" }).test("https://h/abc"));
  assert(new URLPattern({ pathname: "/Abc" }, { ignoreCase: true }).test("https://h/abC"));
  assert(new URLPattern("/Abc", "https://h", { ignoreCase: true }).test("https://h/abC"));
});

test("what is no pattern is a TypeError", () => {
  const wrong = [["https://h/("], ["/a"], ["/a", "nope"], [{ pathname: "/:a/:a" }], [{ port: "x80" }], [{}, "https://h"]];
  for (const args of wrong) assertThrows(() => new URLPattern(...args), TypeError);
  assertThrows(() => URLPattern.prototype.test.call({}), TypeError);
});
