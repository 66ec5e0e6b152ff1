import { assert, assertEquals, test } from "holdfast:test";
import { Buffer } from "holdfast:node/buffer";

test("the global object is `global`, too", () => {
  assert(global === globalThis);
});

test("Buffer is a global", () => {
  assert(globalThis.Buffer === Buffer);
});

test("what Node adds is enumerable, as in workerd", () => {
  for (const name of ["global", "Buffer", "process", "setImmediate", "clearImmediate"]) {
    const { enumerable, configurable } = Object.getOwnPropertyDescriptor(globalThis, name);
    assertEquals([name, enumerable, configurable], [name, true, true]);
  }
});

test("process is one object, whoever asks first, and can be replaced", async () => {
  const { process } = globalThis;
  assert((await import("holdfast:node/internal/process/object")).process === process);
  assert(Object.getOwnPropertyDescriptor(globalThis, "process").value === process);
  globalThis.process = 5;
  assertEquals(globalThis.process, 5);
  globalThis.process = process;
});
