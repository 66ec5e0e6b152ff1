import { outcomes, show } from "./harness.js";

export default {
  init: () =>
    outcomes({
      none: () => [...new Headers()],
      object: () => [...new Headers({ B: "2", a: "1" })],
      pairs: () => [
        ...new Headers([
          ["a", "1"],
          ["a", "2"],
        ]),
      ],
      headers: () => [...new Headers(new Headers({ a: "1" }))],
      map: () => [...new Headers(new Map([["a", "1"]]))],
      numbers: () => [...new Headers({ a: 1, b: null, c: undefined })],
      null: () => [...new Headers(null)],
      undefined: () => [...new Headers(undefined)],
      string: () => [...new Headers("a: b")],
      shortPair: () => new Headers([["a"]]),
      longPair: () => new Headers([["a", "b", "c"]]),
    }),
  "get-set-append": () => {
    const h = new Headers({ A: "1" });
    h.append("a", "2");
    h.set("b", "3");
    const before = [...h];
    h.delete("A");
    return { before, after: [...h], has: [h.has("B"), h.has("x")], missing: show(h.get("x")) };
  },
  order: () => [
    ...new Headers([
      ["z", "1"],
      ["a", "2"],
      ["m", "3"],
      ["A", "4"],
    ]),
  ],
  trimming: () => [...new Headers({ a: "  x \t", b: "\ty  z " })],
  cookies: () => {
    const h = new Headers([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
      ["x", "y"],
    ]);
    return { all: h.getSetCookie(), joined: h.get("set-cookie"), entries: [...h], getAll: h.getAll("Set-Cookie") };
  },
  "get-all-errors": () => outcomes({ other: () => new Headers().getAll("x") }),
  iterators: () => {
    const h = new Headers({ b: "2", a: "1" });
    const each = [];
    h.forEach((value, key, self) => each.push([value, key, self === h]));
    return {
      keys: [...h.keys()],
      values: [...h.values()],
      entries: [...h.entries()],
      each,
      tag: Object.prototype.toString.call(h.entries()),
    };
  },
  errors: () =>
    outcomes({
      name: () => new Headers({ "bad name": "x" }),
      emptyName: () => new Headers({ "": "x" }),
      newline: () => new Headers({ a: "x\ny" }),
      nul: () => new Headers({ a: "x\0y" }),
      wide: () => [...new Headers({ a: "日" })],
      latin: () => [...new Headers({ a: "é" })],
      getBad: () => new Headers().get("bad name"),
      setOne: () => new Headers().set("a"),
      withoutNew: () => Headers(),
    }),
  shape: () => ({
    tag: Object.prototype.toString.call(new Headers()),
    keys: Object.keys(new Headers({ a: "1" })),
    json: JSON.stringify(new Headers({ a: "1" })),
  }),
};
