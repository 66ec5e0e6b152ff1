import { test, assert, assertEquals, assertThrows } from "holdfast:test";
import { setKeepAlive } from "holdfast:web/keep_alive";
import { addLanguage, Navigator, navigator } from "holdfast:web/navigator";
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
  addLanguage();
  assertEquals(
    [navigator.userAgent, navigator.hardwareConcurrency, navigator.platform, navigator.language, navigator.languages],
    ["Cloudflare-Workers", 1, "", "en", ["en"]],
  );
  assertThrows(() => (navigator.userAgent = "x"), TypeError);
});

test("sendBeacon posts in the background, and is true whatever becomes of it", async () => {
  const kept = [];
  setKeepAlive((promise) => kept.push(promise));
  assertEquals([navigator.sendBeacon("data:text/plain,x", "body"), navigator.sendBeacon("no URL")], [true, true]);
  assertEquals(await Promise.all(kept), [undefined, undefined]);
  assertThrows(() => navigator.sendBeacon(), TypeError);
});

test("neither can be constructed; brands are checked", () => {
  assertThrows(() => new Performance(), TypeError, "Illegal constructor");
  assertThrows(() => new Navigator(), TypeError, "Illegal constructor");
  assertThrows(() => Performance.prototype.now.call({}), TypeError);
  assertThrows(() => Navigator.prototype.sendBeacon.call({}, "http://h/"), TypeError);
  assertEquals([String(performance), String(navigator)], ["[object Performance]", "[object Navigator]"]);
});
