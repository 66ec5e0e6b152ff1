// Streams of all kinds with scripted ends, read, written and piped in turns: what is settled, and how.
//
// Node is the judge, whose streams are the standard's; those of workerd are of its own making in many details. How many
// microtasks something takes is nobody's promise, so everything settles between one step and the next.

import { array, async_, call, error, fn, g, get, Labels, make, num, object, undef, v } from "../program/forms.mjs";

export function streams(random) {
  const labels = new Labels();
  const readables = [];
  const writables = [];
  const readers = [];
  const byobReaders = [];
  const writers = [];
  const controllers = [];
  const aborters = [];

  const reason = () =>
    random.pick([error("reason"), "text reason", undef, object([["r", 1]]), make("TypeError", "typed")]);
  const chunk = () => random.pick(["a", "b", 1, object([["x", 1]]), undef, null, bytes(), ""]);
  const bytes = () => [
    "bytes",
    random.pick(["Uint8Array", "Uint8Array", "Uint16Array"]),
    random.some(1, 4, () => random.int(0, 9)),
  ];
  const strategy = () =>
    random.one([
      [3, () => undef],
      [2, () => object([["highWaterMark", random.pick([0, 1, 2, 5])]])],
      [1, () => make("CountQueuingStrategy", object([["highWaterMark", random.int(0, 3)]]))],
      [0.7, () => make("ByteLengthQueuingStrategy", object([["highWaterMark", random.int(0, 8)]]))],
      [
        0.5,
        () =>
          object([
            ["highWaterMark", random.pick([1, 2])],
            // Not 0, of which a source that always gives has never given enough.
            ["size", fn(["chunk"], ["return", random.pick([1, 2, num("Infinity"), num("NaN"), -1])])],
          ]),
      ],
      [0.2, () => object([["size", fn(["chunk"], ["throw", error("size")])]])],
      [0.2, () => object([["highWaterMark", random.pick([num("NaN"), -1, "x"])]])],
    ]);
  const note = (what, ...more) => ["raw", ["note", labels.next("n"), array(what, ...more)]];

  /** What a callback does with its controller, and how it ends. */
  const callback = (what, params, actions) => {
    const kind = random.chance(0.6) ? async_ : fn;
    const body = [note(what), ...random.some(0, 2, () => random.pick(actions())())];
    if (kind === async_ && random.chance(0.1)) body.push(["sleep", 0]);
    if (random.chance(0.07)) body.push(["throw", reason()]);
    else if (random.chance(0.1))
      body.push([
        "return",
        random.pick([call(g("Promise"), "reject", error("rejected")), 5, call(g("Promise"), "resolve", 1)]),
      ]);
    return kind(params, ...body);
  };
  const sourceActions = (byte) => () => [
    () => ["do", labels.next(), call(v("c"), "enqueue", byte ? bytes() : chunk())],
    () => ["do", labels.next(), call(v("c"), "enqueue", byte ? bytes() : chunk())],
    () => ["do", labels.next(), call(v("c"), "enqueue", random.chance(0.9) ? bytes() : chunk())],
    () => ["do", labels.next(), get(v("c"), "desiredSize")],
    () => (random.chance(0.5) ? ["do", labels.next(), call(v("c"), "close")] : note("nothing")),
    () => (random.chance(0.3) ? ["do", labels.next(), call(v("c"), "error", reason())] : note("nothing")),
    ...(byte
      ? [
          () => ["do", labels.next(), get(v("c"), "byobRequest")],
          () => ["do", labels.next(), call(get(v("c"), "byobRequest"), "respond", random.int(0, 4))],
          () => [
            "do",
            labels.next(),
            call(
              get(v("c"), "byobRequest"),
              "respondWithNewView",
              random.chance(0.6)
                ? call(get(get(v("c"), "byobRequest"), "view"), "subarray", 0, random.int(0, 2))
                : bytes(),
            ),
          ],
        ]
      : []),
  ];
  const keepController = (name) => ["raw", ["set", v("shared"), name, v("c")]];
  const startOf = (name, actions) => {
    const made = callback("start", ["c"], actions);
    made[2].unshift(keepController(name));
    return made;
  };
  const source = () => {
    const byte = random.chance(0.35);
    const name = labels.next("k");
    controllers.push({ name, byte });
    const actions = sourceActions(byte);
    const fields = [["start", startOf(name, actions)]];
    if (byte) fields.push(["type", "bytes"]);
    if (byte && random.chance(0.3)) fields.push(["autoAllocateChunkSize", random.pick([4, 1, 0])]);
    if (random.chance(0.7)) fields.push(["pull", callback("pull", ["c"], actions)]);
    if (random.chance(0.7))
      fields.push(["cancel", callback("cancel", ["reason"], () => [() => note("cancelled", v("reason"))])]);
    return object(fields);
  };
  const sink = () => {
    const name = labels.next("k");
    controllers.push({ name, sink: true });
    const fields = [
      [
        "start",
        startOf(name, () => [
          () => (random.chance(0.1) ? ["do", labels.next(), call(v("c"), "error", reason())] : note("started")),
        ]),
      ],
    ];
    if (random.chance(0.9))
      fields.push([
        "write",
        callback("write", ["x", "c"], () => [
          () => note("wrote", v("x")),
          () => (random.chance(0.1) ? ["do", labels.next(), call(v("c"), "error", reason())] : note("…")),
        ]),
      ]);
    if (random.chance(0.7)) fields.push(["close", callback("close", [], () => [() => note("closing")])]);
    if (random.chance(0.7))
      fields.push(["abort", callback("abort", ["reason"], () => [() => note("aborted", v("reason"))])]);
    return object(fields);
  };
  const transformer = () => {
    const name = labels.next("k");
    controllers.push({ name, transform: true });
    const actions = () => [
      () => ["do", labels.next(), call(v("c"), "enqueue", chunk())],
      () => ["do", labels.next(), get(v("c"), "desiredSize")],
      () => (random.chance(0.15) ? ["do", labels.next(), call(v("c"), "terminate")] : note("…")),
      () => (random.chance(0.1) ? ["do", labels.next(), call(v("c"), "error", reason())] : note("…")),
    ];
    const fields = [["start", startOf(name, actions)]];
    if (random.chance(0.8)) {
      const transform = callback("transform", ["x", "c"], actions);
      if (random.chance(0.7)) transform[2].splice(1, 0, ["do", labels.next(), call(v("c"), "enqueue", array(v("x")))]);
      fields.push(["transform", transform]);
    }
    if (random.chance(0.6)) fields.push(["flush", callback("flush", ["c"], actions)]);
    if (random.chance(0.4))
      fields.push(["cancel", callback("cancel", ["reason"], () => [() => note("cancelled", v("reason"))])]);
    return object(fields);
  };

  const newReadable = () => {
    const label = labels.next("r");
    readables.push(label);
    return [
      [
        "do",
        label,
        random.one([
          [5, () => make("ReadableStream", source(), strategy())],
          [
            1,
            () =>
              call(
                g("ReadableStream"),
                "from",
                random.pick([
                  array("x", "y"),
                  ["apply", ["generator", 1, 2]],
                  ["apply", ["asyncGenerator", 1, 2]],
                  array(call(g("Promise"), "resolve", 1), call(g("Promise"), "reject", error("in the list"))),
                ]),
              ),
          ],
        ]),
      ],
    ];
  };
  const newWritable = () => {
    const label = labels.next("w");
    writables.push(label);
    return [["do", label, make("WritableStream", sink(), strategy())]];
  };
  const newTransform = () => {
    const label = labels.next("x");
    const [readable, writable] = [labels.next("r"), labels.next("w")];
    readables.push(readable);
    writables.push(writable);
    return [
      [
        "do",
        label,
        random.one([
          [5, () => make("TransformStream", transformer(), strategy(), strategy())],
          [1, () => make("TransformStream")],
        ]),
      ],
      ["do", readable, get(v(label), "readable")],
      ["do", writable, get(v(label), "writable")],
    ];
  };

  const promiseStep = (expression) => [random.chance(0.25) ? "await" : "do", labels.next(), expression];
  const withReadable = () => {
    if (readables.length === 0) return newReadable();
    const of = v(random.pick(readables));
    return random.one([
      [4, () => keepIn(readers, call(of, "getReader"))],
      [1.5, () => keepIn(byobReaders, call(of, "getReader", object([["mode", "byob"]])))],
      [1, () => [promiseStep(call(of, "cancel", reason()))]],
      [1.5, () => tee(of)],
      [
        2,
        () =>
          writables.length === 0
            ? newWritable()
            : [promiseStep(call(of, "pipeTo", v(random.pick(writables)), ...pipeOptions()))],
      ],
      [1, () => piped(of)],
      [0.5, () => [["do", labels.next(), get(of, "locked")]]],
    ]);
  };
  const keepIn = (list, expression) => {
    const label = labels.next("h");
    list.push(label);
    const closed = [["do", labels.next(), get(v(label), "closed")]];
    return [["do", label, expression], ...(random.chance(0.4) ? closed : [])];
  };
  const tee = (of) => {
    const [pair, one, two] = [labels.next(), labels.next("r"), labels.next("r")];
    readables.push(one, two);
    return [
      ["do", pair, call(of, "tee")],
      ["do", one, get(v(pair), 0)],
      ["do", two, get(v(pair), 1)],
    ];
  };
  const piped = (of) => {
    const transform = labels.next("x");
    const label = labels.next("r");
    readables.push(label);
    return [
      ["do", transform, make("TransformStream", transformer())],
      ["do", label, call(of, "pipeThrough", v(transform), ...pipeOptions())],
    ];
  };
  const pipeOptions = () => {
    if (random.chance(0.5)) return [];
    const fields = random.subset(["preventClose", "preventAbort", "preventCancel"]).map((name) => [name, true]);
    if (random.chance(0.3) && aborters.length > 0) fields.push(["signal", get(v(random.pick(aborters)), "signal")]);
    return [object(fields)];
  };
  const withReader = () => {
    if (readers.length === 0) return withReadable();
    const of = v(random.pick(readers));
    return [
      random.one([
        [6, () => promiseStep(call(of, "read"))],
        [1, () => promiseStep(call(of, "cancel", reason()))],
        [1, () => ["do", labels.next(), call(of, "releaseLock")]],
        [1, () => ["do", labels.next(), get(of, "closed")]],
      ]),
    ];
  };
  const withByob = () => {
    if (byobReaders.length === 0) return withReadable();
    const of = v(random.pick(byobReaders));
    return [
      random.one([
        [
          6,
          () =>
            promiseStep(
              call(
                of,
                "read",
                ["bytes", random.pick(["Uint8Array", "Uint16Array", "Uint8Array"]), [0, 0, 0, 0]],
                ...(random.chance(0.2) ? [object([["min", random.int(1, 5)]])] : []),
              ),
            ),
        ],
        [1, () => promiseStep(call(of, "cancel", reason()))],
        [1, () => ["do", labels.next(), call(of, "releaseLock")]],
        [0.3, () => promiseStep(call(of, "read", random.pick([["bytes", "Uint8Array", []], undef, 5])))],
      ]),
    ];
  };
  const withWriter = () => {
    if (writers.length === 0) {
      if (writables.length === 0) return newWritable();
      return keepIn(writers, call(v(random.pick(writables)), "getWriter"));
    }
    const of = v(random.pick(writers));
    return random.one([
      [6, () => [promiseStep(call(of, "write", chunk()))]],
      [1.5, () => [promiseStep(call(of, "close"))]],
      [1, () => [promiseStep(call(of, "abort", reason()))]],
      [0.8, () => [["do", labels.next(), call(of, "releaseLock")]]],
      [1.5, () => [["do", labels.next(), get(of, random.pick(["ready", "desiredSize", "closed"]))]]],
      [
        0.5,
        () =>
          writables.length > 0
            ? [promiseStep(call(v(random.pick(writables)), random.pick(["close", "abort"]), reason()))]
            : [],
      ],
      [0.7, () => (writables.length > 0 ? keepIn(writers, call(v(random.pick(writables)), "getWriter")) : [])],
    ]);
  };
  const withController = () => {
    if (controllers.length === 0) return [];
    const { name, byte, sink: ofSink, transform } = random.pick(controllers);
    const of = get(v("shared"), name);
    if (ofSink)
      return random.chance(0.3)
        ? [["do", labels.next(), call(of, "error", reason())]]
        : [["do", labels.next(), get(get(of, "signal"), "aborted")]];
    return [
      [
        "do",
        labels.next(),
        random.one([
          [5, () => call(of, "enqueue", byte ? bytes() : chunk())],
          [1.5, () => call(of, transform ? "terminate" : "close")],
          [1, () => call(of, "error", reason())],
          [1, () => get(of, "desiredSize")],
          [byte ? 2 : 0, () => call(get(of, "byobRequest"), "respond", random.int(0, 4))],
        ]),
      ],
    ];
  };
  const aborter = () => {
    const label = labels.next("a");
    aborters.push(label);
    return [["do", label, make("AbortController")]];
  };

  const body = [
    ...random.one([
      [4, newReadable],
      [2, newWritable],
      [3, newTransform],
    ]),
    ...random
      .some(4, 16, () =>
        random.one([
          [1.2, newReadable],
          [0.8, newWritable],
          [0.8, newTransform],
          [4, withReadable],
          [5, withReader],
          [3, withByob],
          [5, withWriter],
          [3, withController],
          [0.5, aborter],
          [
            0.5,
            () =>
              aborters.length > 0
                ? [["do", labels.next(), call(v(random.pick(aborters)), "abort", reason())]]
                : aborter(),
          ],
        ]),
      )
      .flat(),
  ];
  return {
    place: "worker",
    judge: "node",
    ordered: "none",
    body: body.flatMap((statement) => [statement, ["sleep", 0]]),
  };
}
