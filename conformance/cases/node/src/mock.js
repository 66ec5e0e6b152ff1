// node:test: mocked functions.

import { mock, MockFunctionContext } from "node:test";
import { describeProperties, table } from "./tools.js";

export default {
  calls: () => {
    const f = mock.fn((a, b) => a + b);
    f(1, 2);
    f.call({ me: 1 }, 3, 4);
    const [first, second] = f.mock.calls;
    return [
      f.mock.callCount(), first.arguments, first.result, first.error, first.target, first.this, second.this,
      describeProperties(first), f.mock instanceof MockFunctionContext, f.mock.calls !== f.mock.calls, f.length,
    ];
  },
  implementations: () => {
    const f = mock.fn(() => 1, () => 2);
    const seen = [f()];
    f.mock.mockImplementation(() => 3);
    seen.push(f());
    f.mock.mockImplementationOnce(() => 4);
    f.mock.mockImplementationOnce(() => 5, 4);
    seen.push(f(), f(), f(), f());
    f.mock.restore();
    seen.push(f(), f.mock.callCount());
    f.mock.resetCalls();
    return [seen, f.mock.callCount()];
  },
  times: () => {
    const f = mock.fn(() => 1, () => 2, { times: 2 });
    return [f(), f(), f()];
  },
  exceptions: () => {
    const error = new RangeError("x");
    const f = mock.fn(() => {
      throw error;
    });
    const outcome = table([() => f()]);
    return [outcome, f.mock.calls[0].error === error, f.mock.calls[0].result];
  },
  constructors: () => {
    class A {
      constructor(x) {
        this.x = x;
      }
    }
    const Mocked = mock.fn(A);
    const made = new Mocked(4);
    const [call] = Mocked.mock.calls;
    return [made.x, made instanceof A, call.result === made, call.this === made, call.target === Mocked];
  },
  methods: () => {
    const object = { v: 2, m: (x) => x, get g() {
      return this.v;
    }, set s(value) {
      this.v = value;
    } };
    const m = mock.method(object, "m", () => "mocked");
    const g = mock.getter(object, "g", () => "getter");
    const s = mock.setter(object, "s", () => {});
    object.s = 9;
    const seen = [object.m(1), object.g, object.v, m.mock.callCount(), g.mock.callCount(), s.mock.callCount()];
    mock.reset();
    object.s = 8;
    return [seen, object.m(1), object.g, object.v];
  },
  "inherited methods": () => {
    class A {
      m() {
        return 1;
      }
    }
    const object = new (class B extends A {})();
    mock.method(object, "m", () => 2);
    const seen = [object.m(), Object.hasOwn(object, "m")];
    object.m.mock.restore();
    return [seen, object.m()];
  },
  "wrong arguments": () => table({
    method: () => mock.method({}, "nothing"),
    object: () => mock.method(5, "x"),
    notAMethod: () => mock.method({ x: 1 }, "x"),
    name: () => mock.method({}, 5),
    both: () => mock.method({ get g() {
      return 1;
    } }, "g", () => 1, { getter: true, setter: true }),
    noGetter: () => mock.getter({ get g() {
      return 1;
    } }, "g", { getter: false }),
    times: () => mock.fn(() => 1, () => 2, { times: 0 }),
    original: () => mock.fn(5),
    implementation: () => mock.fn(() => 1, 5),
    once: () => {
      const f = mock.fn();
      f();
      f.mock.mockImplementationOnce(() => 1, 0);
    },
  }),
};
