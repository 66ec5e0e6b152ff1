// ByteLengthQueuingStrategy and CountQueuingStrategy.

import { assert, assertEquals, assertThrows, test } from "holdfast:test";
import { ByteLengthQueuingStrategy, CountQueuingStrategy, ReadableStream } from "holdfast:web/streams/index";

const classes = [ByteLengthQueuingStrategy, CountQueuingStrategy];

test("strategy: the argument is required, and must have highWaterMark", () => {
  for (const Class of classes) {
    assertEquals(Class.length, 0);
    for (const init of [undefined, null, 1]) {
      assertThrows(
        () => new Class(init),
        TypeError,
        `Failed to construct '${Class.name}': constructor parameter 1 is not of type 'QueuingStrategyInit'.`,
      );
    }
    assertThrows(() => new Class({}), TypeError, /highWaterMark/);
  }
});

test("strategy: highWaterMark is any number, checked by the stream", () => {
  for (const Class of classes) {
    for (const [given, kept] of [[1, 1], ["2", 2], [-1, -1], [Infinity, Infinity], [null, 0]]) {
      assertEquals(new Class({ highWaterMark: given }).highWaterMark, kept);
    }
    assert(Number.isNaN(new Class({ highWaterMark: "x" }).highWaterMark));
    assertThrows(() => new ReadableStream({}, new Class({ highWaterMark: -1 })), RangeError);
  }
});

test("strategy: size is one function for all instances, without prototype", () => {
  for (const Class of classes) {
    const { size } = new Class({ highWaterMark: 1 });
    assert(new Class({ highWaterMark: 2 }).size === size);
    assertEquals(size.name, "size");
    assertEquals("prototype" in size, false);
  }
  assertEquals(new ByteLengthQueuingStrategy({ highWaterMark: 1 }).size.length, 1);
  assertEquals(new CountQueuingStrategy({ highWaterMark: 1 }).size.length, 0);
});

test("strategy: what size gives", () => {
  const count = new CountQueuingStrategy({ highWaterMark: 1 }).size;
  assertEquals([count(), count("abc")], [1, 1]);
  const byteLength = new ByteLengthQueuingStrategy({ highWaterMark: 1 }).size;
  assertEquals([byteLength(new Uint8Array(3)), byteLength({ byteLength: "x" }), byteLength({})], [3, "x", undefined]);
  assertThrows(() => byteLength(), TypeError);
  assertThrows(() => byteLength(null), TypeError);
});

test("strategy: properties cannot be set, accessors check their receiver", () => {
  "use strict";
  for (const Class of classes) {
    const strategy = new Class({ highWaterMark: 1 });
    assertThrows(() => { strategy.highWaterMark = 2; }, TypeError);
    for (const name of ["highWaterMark", "size"]) {
      const { get } = Object.getOwnPropertyDescriptor(Class.prototype, name);
      assertThrows(() => get.call({}), TypeError, /Illegal invocation/);
    }
  }
});

test("strategy: streams use them", () => {
  let controller;
  new ReadableStream({ start(c) { controller = c; } }, new ByteLengthQueuingStrategy({ highWaterMark: 8 }));
  controller.enqueue(new Uint8Array(3));
  assertEquals(controller.desiredSize, 5);
  assertThrows(() => controller.enqueue("no length"), RangeError);
});
