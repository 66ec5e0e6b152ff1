import { test, assert, assertEquals, assertThrows } from "holdfast:test";
import { Navigator, navigator } from "holdfast:web/navigator";
import { Performance, performance } from "holdfast:web/performance";

test("performance counts from the epoch, as Date.now() does", () => {
  const before = Date.now();
  const now = performance.now();
  assert(now >= before && now <= Date.now());
  assertEquals([performance.timeOrigin, JSON.stringify(performance)], [0, '{"timeOrigin":0}']);
});

test("performance follows the clock of the realm, not a later replacement of Date.now", () => {
  const { now } = Date;
  Date.now = () => 5;
  try {
    assert(performance.now() > 5);
  } finally {
    Date.now = now;
  }
});

test("navigator is that of Workers", () => {
  assertEquals(
    [navigator.userAgent, navigator.hardwareConcurrency, navigator.platform, navigator.language, navigator.languages],
    ["Cloudflare-Workers", 1, "", "en", ["en"]],
  );
  assert(Object.isFrozen(navigator.languages) && navigator.languages === navigator.languages);
  assertThrows(() => (navigator.userAgent = "x"), TypeError);
});

test("neither can be constructed; brands are checked", () => {
  assertThrows(() => new Performance(), TypeError, "Illegal constructor");
  assertThrows(() => new Navigator(), TypeError, "Illegal constructor");
  assertThrows(() => Performance.prototype.now.call({}), TypeError);
  assertThrows(() => Navigator.prototype.languages, TypeError);
  assertEquals([String(performance), String(navigator)], ["[object Performance]", "[object Navigator]"]);
});
