// Random values of all kinds, as expressions.

import { array, error, fn, make, num, object, undef } from "../program/forms.mjs";

export const TEXTS = [
  "",
  "a",
  "b",
  "ab",
  "é",
  "🐢",
  "\u0000",
  "a\u0000b",
  "\uffff",
  "__proto__",
  "constructor",
  "10",
  "9",
  "01",
  " ",
  "\n",
  "length",
  "then",
  "toJSON",
  "ﬁ",
  "İ",
  "ß",
];

const NUMBERS = [0, 1, -1, 2, 42, 0.5, -1.5, 1e21, 1e-7, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53) - 1, 255, 256].concat([
  num("NaN"),
  num("Infinity"),
  num("-Infinity"),
  num("-0"),
]);
const BIGS = ["0", "1", "-1", "9007199254740993", "18446744073709551616", "-340282366920938463463374607431768211456"];
const TYPED = [
  "Uint8Array",
  "Int8Array",
  "Uint8ClampedArray",
  "Uint16Array",
  "Int16Array",
  "Uint32Array",
  "Int32Array",
  "Float32Array",
  "Float64Array",
];
const ERRORS = ["Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError", "EvalError", "URIError"];

export const scalar = (random) =>
  random.one([
    [3, () => random.pick(NUMBERS)],
    [3, () => random.pick(TEXTS)],
    [1, () => random.chance(0.5)],
    [1, () => null],
    [1, () => undef],
    [1, () => ["big", random.pick(BIGS)]],
  ]);

/**
 * What structured clone takes, most of the time.
 * @param {{chance: number, left: number}} [odd] how likely there is something in it that cannot be cloned, and how many of those:
 *   which of two is told of depends on the order in which they are met, which nobody promises
 */
export function value(random, depth = 3, odd = 0.08) {
  const budget = typeof odd === "number" ? { chance: odd, left: 1 } : odd;
  if (depth <= 0) return scalar(random);
  const inner = () => value(random, depth - 1, budget);
  if (budget.left > 0 && random.chance(budget.chance)) {
    budget.left--;
    return oddity(random, inner);
  }
  return random.one([
    [6, () => scalar(random)],
    [3, () => object(random.some(0, 4, () => [random.pick(TEXTS), inner()]))],
    [3, () => array(...random.some(0, 4, () => (random.chance(0.1) ? ["hole"] : inner())))],
    [1, () => make("Date", random.pick([0, 1e12, -1, num("NaN"), 8.64e15, 8.64e15 + 1, 1.7]))],
    [
      1,
      () =>
        make(
          "RegExp",
          random.pick(["a", "(?<n>b)", "/", "\\n", "é"]),
          random.pick(["", "g", "gi", "u", "y", "s", "v", "d"]),
        ),
    ],
    [1, () => make("Map", array(...random.some(0, 3, () => array(inner(), inner()))))],
    [1, () => make("Set", array(...random.some(0, 3, inner)))],
    [1, () => bytes(random)],
    [1, () => failure(random, inner)],
    [1, () => ["call", ["g", "Object"], "assign", ["bare"], object([[random.pick(TEXTS), inner()]])]],
    [1, () => ["apply", ["g", "Object"], random.pick([1, "boxed", true, ["big", "5"]])]],
    [1, () => shared(inner)],
    [0.5, () => cyclic(random, inner)],
    [0.5, () => ["getter", object([["a", inner()]]), "got", [["return", inner()]]]],
    [
      0.5,
      () => [
        "new",
        [
          "class",
          "Custom",
          null,
          [
            ["field", "x", inner()],
            ["method", "m", fn([])],
          ],
        ],
      ],
    ],
    [0.5, () => ["new", ["class", "MyError", ["g", random.pick(ERRORS)], [["field", "code", inner()]]], "custom"]],
    [
      0.3,
      () => ["new", ["class", "Sub", ["g", random.pick(["Map", "Set", "Array", "Uint8Array"])], [["field", "x", 1]]]],
    ],
  ]);
}

export function bytes(random) {
  const list = random.some(0, 9, () => random.int(0, 255));
  const made = ["bytes", random.pick(TYPED), list];
  return random.one([
    [3, () => made],
    [1, () => ["get", made, "buffer"]],
    [1, () => make("DataView", ["get", ["bytes", "Uint8Array", [1, 2, 3, 4, 5, 6, 7, 8]], "buffer"], random.int(0, 8))],
    [1, () => ["call", made, "subarray", random.int(0, 3), random.int(0, 9)]],
    [0.5, () => make("BigInt64Array", array(["big", "1"], ["big", "-1"]))],
    [0.3, () => make("ArrayBuffer", 4, object({ maxByteLength: 8 }))],
    [0.3, () => make("Uint8Array", make("ArrayBuffer", 4, object({ maxByteLength: 8 })))],
  ]);
}

export function failure(random, inner) {
  const message = random.pick(["", "message", "é\n", "x: y"]);
  return random.one([
    [3, () => error(message, random.pick(ERRORS))],
    [1, () => make("Error", message, object([["cause", inner()]]))],
    [1, () => make("DOMException", message, random.pick(["", "AbortError", "DataCloneError", "Nope", "TimeoutError"]))],
    [1, () => make("AggregateError", array(error("one"), inner()), message)],
    [
      1,
      () => [
        "call",
        ["g", "Object"],
        "assign",
        error(message),
        object([[random.pick(["name", "code", "x", "cause"]), inner()]]),
      ],
    ],
  ]);
}

/** One object in two places. */
const shared = (inner) => ["apply", fn(["x"], ["return", array(["v", "x"], object([["again", ["v", "x"]]]))]), inner()];

/** Not an error that is its own cause: workerd stores it and cannot read it again. */
const cyclic = (random, inner) =>
  random.one([
    [
      1,
      () => [
        "apply",
        fn(["x"], ["raw", ["set", ["v", "x"], "me", ["v", "x"]]], ["return", ["v", "x"]]),
        object([["a", inner()]]),
      ],
    ],
    [
      1,
      () => [
        "apply",
        fn(["x"], ["raw", ["call", ["v", "x"], "set", "me", ["v", "x"]]], ["return", ["v", "x"]]),
        make("Map"),
      ],
    ],
    [
      1,
      () => [
        "apply",
        fn(["x"], ["raw", ["call", ["v", "x"], "push", ["v", "x"], inner()]], ["return", ["v", "x"]]),
        array(),
      ],
    ],
  ]);

/** What cannot be cloned, or only just. */
export const oddity = (random, inner) =>
  random.one([
    [2, () => fn([], ["return", 1])],
    [1, () => ["sym", "s"]],
    [1, () => ["symbol", "iterator"]],
    [1, () => make("WeakMap")],
    [1, () => make("Proxy", object([["a", inner()]]), object([]))],
    [1, () => make("Proxy", array(inner()), object([]))],
    [1, () => ["call", ["g", "Promise"], "resolve", inner()]],
    [1, () => make("Headers", object({ a: "b" }))],
    [1, () => make("URL", "https://example.com/x?y")],
    [1, () => make("URLSearchParams", "a=b")],
    [1, () => make("Blob", array("text"), object({ type: "text/plain" }))],
    [1, () => make("File", array("text"), "name.txt")],
    [1, () => make("FormData")],
    [1, () => make("Request", "https://example.com/")],
    [1, () => make("Response", random.pick([null, "body"]))],
    [1, () => make("ReadableStream")],
    [1, () => make("TransformStream")],
    [1, () => make("TextEncoder")],
    [1, () => make("AbortController")],
    [1, () => ["get", make("AbortController"), "signal"]],
    [1, () => make("Event", "e")],
    [1, () => make("EventTarget")],
    [1, () => ["getter", object([]), "thrower", [["throw", error("from a getter")]]]],
    [1, () => ["call", ["g", "Object"], "freeze", object([["a", inner()]])]],
    [1, () => ["apply", ["generator", 1]]],
    [1, () => ["new", ["class", "WithSymbol", null, [["field", ["symbol", "toStringTag"], "Tagged"]]]]],
    [
      1,
      () =>
        object([
          [["sym", "k"], inner()],
          ["a", 1],
        ]),
    ],
    [1, () => ["call", ["g", "Object"], "defineProperty", array(1, 2), "length", object([["writable", false]])]],
    [1, () => ["call", ["g", "Object"], "defineProperty", object([["a", 1]]), "hidden", object([["value", inner()]])]],
    [1, () => ["call", object([["next", 1]]), "toString"]],
  ]);
