// WebSocket and WebSocketPair: two ends in one place, and what is wrong with arguments.

import { engineOutcome } from "./harness.js";
import { accepted, arrived, attempt, fence, watch } from "./websocket_tools.js";

const half = { allowHalfOpen: true };

export default {
  "pair-shape": () => {
    const pair = new WebSocketPair();
    const [left, right] = Object.values(pair);
    const { value, ...attributes } = Object.getOwnPropertyDescriptor(pair, "0");
    return {
      keys: Object.keys(pair),
      iterated: [...pair].length,
      same: [...pair][0] === left && pair[1] === right && value === left,
      attributes,
      tag: Object.prototype.toString.call(pair),
      classes: [left instanceof WebSocket, left instanceof EventTarget, WebSocketPair.length, WebSocket.length],
      callWithoutNew: typeof WebSocketPair,
    };
  },
  "fresh-socket": () => {
    const socket = new WebSocketPair()[0];
    const { readyState, url, protocol, extensions, binaryType } = socket;
    return { readyState, url, protocol, extensions, binaryType, tag: Object.prototype.toString.call(socket), own: Object.keys(socket) };
  },
  "members": () => ({
    prototype: Object.getOwnPropertyNames(WebSocket.prototype).sort(),
    statics: Object.getOwnPropertyNames(WebSocket).sort(),
    constants: [WebSocket.CONNECTING, WebSocket.OPEN, WebSocket.CLOSING, WebSocket.CLOSED, WebSocket.READY_STATE_OPEN],
    onInstances: [new WebSocketPair()[0].CLOSED, new WebSocketPair()[0].READY_STATE_CLOSING],
  }),
  "send-before-accept": () => {
    const socket = new WebSocketPair()[0];
    return [attempt(() => socket.send("x")), attempt(() => socket.close()), attempt(() => socket.close(1000, "x"))];
  },
  "send-arguments": () => attempt(() => new WebSocketPair()[0].send()),
  "messages": async () => {
    const { left, right, events } = accepted();
    left.send("text");
    left.send("é😀\u0000");
    left.send("");
    right.send("back");
    await arrived(events, 4);
    return events.sort(([a], [b]) => a.localeCompare(b));
  },
  "message-kinds": async () => {
    const { left, right, events } = accepted();
    right.binaryType = "arraybuffer";
    const bytes = new Uint8Array([1, 2, 3, 4]);
    left.send(bytes.subarray(1, 3));
    left.send(new DataView(bytes.buffer, 3));
    left.send(bytes.buffer);
    left.send(new Uint16Array([258]));
    bytes.fill(9);
    left.send(new ArrayBuffer(0));
    for (const value of [null, undefined, 7, true, [1, 2], {}, new Blob(["x"]), { toString: () => "own" }, 10n]) left.send(value);
    await arrived(events, 14);
    return events;
  },
  "send-symbol": () => {
    const { left } = accepted();
    return engineOutcome(() => left.send(Symbol("s")));
  },
  "blobs-by-default": async () => {
    const { left, right } = accepted();
    const data = await new Promise((resolve) => {
      right.onmessage = (event) => resolve(event.data);
      left.send(new Uint8Array([104, 105]));
    });
    return [data instanceof Blob, data.type, await data.text()];
  },
  "binary-type": () => {
    const socket = new WebSocketPair()[0];
    const seen = [socket.binaryType];
    for (const value of ["arraybuffer", "ArrayBuffer", "", null, 5, "blob", "nodebuffer"]) {
      socket.binaryType = value;
      seen.push(socket.binaryType);
    }
    return seen;
  },
  "message-event": async () => {
    const { left, right } = accepted();
    const event = await new Promise((resolve) => {
      right.addEventListener("message", resolve);
      left.send("x");
    });
    return {
      class: event.constructor.name,
      type: event.type,
      data: event.data,
      target: event.target === right,
      trusted: event.isTrusted,
      cancelable: event.cancelable,
      ports: event.ports,
      source: event.source,
    };
  },
  "on-properties": async () => {
    const { left, right } = accepted(half);
    const order = [];
    right.addEventListener("message", () => order.push("listener"));
    right.onmessage = () => order.push("property");
    right.onclose = ({ code }) => order.push(`close ${code}`);
    left.send("x");
    await arrived(order, 2);
    left.close(3000);
    await arrived(order, 3);
    return order;
  },
  "listeners-after-accept": async () => {
    const { 0: left, 1: right } = new WebSocketPair();
    left.accept();
    left.send("one");
    right.accept();
    const events = watch(right);
    left.send("two");
    await arrived(events, 2);
    return events;
  },
  "messages-wait-for-accept": async () => {
    const { 0: left, 1: right } = new WebSocketPair();
    left.accept();
    left.send("early");
    const events = watch(right);
    await fence();
    const before = events.length;
    right.accept();
    await arrived(events, 1);
    return [before, events];
  },
  "accept-arguments": () => {
    const fresh = () => new WebSocketPair()[0];
    return [undefined, null, {}, { allowHalfOpen: 1 }, { allowHalfOpen: undefined }, 5, "x"].map((options) =>
      attempt(() => fresh().accept(options)),
    );
  },
  "accept-twice": () => {
    const socket = new WebSocketPair()[0];
    socket.accept();
    return [attempt(() => socket.accept()), socket.readyState];
  },
  "many-messages-in-order": async () => {
    const { left, right } = accepted();
    const got = [];
    right.addEventListener("message", ({ data }) => got.push(+data));
    for (let i = 0; i < 300; i++) left.send(i);
    await arrived(got, 300);
    return [got.length, got.every((value, i) => value === i)];
  },
  "large-message": async () => {
    const { left, right } = accepted();
    const text = "0123456789".repeat(300_000);
    const data = await new Promise((resolve) => {
      right.addEventListener("message", (event) => resolve(event.data));
      left.send(text);
    });
    return [data.length, data === text];
  },
  "close-codes": () => {
    const codes = [1000, 1001, 1003, 1004, 1005, 1006, 1007, 1014, 1015, 1016, 2999, 3000, 4999, 5000, 999, 0, -1, 1e9, 1000.9, "3000", "x", null, NaN, {}];
    return codes.map((code) => [String(code), attempt(() => accepted().left.close(code))]);
  },
  "close-reasons": () => {
    const close = (...args) => attempt(() => accepted().left.close(...args));
    return [
      close(1000, "x".repeat(123)),
      close(1000, "x".repeat(124)),
      close(1000, "é".repeat(61)),
      close(1000, "é".repeat(62)),
      close(undefined, "why"),
      close(undefined, ""),
      close(undefined, undefined),
      close(1000, null),
      close(1000, 7),
      close(999, "x".repeat(200)),
      close(undefined, "x".repeat(200)),
    ];
  },
  "close-is-answered": async () => {
    const { left, right, events } = accepted();
    left.close(3000, "done");
    const at = [left.readyState, right.readyState];
    await arrived(events, 2);
    await fence();
    return { at, events, after: [left.readyState, right.readyState] };
  },
  "close-without-code": async () => {
    const { left, events } = accepted();
    left.close();
    await arrived(events, 2);
    return events;
  },
  "close-with-empty-reason": async () => {
    const { left, events } = accepted();
    left.close(1001, "");
    await arrived(events, 2);
    return events;
  },
  "close-states-in-events": async () => {
    const { left, right } = accepted();
    const states = [];
    left.addEventListener("close", () => states.push(["left", left.readyState]));
    right.addEventListener("close", () => states.push(["right", right.readyState]));
    left.close(3000);
    await arrived(states, 2);
    return states;
  },
  "half-open": async () => {
    const { left, right, events } = accepted(half);
    left.close(3000, "first");
    await arrived(events, 1);
    await fence();
    const states = [[left.readyState, right.readyState]];
    right.send("still here");
    await arrived(events, 2);
    right.close(3001, "second");
    await arrived(events, 3);
    states.push([left.readyState, right.readyState]);
    return { states, events };
  },
  "after-close": () => {
    const { left } = accepted();
    left.close(3000);
    return [attempt(() => left.send("x")), attempt(() => left.close()), attempt(() => left.close(1004)), left.readyState];
  },
  "close-after-answer": async () => {
    const { left, right, events } = accepted();
    left.close(3000);
    await arrived(events, 2);
    return [attempt(() => right.close(3001)), attempt(() => right.send("x")), right.readyState];
  },
  "messages-before-close": async () => {
    const { left, events } = accepted();
    left.send("one");
    left.send("two");
    left.close(3000, "after them");
    await arrived(events, 4);
    return events;
  },
  "listener-throws": async () => {
    const { left, right, events } = accepted();
    const seen = [];
    right.addEventListener("message", () => {
      throw new TypeError("from a listener");
    });
    right.addEventListener("error", ({ message, error }) => seen.push([message, error.constructor.name, right.readyState]));
    left.send("one");
    await arrived(seen, 1);
    await fence();
    return { seen, events: events.filter(([name]) => name === "right"), send: attempt(() => right.send("x")), close: attempt(() => right.close()) };
  },
  "close-event": async () => {
    const { left, right } = accepted();
    const event = await new Promise((resolve) => {
      right.addEventListener("close", resolve);
      left.close(4000, "why");
    });
    const { type, code, reason, wasClean } = event;
    return { class: event.constructor.name, type, code, reason, wasClean, target: event.target === right };
  },
  "attachments": () => {
    const socket = new WebSocketPair()[0];
    const given = { a: [1, new Date(5)], m: new Map([["k", new Set([1])]]), bytes: new Uint8Array([1, 2]) };
    const before = socket.deserializeAttachment();
    socket.serializeAttachment(given);
    given.a.push("later");
    const got = [socket.deserializeAttachment(), socket.deserializeAttachment()];
    socket.serializeAttachment(undefined);
    return { before, first: got[0], fresh: got[0] !== got[1], last: socket.deserializeAttachment() };
  },
  "attachment-errors": () => {
    const socket = new WebSocketPair()[0];
    return [
      attempt(() => socket.serializeAttachment()),
      attempt(() => socket.serializeAttachment("x".repeat(16_378))),
      attempt(() => socket.serializeAttachment("x".repeat(16_379))),
      attempt(() => socket.serializeAttachment("x".repeat(16_380))),
      attempt(() => socket.serializeAttachment("x".repeat(20_000))),
      attempt(() => socket.serializeAttachment(new URL("http://x/"))),
      attempt(() => socket.serializeAttachment(socket)),
    ];
  },
  "attachment-sizes": () => {
    const socket = new WebSocketPair()[0];
    // What is too large says how large it is.
    const pad = "x".repeat(16_384);
    const size = (value) => attempt(() => socket.serializeAttachment(value)).replace(/.*was (\d+) bytes\.$/, (_, n) => n - 16_384);
    const shared = { s: 1 };
    return {
      string: size(pad),
      wide: [size(`${pad}é`), size(`${pad}Ā`), size([`${pad}Ā`]), size(["", `${pad}Ā`])],
      object: size({ pad, a: 1, b: -1, c: 300, d: 1.5, e: true, f: null, g: undefined, 7: "index" }),
      numbers: size([pad, { a: 0, b: 63, c: 64, d: -64, e: -65, f: 2 ** 30 - 1, g: 2 ** 30, h: -(2 ** 30), i: 2 ** 53, j: -0, k: NaN }]),
      lists: [size([pad, [1, 2, 300]]), size([pad, [1, 2.5, 300]])],
      bigints: size([pad, 0n, 1n, -1n, 2n ** 64n]),
      nested: size([pad, [], {}, [[]], { a: {} }]),
      holes: size([pad, , 1]),
      repeated: size([pad, shared, shared]),
      dates: size([pad, new Date(0), new Map([[1, 2]]), new Set([1, 2]), /a+/g]),
      boxed: size([pad, new Boolean(true), new Number(1), new String("s")]),
      buffers: size([pad, new Uint8Array(3), new ArrayBuffer(5), new DataView(new ArrayBuffer(2))]),
    };
  },
  "constructor-errors": () => {
    const make = (...args) => attempt(() => new WebSocket(...args) && "made");
    return [
      make(),
      make("x"),
      make("http://host/"),
      make("ws://host/#fragment"),
      make("ws://host/", ""),
      make("ws://host/", "a b"),
      make("ws://host/", "a,b"),
      make("ws://host/", ["a", "a"]),
      make("ws://host/", ["a", ""]),
      make("ws://host/", ["ok", "not ok"]),
    ];
  },
  "constructor-cannot-connect": async () => {
    const socket = new WebSocket("ws://user:secret@127.0.0.1:1/path?q", ["a", "b"]);
    const at = [socket.readyState, socket.url, socket.protocol, socket.extensions];
    const refused = [attempt(() => socket.send("x")), attempt(() => socket.accept()), attempt(() => new Response(null, { status: 101, webSocket: socket }).status)];
    const events = [];
    await new Promise((resolve) => {
      socket.addEventListener("error", () => events.push("error"));
      socket.addEventListener("close", ({ code, reason, wasClean }) => resolve(events.push([code, reason, wasClean])));
    });
    return { at, refused, events, after: socket.readyState };
  },
  "response-errors": () => {
    const socket = new WebSocketPair()[0];
    return [
      attempt(() => new Response(null, { webSocket: socket })),
      attempt(() => new Response(null, { status: 200, webSocket: socket })),
      attempt(() => new Response(null, { status: 101 })),
      attempt(() => new Response(null, { status: 101, webSocket: {} })),
      attempt(() => new Response("body", { status: 101, webSocket: socket })),
      attempt(() => new Response(null, { status: 101, webSocket: socket }).clone()),
      attempt(() => new Response(null, { status: 200, webSocket: null }).webSocket),
      attempt(() => new Response(null, { status: 101, webSocket: socket }).webSocket === socket),
    ];
  },
  "clone-errors": () => [
    attempt(() => structuredClone(new WebSocketPair()[0])),
    attempt(() => structuredClone(new WebSocketPair())),
    attempt(() => structuredClone(new WebSocketRequestResponsePair("a", "b"))),
  ],
  "request-response-pair": () => {
    const pair = new WebSocketRequestResponsePair(1, null);
    return {
      values: [pair.request, pair.response],
      keys: Object.keys(pair),
      tag: Object.prototype.toString.call(pair),
      errors: [attempt(() => new WebSocketRequestResponsePair()), attempt(() => new WebSocketRequestResponsePair("a"))],
      members: Object.getOwnPropertyNames(WebSocketRequestResponsePair.prototype).sort(),
    };
  },
};
