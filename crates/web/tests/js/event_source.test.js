import { test, assert, assertEquals, assertThrows } from "holdfast:test";
import { EventSource } from "holdfast:web/event_source";
import { EventStreamParser } from "holdfast:web/event_stream";
import { Response } from "holdfast:web/response";
import { TextEncoder } from "holdfast:web/encoding";
import { ReadableStream } from "holdfast:web/streams/index";

function parse(...chunks) {
  const seen = [];
  const parser = new EventStreamParser({
    event: (type, data, id) => seen.push([type, data, id]),
    id: () => {},
    retry: (ms) => seen.push(ms),
  }, "");
  for (const chunk of chunks) parser.push(chunk);
  return seen;
}

test("the format: fields, comments, line ends", () => {
  assertEquals(parse("data: one\n\ndata:a\ndata:  b\nid: 7\n\n"), [["message", "one", ""], ["message", "a\n b", "7"]]);
  assertEquals(parse(": c\nevent: e\ndata: x\nfoo: bar\n\ndata: y\n\n"), [["e", "x", ""], ["message", "y", ""]]);
  assertEquals(parse("data: a\r\n\r\ndata: b\r\rdata: c\n\n"), [["message", "a", ""], ["message", "b", ""], ["message", "c", ""]]);
  assertEquals(parse("retry: 10\nretry: x\nretry: 1.5\n"), [10]);
});

test("an event without data is none, an unfinished one is dropped, an id with NUL is ignored", () => {
  assertEquals(parse("event: e\n\ndata\n\nid: 1\u0000\ndata: z\n\ndata: unfinished"), [["message", "z", ""]]);
});

test("chunks may break anywhere", () => {
  const text = new TextEncoder().encode("\ufeffdata: \u00e9\r\ndata: x\r\n\r\n");
  for (let at = 0; at <= text.length; at++) {
    assertEquals(parse(text.subarray(0, at), text.subarray(at)), [["message", "\u00e9\nx", ""]], `broken at ${at}`);
  }
});

/** A Fetcher that gives these answers one after the other, then 204; it notes what it was asked. */
function fetcherOf(answers, asked = []) {
  return {
    async fetch(url, { headers }) {
      asked.push([url, headers["last-event-id"]]);
      const next = answers.shift();
      if (next === undefined) return new Response(null, { status: 204 });
      return next;
    },
  };
}

const events = (text) => new Response(text, { headers: { "content-type": "text/event-stream; charset=utf-8" } });

const until = (source, type) => new Promise((resolve) => source.addEventListener(type, resolve, { once: true }));

test("opens, dispatches, and says that it was disconnected", async () => {
  const source = new EventSource("http://h/s?q#f", { fetcher: fetcherOf([events("id: 3\ndata: a\n\n")]) });
  assertEquals([source.readyState, source.url, source.withCredentials], [0, "http://h/s?q#f", false]);
  await until(source, "open");
  assertEquals(source.readyState, EventSource.OPEN);
  const { data, lastEventId, origin } = await until(source, "message");
  assertEquals([data, lastEventId, origin], ["a", "3", "http://h"]);
  const { error } = await until(source, "error");
  assertEquals([error.message, source.readyState], ["The server disconnected.", EventSource.CONNECTING]);
  source.close();
  assertEquals(source.readyState, EventSource.CLOSED);
});

test("connects again with the last id, until the answer is no stream", async () => {
  const asked = [];
  const source = new EventSource("http://h/", { fetcher: fetcherOf([events("retry: 1\nid: 9\ndata: a\n\n")], asked) });
  await until(source, "error");
  const { error } = await until(source, "error");
  assertEquals([error.name, error.message, source.readyState], ["AbortError", "The response status code was 204.", 2]);
  assertEquals(asked, [["http://h/", undefined], ["http://h/", "9"]]);
});

test("answers that are no streams of events fail for good", async () => {
  const cases = [
    [new Response("x", { status: 404 }), "The response status code was 404."],
    [new Response("x", { headers: { "content-type": "text/plain" } }), "The content type 'text/plain' is invalid."],
    [new Response(new Uint8Array(1)), "No content type header was present in the response."],
  ];
  for (const [answer, message] of cases) {
    const source = new EventSource("http://h/", { fetcher: fetcherOf([answer]) });
    const { error } = await until(source, "error");
    assertEquals([error.message, source.readyState], [message, 2]);
  }
});

test("from() reads a stream and cannot have it again", async () => {
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("event: e\ndata: x\n\n"));
      controller.close();
    },
  });
  const source = EventSource.from(stream);
  assertEquals([source.readyState, source.url], [1, ""]);
  assertEquals((await until(source, "e")).data, "x");
  await until(source, "error");
  assertEquals(source.readyState, 2);
});

test("close() cancels what is read, and nothing follows", async () => {
  let cancelled = false;
  const stream = new ReadableStream({ cancel: () => (cancelled = true) });
  const source = EventSource.from(stream);
  source.onerror = () => assert(false, "an event after close()");
  await undefined;
  source.close();
  source[Symbol.dispose]();
  await undefined;
  assert(cancelled && source.readyState === 2);
});

test("arguments", () => {
  assertThrows(() => new EventSource(), TypeError);
  assertThrows(() => new EventSource("x"), "SyntaxError", "Cannot open an EventSource to 'x'. The URL is invalid.");
  assertThrows(() => new EventSource("http://h/", { withCredentials: true }), "NotSupportedError");
  assertThrows(() => new EventSource("http://h/", { fetcher: {} }), TypeError);
  assertThrows(() => EventSource.from("x"), TypeError);
});
