// HTMLRewriter: what takes its time, fails or streams, and the responses it makes.

import { describeError, outcomes } from "./harness.js";
import { onP, onPText, page, rewritten, streamOf, textOrError } from "./html_rewriter_tools.js";

export default {
  "async-handlers": async () => {
    const seen = [];
    const text = await new HTMLRewriter()
      .on("p", {
        async element(p) {
          seen.push(`begin ${p.getAttribute("id")}`);
          await scheduler.wait(2);
          p.setInnerContent(`late ${p.getAttribute("id")}`);
          seen.push(`end ${p.getAttribute("id")}`);
          p.onEndTag(async (end) => {
            await scheduler.wait(1);
            end.after("!");
          });
        },
      })
      .on("b", {
        async text(chunk) {
          await scheduler.wait(1);
          if (chunk.text) chunk.replace(chunk.text.toUpperCase());
        },
      })
      .onDocument({
        async end(end) {
          await scheduler.wait(1);
          end.append("done");
        },
      })
      .transform(page("<p id=1>a</p><b>shout</b><p id=2>b</p>"))
      .text();
    return { seen, text };
  },
  "errors-in-handlers": async () => {
    const failing = (handlers) => textOrError(new HTMLRewriter().on("p", handlers).transform(page("<p>x<!--c--></p>")));
    return {
      element: await failing({
        element() {
          throw new RangeError("in element");
        },
      }),
      text: await failing({
        text() {
          throw new TypeError("in text");
        },
      }),
      late: await failing({
        async comments() {
          await scheduler.wait(1);
          throw new Error("in comments");
        },
      }),
      endTag: await failing({
        element(p) {
          p.onEndTag(() => {
            throw new SyntaxError("in end tag");
          });
        },
      }),
      notAnError: await failing({
        element() {
          throw "a string";
        },
      }),
      end: await textOrError(
        new HTMLRewriter()
          .onDocument({
            end() {
              throw new Error("in end");
            },
          })
          .transform(page("x")),
      ),
    };
  },
  "errors-of-the-source": async () => {
    const broken = new ReadableStream({
      type: "bytes",
      pull(controller) {
        controller.error(new RangeError("broken source"));
      },
    });
    return textOrError(new HTMLRewriter().on("p", {}).transform(page(broken)));
  },
  "tokens-out-of-time": async () => {
    const kept = {};
    await new HTMLRewriter()
      .on("p", {
        element(p) {
          kept.element = p;
          kept.iterator = p.attributes;
          p.onEndTag((end) => void (kept.end = end));
        },
        text: (chunk) => void (kept.text ??= chunk),
        comments: (comment) => void (kept.comment = comment),
      })
      .onDocument({ doctype: (doctype) => void (kept.doctype = doctype), end: (end) => void (kept.documentEnd = end) })
      .transform(page("<!doctype html><p a=b>x<!--c--></p>"))
      .text();
    return outcomes({
      tagName: () => kept.element.tagName,
      setTagName: () => {
        kept.element.tagName = "x";
      },
      attributes: () => kept.element.attributes,
      getAttribute: () => kept.element.getAttribute("a"),
      removed: () => kept.element.removed,
      namespaceURI: () => kept.element.namespaceURI,
      remove: () => kept.element.remove(),
      before: () => kept.element.before("x"),
      onEndTag: () => kept.element.onEndTag(() => {}),
      iterator: () => kept.iterator.next(),
      endName: () => kept.end.name,
      text: () => kept.text.text,
      last: () => kept.text.lastInTextNode,
      textRemove: () => kept.text.remove(),
      comment: () => kept.comment.text,
      doctype: () => kept.doctype.name,
      append: () => kept.documentEnd.append("x"),
    });
  },
  "streams-as-content": async () => ({
    stream: await onP("<p>x</p>", (p) => void p.append(streamOf("<b>", "two", "</b>"), { html: true })),
    text: await onP("<p>x</p>", (p) => void p.append(streamOf("<b>", "two"))),
    response: await onP("<p>x</p>", (p) => void p.replace(new Response("<i>new</i>"), { html: true })),
    every: await onP("<p>x</p>", (p) => {
      p.before(new Response("1")).after(streamOf("2")).prepend(new Response("3")).append(streamOf("4"));
    }),
    inner: await onP("<p>x</p>", (p) => void p.setInnerContent(streamOf("in", "ner"))),
    ofText: await rewritten("<p>x</p>", "p", { text: (chunk) => void (chunk.text && chunk.replace(streamOf("y"))) }),
    ofEndTag: await onP("<p>x</p>", (p) => void p.onEndTag((end) => void end.before(streamOf("e")))),
    splitCharacter: await onP(
      "<p>x</p>",
      (p) => void p.append(streamOf(new Uint8Array([0xe2, 0x82]), new Uint8Array([0xac]))),
    ),
    neverReached: await onP("<p>x<p>y</p>", (p) => void p.append(streamOf("z")).remove()),
  }),
  "streams-that-are-no-content": async () => ({
    comment: (
      await new Promise((resolve) => {
        rewritten("<p><!--c--></p>", "p", {
          async comments(comment) {
            resolve(
              await outcomes({
                before: () => comment.before(new Response("x")),
                after: () => comment.after(streamOf("x")),
                replace: () => comment.replace(new Response("x")),
              }),
            );
          },
        });
      })
    ),
    documentEnd: await textOrError(
      new HTMLRewriter()
        .onDocument({ end: (end) => void end.append(new Response("x")) })
        .transform(page("<p>x</p>")),
    ),
  }),
  "streams-as-content-that-fail": async () => {
    const broken = () =>
      new ReadableStream({
        type: "bytes",
        pull(controller) {
          controller.error(new RangeError("broken content"));
        },
      });
    const used = new Response("x");
    await used.text();
    const locked = new Response("x");
    locked.body.getReader();
    const withContent = (content) =>
      textOrError(new HTMLRewriter().on("p", { element: (p) => void p.append(content) }).transform(page("<p>x</p>")));
    return {
      broken: await withContent(broken()),
      used: await withContent(used),
      locked: await withContent(locked),
      empty: await withContent(new Response(null)),
      notUtf8: await withContent(new Response(new Uint8Array([65, 0xff, 66]))),
      cutCharacter: await withContent(new Response(new Uint8Array([65, 0xe2, 0x82]))),
    };
  },
  "one-stream-twice": async () => {
    const stream = streamOf("x");
    return textOrError(
      new HTMLRewriter().on("p", { element: (p) => void p.append(stream) }).transform(page("<p></p><p></p>")),
    );
  },
  "text-chunks-of-arguments": () =>
    onPText((chunk) => ({
      none: () => chunk.replace(),
      options: () => chunk.before("x", 1),
      chain: () => chunk.before("a") === chunk,
    })),
  "the-response": async () => {
    const source = new Response("<p>x</p>", {
      status: 201,
      statusText: "Made",
      headers: { "content-length": "8", "content-type": "text/html", etag: '"e"' },
    });
    const made = new HTMLRewriter().on("p", { element: (p) => void p.append("longer") }).transform(source);
    return {
      same: made === source,
      used: source.bodyUsed,
      status: [made.status, made.statusText, made.url, made.type],
      etag: made.headers.get("etag"),
      type: made.headers.get("content-type"),
      text: await made.text(),
    };
  },
  "responses-that-cannot": async () => {
    const used = new Response("x");
    await used.text();
    const locked = new Response("x");
    locked.body.getReader();
    const empty = new Response(null, { status: 204 });
    return outcomes({
      error: () => new HTMLRewriter().transform(Response.error()),
      used: () => new HTMLRewriter().transform(used),
      locked: () => new HTMLRewriter().transform(locked),
      empty: () => new HTMLRewriter().transform(empty) === empty,
    });
  },
  "sent-to-the-client": () =>
    new HTMLRewriter()
      .on("p", { element: (p) => void p.setInnerContent("rewritten and longer") })
      .transform(page("<p>x</p>", { "content-type": "text/html", "content-length": "8" })),
  charsets: async () => {
    const of = (type, bytes) =>
      textOrBytes(
        new HTMLRewriter()
          .on("p", { text: (chunk) => void (chunk.text && chunk.after(`[${chunk.text}]`)) })
          .transform(page(new Uint8Array(bytes), { "content-type": type })),
      );
    const textOrBytes = async (response) => {
      try {
        return [...(await response.bytes())];
      } catch (error) {
        return describeError(error);
      }
    };
    const p = [60, 112, 62, 0xe9, 60, 47, 112, 62];
    const results = {};
    for (const type of [
      "text/html", "text/html; charset=iso-8859-1", 'text/html; charset="windows-1252"', "text/html;charset=UTF-8",
      "text/html; charset=nonsense", "text/html; charset=utf-16le", "text/html; charset=",
    ]) {
      try {
        results[type] = await of(type, p);
      } catch (error) {
        results[type] = describeError(error);
      }
    }
    return results;
  },
  "content-in-another-charset": async () => {
    const response = new HTMLRewriter()
      .on("p", { element: (p) => void p.setAttribute("t", "é").append("é€日") })
      .transform(page(new Uint8Array([60, 112, 62]), { "content-type": "text/html; charset=iso-8859-1" }));
    return [...(await response.bytes())];
  },
  "used-again": async () => {
    const rewriter = new HTMLRewriter().on("p", { element: (p) => void p.append("1") });
    const first = rewriter.transform(page("<p></p>"));
    rewriter.on("p", { element: (p) => void p.append("2") });
    const second = rewriter.transform(page("<p></p>"));
    return [await first.text(), await second.text()];
  },
  "one-after-another": async () => {
    const twice = new HTMLRewriter()
      .on("b", { element: (b) => void b.append("?") })
      .transform(new HTMLRewriter().on("p", { element: (p) => void p.append("<b>", { html: true }) }).transform(page("<p></p>")));
    return twice.text();
  },
  "chunks-of-the-source": async () => {
    const seen = [];
    const text = await new HTMLRewriter()
      .on("p", { element: () => void seen.push("p"), text: (chunk) => void seen.push(chunk.text) })
      .transform(page(streamOf("<", "p>on", "e</p", "><p>t", "wo</p>")))
      .text();
    return { seen: [seen.filter((s) => s === "p").length, seen.filter((s) => s !== "p").join("")], text };
  },
  "broken-markup": async () => ({
    unclosed: await onP("<p>a<p>b<div", (p) => void p.append("!")),
    ambiguous: await textOrError(
      new HTMLRewriter().on("p", {}).on("title", { text() {} }).transform(page("<select><xmp><script>x</script></select>")),
    ),
    script: await rewritten("<script>if (a < b) '<p>'</script><p></p>", "p", { element: (p) => void p.append("!") }),
    template: await rewritten("<textarea><p></textarea><p></p>", "p", { element: (p) => void p.append("!") }),
    selfClosing: await onP("<p/>x<svg><p/></svg>", (p) => void p.append("!")),
    voids: await rewritten("<br><br/><img>", "br, img", { element: (e) => void e.append("!").prepend("!").after("?") }),
  }),
  "a-reader-that-leaves": async () => {
    let pulled = 0;
    let cancelled;
    const gone = new Promise((resolve) => (cancelled = resolve));
    const endless = new ReadableStream({
      type: "bytes",
      pull(controller) {
        pulled++;
        controller.enqueue(new TextEncoder().encode(`<p>${"x".repeat(5000)}</p>`));
      },
      cancel() {
        cancelled(true);
      },
    });
    const response = new HTMLRewriter().on("p", { element() {} }).transform(page(endless));
    const reader = response.body.getReader();
    const { done } = await reader.read();
    await reader.cancel("enough");
    return { done, cancelled: await gone, some: pulled > 0 };
  },
};
