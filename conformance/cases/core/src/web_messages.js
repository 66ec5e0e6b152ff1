// MessageChannel and EventSource.

import { WorkerEntrypoint } from "cloudflare:workers";
import { engineOutcome, outcome, outcomes, show } from "./harness.js";

/** Resolves after what is on its way: timers that are due, and messages. */
async function later() {
  await new Promise((resolve) => setTimeout(resolve, 0));
  const { port1, port2 } = new MessageChannel();
  await new Promise((resolve) => {
    port2.onmessage = resolve;
    port1.postMessage("a message that is sent later");
  });
}

/** What a port receives while `act` posts. */
async function received(act) {
  const { port1, port2 } = new MessageChannel();
  const log = [];
  port2.onmessage = (event) => log.push(show(event.data));
  await act(port1, port2, log);
  await later();
  return log;
}

function streamOf(...chunks) {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(typeof chunk === "string" ? encoder.encode(chunk) : chunk);
      controller.close();
    },
  });
}

/** Everything that an EventSource says until its stream is over. */
async function eventsOf(...chunks) {
  const source = EventSource.from(streamOf(...chunks));
  const log = [["state", source.readyState, source.url, source.withCredentials]];
  const ended = new Promise((resolve) => {
    source.onerror = (event) => {
      log.push(["error", event.constructor.name, event.message, String(event.error), source.readyState]);
      resolve();
    };
  });
  source.onmessage = (event) => log.push([event.type, event.data, event.lastEventId, event.isTrusted]);
  source.addEventListener("custom", (event) => log.push([event.type, event.data, event.lastEventId]));
  await ended;
  return log;
}

/** Answers with events, but at some addresses with what is none. */
export class EventServer extends WorkerEntrypoint {
  fetch(request) {
    const headers = { "content-type": "text/event-stream" };
    switch (new URL(request.url).pathname) {
      case "/missing":
        return new Response("no", { status: 404, headers });
      case "/text":
        return new Response("text");
      case "/untyped":
        return new Response(new Uint8Array(2));
    }
    const asked = ["accept", "cache-control", "last-event-id"].map((name) => request.headers.get(name));
    return new Response(`id: 5\ndata: ${asked}\n\n`, { headers });
  }
}

export default {
  "channel-event": async () => {
    const { port1, port2 } = new MessageChannel();
    const event = await new Promise((resolve) => {
      port2.onmessage = resolve;
      port1.postMessage({ a: [1, new Date(0)] });
    });
    const { type, data, origin, lastEventId, ports, isTrusted } = event;
    return {
      class: event.constructor.name,
      ...{ type, data: show(data), origin, lastEventId, ports, isTrusted },
      source: event.source === port2,
      target: event.target === port2,
    };
  },
  "channel-order": () =>
    received(async (port, _other, log) => {
      port.postMessage(1);
      log.push("sync");
      queueMicrotask(() => log.push("microtask"));
      port.postMessage(2);
      setTimeout(() => log.push("timeout"), 0);
    }),
  "channel-start": async () => {
    const { port1, port2 } = new MessageChannel();
    const log = [];
    port2.addEventListener("message", (event) => log.push(event.data));
    port1.postMessage(1);
    await later();
    log.push("start");
    port2.start();
    await later();
    port1.postMessage(2);
    await later();
    return log;
  },
  "channel-close": async () => {
    const { port1, port2 } = new MessageChannel();
    const log = [];
    port1.onclose = (event) => log.push(["port1", event.constructor.name]);
    port2.onclose = (event) => log.push(["port2", event.constructor.name]);
    port2.onmessage = (event) => log.push(event.data);
    port1.postMessage("before");
    await later();
    port1.close();
    port1.close();
    log.push(show(await outcome(() => port1.postMessage("after"))));
    await later();
    return log;
  },
  "channel-handlers": () => {
    const { port1 } = new MessageChannel();
    const set = (value) => {
      port1.onmessage = value;
      return port1.onmessage === null ? null : typeof port1.onmessage;
    };
    return [set(() => {}), set(5), set({}), set(null), set(undefined)];
  },
  "channel-refused": () => {
    const { port1 } = new MessageChannel();
    const buffer = new ArrayBuffer(4);
    return outcomes({
      function: () => engineOutcome(() => port1.postMessage(() => {})),
      url: () => port1.postMessage(new URL("http://x/")),
      port: () => port1.postMessage(port1),
      transfer: () => port1.postMessage(buffer, [buffer]),
      transferOption: () => port1.postMessage(buffer, { transfer: [buffer] }),
      noTransfer: () => port1.postMessage(buffer, []),
      nothing: () => port1.postMessage(),
      clone: () => structuredClone(new MessageChannel().port1),
    });
  },
  "channel-objects": () => received((port) => port.postMessage({ h: new Headers({ a: "b" }), n: [1] })),
  "event-stream": () =>
    eventsOf("data: one\n\ndata: a\ndata:  b\nid: 7\n\nevent: custom\ndata:x\n\n: comment\nretry: 10\n\ndata\n\ndata:\n\ndata: unfinished"),
  "event-stream-lines": () => eventsOf("\ufeffdata: bom\r\n\r\ndata: cr\r\rid\ndata: y\n\nfoo: bar\n\nevent: e\n\ndata: z\n\n"),
  "event-stream-chunks": () =>
    eventsOf("da", "ta: sp", "lit\r", "\n\r\n", new Uint8Array([0x64, 0x61, 0x74, 0x61, 0x3a, 0xc3]), new Uint8Array([0xa9, 10, 10])),
  "event-source-arguments": () =>
    outcomes({
      none: () => new EventSource(),
      invalid: () => new EventSource("x"),
      credentials: () => new EventSource("http://127.0.0.1:1/", { withCredentials: true }),
      from: () => EventSource.from(),
      fromText: () => EventSource.from("x"),
      fetcher: () => new EventSource("http://127.0.0.1:1/", { fetcher: {} }),
      fresh: () => {
        const source = new EventSource("http://127.0.0.1:1/a?b#c");
        const state = [source.readyState, source.url, source.withCredentials, show(source.onopen)];
        source.close();
        return [...state, source.readyState];
      },
    }),
  // Through a binding, so that no network is needed: the entry answers with events.
  "event-source-fetcher": async ({ env }) => {
    const source = new EventSource("http://events.example/stream", { fetcher: env.SELF_EVENTS });
    const log = [source.readyState];
    await new Promise((resolve) => {
      source.onopen = (event) => log.push([event.constructor.name, event.type, source.readyState]);
      source.onmessage = (event) => log.push([event.data, event.lastEventId, event.origin]);
      source.onerror = (event) => {
        log.push([event.constructor.name, String(event.error), source.readyState]);
        resolve();
      };
    });
    source.close();
    return [...log, source.readyState];
  },
  "event-source-refused": async ({ env }) => {
    const results = {};
    for (const path of ["missing", "text", "untyped"]) {
      const source = new EventSource(`http://events.example/${path}`, { fetcher: env.SELF_EVENTS });
      results[path] = await new Promise((resolve) => {
        source.onerror = (event) => resolve([String(event.error), source.readyState]);
      });
    }
    return results;
  },
};
