// Calls between a Worker and an object: what crosses, in both directions, and for how long.

import { apply, array, async_, call, error, fn, g, get, Labels, make, object, undef, v } from "../program/forms.mjs";
import { scalar, value } from "./values.mjs";

const PROPERTIES = [
  "a",
  "b",
  "m",
  "n",
  "call",
  "apply",
  "dup",
  "length",
  "name",
  "id",
  "prototype",
  "fetch",
  "x",
  "deep",
  "er",
  "property",
  "toJSON",
];

export function rpc(random) {
  const labels = new Labels();
  const stubs = ["peer"];

  const thrown = () =>
    random.one([
      [3, () => error("thrown", random.pick(["Error", "TypeError", "RangeError", "SyntaxError"]))],
      [
        1,
        () =>
          call(
            g("Object"),
            "assign",
            error("with fields"),
            object([
              [
                random.pick(["code", "name", "remote", "retryable", "overloaded", "message", "cause", "stack"]),
                value(random, 2, 0.1),
              ],
            ]),
          ),
      ],
      [
        1,
        () => [
          "new",
          [
            "class",
            "Custom",
            g("Error"),
            [
              ["field", "field", scalar(random)],
              ["field", "name", "CustomName"],
            ],
          ],
          "custom",
        ],
      ],
      [
        1,
        () =>
          make(
            "Error",
            "outer",
            object([["cause", random.pick([error("inner", "TypeError"), "text", object([["a", 1]])])]]),
          ),
      ],
      [1, () => make("DOMException", "dom", random.pick(["AbortError", "NotFoundError", "Custom"]))],
      [1, () => make("AggregateError", array(error("one"), 2), "several")],
      [1, () => scalar(random)],
      [1, () => value(random, 2, 0.2)],
    ]);

  /** A function of the program's or of the peer's. `here` is whose variables it may use. */
  const callee = (depth) =>
    random.one([
      [3, () => fn(["x"], ["return", v("x")])],
      [2, () => async_(["x"], ["return", array(v("x"), value(random, 1, 0.05))])],
      [2, () => fn(["x"], ["return", carried(depth - 1)])],
      [1, () => fn(["x"], ["throw", thrown()])],
      [1, () => async_(["x"], ["throw", thrown()])],
      [1, () => async_(["f"], ["return await", apply(v("f"), scalar(random))])],
      [0.5, () => async_(["f"], ["return", call(v("f"), random.pick(["dup", "m", "a"]), 1)])],
      [0.5, () => fn(["f"], ["do", labels.next("k"), call(v("f"), ["symbol", "dispose"])], ["return", "disposed"])],
    ]);
  const RpcTarget = v("RpcTarget");
  const target = (depth) => [
    "new",
    [
      "class",
      "Target",
      RpcTarget,
      [
        ...random.some(0, 2, () => [
          "method",
          random.pick(
            ["a", "m", "n", "constructor", "then", "dup", "toString", "x"].slice(0, random.chance(0.8) ? 3 : 8),
          ),
          callee(depth),
        ]),
        ...(random.chance(0.4)
          ? [
              [
                "getter",
                random.pick(["b", "x", "deep"]),
                fn([], ...(random.chance(0.85) ? [["return", carried(depth - 1)]] : [["throw", thrown()]])),
              ],
            ]
          : []),
        ...(random.chance(0.3) ? [["field", random.pick(["own", "a"]), scalar(random)]] : []),
        ...(random.chance(0.2) ? [["static", "s", 1]] : []),
        ...(random.chance(0.5)
          ? [["method", ["symbol", "dispose"], fn([], ["raw", ["note", labels.next("d"), "disposed of"]])]]
          : []),
      ],
    ],
  ];
  /** What may cross. */
  function carried(depth) {
    if (depth <= 0) return value(random, 1, 0.05);
    const inner = () => carried(depth - 1);
    return random.one([
      [4, () => value(random, 2, 0.12)],
      [2, () => object(random.some(0, 3, () => [random.pick(PROPERTIES), inner()]))],
      [1, () => array(...random.some(0, 3, inner))],
      [2, () => callee(depth)],
      [2, () => target(depth)],
      [0.6, () => make("Map", array(array("k", inner())))],
      [0.6, () => make("Set", array(inner()))],
      [0.6, () => ["new", v("RpcStub"), random.pick([object([["a", inner()]]), callee(1), target(1)])]],
      [0.5, () => make("Headers", object({ a: "b" }))],
      [
        0.5,
        () =>
          make(
            "Request",
            "https://example.com/",
            object([
              ["method", "POST"],
              ["body", random.pick(["text", null])],
              ["headers", object({ a: "b" })],
            ]),
          ),
      ],
      [0.5, () => make("Response", random.pick(["text", null]), object([["status", random.pick([200, 404])]]))],
      [0.5, () => get(make("Response", "body text"), "body")],
      [0.4, () => make("Proxy", random.pick([object([["a", 1]]), callee(1), target(1)]), object([]))],
      [0.4, () => ["bare", ["a", inner()]]],
      [0.4, () => ["new", ["class", "Plain", null, [["field", "f", inner()]]]]],
      [
        0.3,
        () =>
          object([
            ["then", fn(["resolve", "reject"], ["raw", apply(v(random.pick(["resolve", "reject"])), scalar(random))])],
          ]),
      ],
      [0.3, () => ["getter", object([]), "got", [["return", inner()]]]],
      [0.3, () => call(g("Object"), "assign", error("carried"), object([["f", inner()]]))],
      [0.3, () => call(g("Promise"), "resolve", inner())],
      [0.3, () => call(g("Object"), "assign", callee(1), object([["own", inner()]]))],
      [
        0.3,
        () => [
          "seq",
          object([
            [["sym", "s"], 1],
            ["a", 1],
          ]),
        ],
      ],
      [0.4, () => v(random.pick(stubs))],
      [0.2, () => get(v("env"), random.pick(["PEER", "SELF"]))],
      [0.2, () => call(get(v("env"), "PEER"), "idFromName", "x")],
      [
        0.3,
        () => (random.chance(0.5) ? get(v(random.pick(stubs)), "property") : call(v(random.pick(stubs)), "echo", 1)),
      ],
    ]);
  }
  /** An expression for the peer: it has no `env`. */
  const there = () => ["quote", withoutEnv(carried(3))];

  const keepStub = (expression, wait = 0.8) => {
    const label = labels.next("p");
    stubs.push(label);
    return [[random.chance(wait) ? "await" : "do", label, expression]];
  };
  const path = (of, depth = 2) =>
    depth > 0 && random.chance(0.5) ? path(get(of, random.pick(PROPERTIES)), depth - 1) : of;
  const step = () => {
    const of = v(random.pick(stubs));
    return random.one([
      [5, () => keepStub(call(v("peer"), "eval", there()))],
      [1, () => keepStub(call(v("peer"), "eval", there()), 0)],
      [4, () => keepStub(call(v("peer"), "echo", carried(3)))],
      [2, () => [["await", labels.next(), call(v("peer"), "look", ...random.some(1, 2, () => carried(2)))]]],
      [4, () => keepStub(call(path(of), random.pick(PROPERTIES), ...random.some(0, 2, () => carried(2))))],
      [3, () => keepStub(apply(of, ...random.some(0, 2, () => carried(2))))],
      [2, () => keepStub(get(path(of), random.pick(PROPERTIES)))],
      [
        1,
        () => [["await", labels.next(), apply(async_([], ["return await", get(path(of), random.pick(PROPERTIES))]))]],
      ],
      [
        2,
        () => [
          [
            "await",
            labels.next(),
            apply(
              async_(
                [],
                ["return await", path(apply(call(v("peer"), "eval", there()), ...random.some(0, 1, () => carried(1))))],
              ),
            ),
          ],
        ],
      ],
      [1.5, () => keepStub(call(of, "dup"), 0)],
      [1.5, () => [["do", labels.next(), call(of, ["symbol", "dispose"])]]],
      [
        1.5,
        () => [
          [
            "await",
            labels.next(),
            call(
              v("peer"),
              "keep",
              random.pick(["k1", "k2"]),
              random.pick([there(), ["quote", ["call", ["v", "a0"], "dup"]], ["quote", ["v", "a0"]]]),
              carried(2),
            ),
          ],
        ],
      ],
      [
        1.5,
        () =>
          keepStub(
            call(v("peer"), "eval", [
              "quote",
              random.pick([
                ["v", "k1"],
                ["apply", ["v", "k1"], 1],
                ["call", ["v", "k2"], "a", 1],
                ["get", ["v", "k2"], "b"],
              ]),
            ]),
          ),
      ],
      [1, () => [["await", labels.next(), call(of, random.pick(["text", "json", "arrayBuffer", "getReader", "get"]))]]],
      [
        1,
        () => [
          ["do", labels.next(), ["typeof", of]],
          ["do", labels.next(), call(g("Object"), "keys", of)],
        ],
      ],
      [
        0.5,
        () => [
          [
            "await",
            labels.next(),
            call(
              of,
              "fetch",
              "https://example.com/p",
              object([
                ["method", "POST"],
                ["body", "b"],
              ]),
            ),
          ],
        ],
      ],
      [0.3, () => [["sleep", 0]]],
    ]);
  };
  return {
    place: "worker",
    ordered: "none",
    lastMs: 80,
    body: [
      ...random.some(2, 9, step).flat(),
      ...stubs.slice(1).map((label) => ["do", labels.next("e"), call(v(label), ["symbol", "dispose"])]),
      ["sleep", 30],
      ["await", "there", call(v("peer"), "takeLog")],
    ],
  };
}

const withoutEnv = (expression) => {
  if (!Array.isArray(expression)) return expression;
  if (expression[0] === "v" && expression[1] === "env") return undef;
  return expression.map(withoutEnv);
};
