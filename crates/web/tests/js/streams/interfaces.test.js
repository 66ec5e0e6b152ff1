// The shape of the classes as Web IDL prescribes it, and what users may replace without disturbing the streams.

import { assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import * as streams from "holdfast:web/streams/index";

const { ReadableStream, TransformStream, WritableStream } = streams;

const members = {
  ReadableStream: ["locked", "cancel", "getReader", "pipeThrough", "pipeTo", "tee", "values"],
  ReadableStreamDefaultReader: ["closed", "cancel", "read", "releaseLock"],
  ReadableStreamBYOBReader: ["closed", "cancel", "read", "releaseLock", "readAtLeast"],
  ReadableStreamDefaultController: ["desiredSize", "close", "enqueue", "error"],
  ReadableByteStreamController: ["byobRequest", "desiredSize", "close", "enqueue", "error"],
  ReadableStreamBYOBRequest: ["view", "atLeast", "respond", "respondWithNewView"],
  WritableStream: ["locked", "abort", "close", "getWriter"],
  WritableStreamDefaultWriter: ["closed", "desiredSize", "ready", "abort", "close", "releaseLock", "write"],
  WritableStreamDefaultController: ["signal", "error"],
  TransformStream: ["readable", "writable"],
  TransformStreamDefaultController: ["desiredSize", "enqueue", "error", "terminate"],
  ByteLengthQueuingStrategy: ["highWaterMark", "size"],
  CountQueuingStrategy: ["highWaterMark", "size"],
};

test("members are enumerable, on the prototype, and nothing else is", () => {
  for (const [name, expected] of Object.entries(members)) {
    const { prototype } = streams[name];
    assertEquals(Object.keys(prototype).sort(), [...expected].sort(), name);
    assertEquals(Object.getOwnPropertyNames(prototype).sort(), ["constructor", ...expected].sort(), name);
  }
});

test("each class has its name as Symbol.toStringTag, not enumerable", () => {
  for (const name of Object.keys(members)) {
    const descriptor = Object.getOwnPropertyDescriptor(streams[name].prototype, Symbol.toStringTag);
    assertEquals(descriptor, { value: name, writable: true, enumerable: false, configurable: true });
    assertEquals(streams[name].name, name);
  }
});

test("constructors and methods have no length, as in Workers", () => {
  for (const [name, list] of Object.entries(members)) {
    assertEquals(streams[name].length, 0, name);
    for (const member of list) {
      const { value } = Object.getOwnPropertyDescriptor(streams[name].prototype, member);
      if (value !== undefined) assertEquals(value.length, 0, `${name}.${member}`);
    }
  }
  assertEquals(ReadableStream.from.length, 0);
});

test("ReadableStream.from is enumerable", () => {
  assertEquals(Object.keys(ReadableStream), ["from"]);
});

test("controllers and requests cannot be constructed", () => {
  for (const name of [
    "ReadableStreamDefaultController", "ReadableByteStreamController", "ReadableStreamBYOBRequest",
    "WritableStreamDefaultController", "TransformStreamDefaultController",
  ]) {
    assertThrows(() => new streams[name](), TypeError, "Illegal constructor");
    assertThrows(() => new streams[name](Symbol("internal"), {}), TypeError, "Illegal constructor");
  }
});

const promiseMembers = [
  "ReadableStream.cancel", "ReadableStream.pipeTo", "ReadableStreamDefaultReader.closed",
  "ReadableStreamDefaultReader.cancel", "ReadableStreamDefaultReader.read", "ReadableStreamBYOBReader.closed",
  "ReadableStreamBYOBReader.cancel", "ReadableStreamBYOBReader.read", "ReadableStreamBYOBReader.readAtLeast",
  "WritableStream.abort", "WritableStream.close", "WritableStreamDefaultWriter.closed",
  "WritableStreamDefaultWriter.ready", "WritableStreamDefaultWriter.abort", "WritableStreamDefaultWriter.close",
  "WritableStreamDefaultWriter.write",
];

test("a wrong receiver throws, or rejects where the result is a promise", async () => {
  for (const [name, list] of Object.entries(members)) {
    for (const member of list) {
      const descriptor = Object.getOwnPropertyDescriptor(streams[name].prototype, member);
      const call = descriptor.get ?? descriptor.value;
      for (const receiver of [{}, undefined, 1, streams[name].prototype]) {
        const run = () => Reflect.apply(call, receiver, []);
        if (promiseMembers.includes(`${name}.${member}`)) await assertRejects(run, TypeError, /Illegal invocation/);
        else assertThrows(run, TypeError, /Illegal invocation/);
      }
    }
  }
});

test("instances have no own properties", () => {
  const stream = new ReadableStream();
  for (const object of [stream, stream.getReader(), new WritableStream(), new TransformStream()]) {
    assertEquals(Reflect.ownKeys(object), []);
  }
});

test("a then on Object.prototype sees read results only", async () => {
  const seen = [];
  Object.defineProperty(Object.prototype, "then", {
    configurable: true,
    get() { seen.push(this); return undefined; },
  });
  try {
    const reader = new ReadableStream({ start(c) { c.enqueue("x"); } }).getReader();
    await reader.read();
    const [branch] = new ReadableStream({ start(c) { c.enqueue("y"); } }).tee();
    const result = branch.getReader().read();
    for (let i = 0; i < 30; i++) await undefined;
    assertEquals((await result).value, "y");
  } finally {
    delete Object.prototype.then;
  }
  for (const object of seen) assertEquals(Object.keys(object), ["value", "done"]);
});

test("accessors on Array.prototype and Uint8Array.prototype do not matter", async () => {
  const byteLength = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), "byteLength");
  const { push, shift } = Array.prototype;
  Object.defineProperty(Object.getPrototypeOf(Uint8Array.prototype), "byteLength", { get: () => 0, configurable: true });
  Array.prototype.push = Array.prototype.shift = () => { throw new Error("called"); };
  let result;
  try {
    const stream = new ReadableStream({ type: "bytes", start(c) { c.enqueue(new Uint8Array([1, 2, 3])); } });
    result = await stream.getReader({ mode: "byob" }).read(new Uint8Array(8));
  } finally {
    Object.defineProperty(Object.getPrototypeOf(Uint8Array.prototype), "byteLength", byteLength);
    Array.prototype.push = push;
    Array.prototype.shift = shift;
  }
  assertEquals(Array.from(result.value), [1, 2, 3]);
});
