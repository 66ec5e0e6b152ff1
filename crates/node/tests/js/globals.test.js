import { assert, test } from "holdfast:test";

test("the global object is `global`, too", () => {
  assert(global === globalThis);
  const { enumerable } = Object.getOwnPropertyDescriptor(globalThis, "global");
  assert(!enumerable);
});
