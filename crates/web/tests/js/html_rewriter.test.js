import {
  op_test_fail_bodies as failBodies, op_test_gate as setGate, op_test_open_bodies as openBodies,
} from "holdfast:ops";
import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import { HTMLRewriter } from "holdfast:web/html_rewriter/html_rewriter";
import { Response } from "holdfast:web/response";
import { IdentityTransformStream, ReadableStream } from "holdfast:web/streams/index";

const page = (html) => new Response(html, { headers: { "content-type": "text/html" } });
const rewrite = (html, selector, handlers) => new HTMLRewriter().on(selector, handlers).transform(page(html));
const encode = (text) => new TextEncoder().encode(text);
const decode = (bytes) => new TextDecoder().decode(bytes);

/** A promise and how to settle it. */
function deferred() {
  let resolve, reject;
  const promise = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

test("every kind of token and change", async () => {
  const seen = [];
  const response = new HTMLRewriter()
    .on("p", {
      element(p) {
        seen.push(p.tagName, p.getAttribute("a"), [...p.attributes], p.namespaceURI);
        p.setAttribute("b", "2").removeAttribute("a").prepend("<", { html: false }).append("<i>", { html: true });
        p.onEndTag((end) => {
          seen.push(end.name);
          end.after("after");
        });
      },
      text(chunk) {
        if (chunk.text !== "") chunk.replace(chunk.text.toUpperCase());
      },
      comments(comment) {
        comment.text = "changed";
      },
    })
    .onDocument({
      doctype: (doctype) => void seen.push(doctype.name),
      end: (end) => void end.append("end"),
    })
    .transform(page("<!doctype html><p a=1>x<!--c--></p>"));
  assertEquals(await response.text(), '<!doctype html><p b="2">&lt;X<!--changed--><i></p>afterend');
  assertEquals(seen, ["html", "p", "1", [["a", "1"]], "http://www.w3.org/1999/xhtml", "p"]);
});

test("output goes out while a handler takes its time", async () => {
  const waiting = deferred();
  const begun = deferred();
  const response = rewrite("<b>first</b><p>x</p>last", "p", {
    async element(p) {
      begun.resolve();
      await waiting.promise;
      p.before("late ");
    },
  });
  const reader = response.body.getReader();
  await begun.promise;
  assertEquals(decode((await reader.read()).value), "<b>first</b>");
  waiting.resolve();
  let rest = "";
  for (let next; !(next = await reader.read()).done; ) rest += decode(next.value);
  assertEquals(rest, "late <p>x</p>last");
});

test("a token lives as long as its handler, not longer", async () => {
  const waiting = deferred();
  const begun = deferred();
  let kept;
  const response = rewrite("<p a=1>x</p>", "p", {
    async element(p) {
      kept = p;
      begun.resolve();
      await waiting.promise;
    },
  });
  await begun.promise;
  assertEquals(kept.getAttribute("a"), "1");
  waiting.resolve();
  await response.text();
  assertThrows(() => kept.getAttribute("a"), TypeError, /^This content token is no longer valid\./);
  assertThrows(() => new kept.constructor(), TypeError, "Illegal constructor");
});

test("a handler that fails ends the body, its source and later tokens", async () => {
  const { promise: cancelled, resolve } = deferred();
  const source = new ReadableStream({
    type: "bytes",
    pull: (controller) => controller.enqueue(encode("<p>x</p>")),
    cancel: resolve,
  });
  const failure = new RangeError("no");
  let calls = 0;
  const response = rewrite(source, "p", {
    async element() {
      calls++;
      await null;
      throw failure;
    },
  });
  await assertRejects(response.text(), failure);
  assertEquals([await cancelled, calls], [failure, 1]);
});

test("what came before an error is delivered", async () => {
  const response = rewrite("<b>fine</b><p>", "p", {
    element() {
      throw new Error("no");
    },
  });
  const reader = response.body.getReader();
  await assertRejects(
    (async () => {
      for (;;) if ((await reader.read()).done) return;
    })(),
    Error,
    "no",
  );
});

test("a source that fails", async () => {
  const failure = new TypeError("broken");
  const source = new ReadableStream({ type: "bytes", pull: (controller) => controller.error(failure) });
  await assertRejects(rewrite(source, "p", {}).text(), failure);
  const notBytes = new ReadableStream({
    start(controller) {
      controller.enqueue(5);
    },
  });
  await assertRejects(rewrite(notBytes, "p", {}).text(), TypeError, "This ReadableStream did not return bytes.");
});

test("a reader that leaves ends everything", async () => {
  const { promise: cancelled, resolve } = deferred();
  const source = new ReadableStream({
    type: "bytes",
    pull: (controller) => controller.enqueue(encode(`<p>${"x".repeat(70_000)}</p>`)),
    cancel: () => resolve(true),
  });
  const response = rewrite(source, "p", { element() {} });
  const reader = response.body.getReader();
  await reader.read();
  await reader.cancel();
  assert(await cancelled);
  while (openBodies() !== 0) await scheduler.wait(1);
});

test("a reader that leaves while a handler waits", async () => {
  const waiting = deferred();
  const begun = deferred();
  const { promise: cancelled, resolve } = deferred();
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  writer.closed.catch(resolve);
  writer.write(encode("<p>")).catch(() => {});
  let kept;
  const response = rewrite(readable, "p", {
    async element(p) {
      kept = p;
      begun.resolve();
      await waiting.promise;
      // It was stopped meanwhile: there is nothing any more that this could change.
      assertThrows(() => p.remove(), TypeError, /^This content token is no longer valid\./);
      kept = undefined;
    },
  });
  await begun.promise;
  await response.body.cancel();
  await cancelled;
  waiting.resolve();
  await null;
  await null;
  assertEquals(kept, undefined);
});

test("an unread body stops the source", async () => {
  let pulls = 0;
  const source = new ReadableStream({
    type: "bytes",
    pull(controller) {
      if (++pulls > 1000) controller.close();
      else controller.enqueue(encode("<p>x</p>".repeat(10_000)));
    },
  });
  const response = rewrite(source, "p", {});
  const reader = response.body.getReader();
  let length = 0;
  for (let i = 0; i < 3; i++) length += (await reader.read()).value.length;
  await scheduler.wait(20);
  assert(pulls < 12, `${pulls} chunks were read for ${length} bytes`);
  await reader.cancel();
});

test("much output of one chunk comes in pieces", async () => {
  let calls = 0;
  const source = new Response("<p></p>".repeat(1_000));
  const response = new HTMLRewriter()
    .on("p", { element: (p) => void (calls++, p.append("y".repeat(1_000))) })
    .transform(source);
  const reader = response.body.getReader();
  const first = await reader.read();
  assert(first.value.length < 80_000, `a chunk of ${first.value.length} bytes`);
  assert(calls < 1_000, "the handlers ran ahead of the reader");
  let length = first.value.length;
  for (let next; !(next = await reader.read()).done; ) length += next.value.length;
  assertEquals([length, calls], [1_007_000, 1_000]);
});

test("many at once, one inside another", async () => {
  const one = (i) =>
    rewrite(`<p>${i}</p>`, "p", {
      async element(p) {
        await scheduler.wait(i % 3);
        p.append(rewrite("<b></b>", "b", { element: (b) => void b.append(`${i}`) }), { html: true });
      },
    }).text();
  const texts = await Promise.all(Array.from({ length: 200 }, (_, i) => one(i)));
  assertEquals(texts.map((text, i) => text === `<p>${i}<b>${i}</b></p>`).indexOf(false), -1);
});

test("a rewriter inside a handler of another one", async () => {
  const outer = rewrite("<p>x</p>", "p", {
    async element(p) {
      const inner = rewrite("<i>y</i>", "i", { element: (i) => void i.setInnerContent(p.tagName) });
      p.setInnerContent(await inner.text(), { html: true });
    },
  });
  assertEquals(await outer.text(), "<p><i>p</i></p>");
});

test("what is made waits for the output gate", async () => {
  setGate(false);
  const reader = rewrite("<p>x</p>", "p", { element() {} }).body.getReader();
  let read = false;
  const reading = reader.read().then((result) => {
    read = true;
    return result;
  });
  await scheduler.wait(5);
  assert(!read, "output went past the gate");
  setGate(true);
  assertEquals(decode((await reading).value), "<p>x</p>");
});

test("a stream of content that fails, and one that is cancelled", async () => {
  const failure = new RangeError("content");
  const broken = new ReadableStream({ type: "bytes", pull: (controller) => controller.error(failure) });
  await assertRejects(rewrite("<p>x</p>", "p", { element: (p) => void p.append(broken) }).text(), failure);
  const { promise: cancelled, resolve } = deferred();
  const endless = new ReadableStream({
    type: "bytes",
    pull: (controller) => controller.enqueue(encode("z".repeat(70_000))),
    cancel: () => resolve(true),
  });
  const reader = rewrite("<p>x</p>", "p", { element: (p) => void p.append(endless) }).body.getReader();
  await reader.read();
  await reader.cancel();
  assert(await cancelled);
});

test("the parser's memory has a bound", async () => {
  const response = rewrite(`<p a="${"x".repeat(4 << 20)}">`, "p", { element() {} });
  await assertRejects(response.text(), TypeError, "Parser error: The memory limit has been exceeded.");
});

test("a response passes through with its status and headers", async () => {
  const source = new Response("<p>", { status: 404, headers: { a: "b", "content-type": "text/html" } });
  const response = new HTMLRewriter().transform(source);
  assertEquals([response.status, response.headers.get("a"), source.bodyUsed, await response.text()], [404, "b", true, "<p>"]);
  const empty = new Response(null, { status: 204 });
  assert(new HTMLRewriter().transform(empty) === empty);
});

// The last one: a context ends but once.
test("the end of the context breaks the body off", async () => {
  const response = rewrite("<p>x</p>", "p", { element: () => new Promise(() => {}) });
  const text = response.text();
  await null;
  assertEquals(openBodies(), 1);
  failBodies();
  await assertRejects(text, Error, "Network connection lost.");
});
