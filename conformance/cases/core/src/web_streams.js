import { onRequest, outcome, outcomes, show } from "./harness.js";

const text = (s) => new TextEncoder().encode(s);

async function readAll(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const posted = { method: "POST", body: "a body that somebody has sent" };

export default {
  "pull-source": async () => {
    let n = 0;
    return readAll(
      new ReadableStream({
        pull(c) {
          n < 3 ? c.enqueue(n++) : c.close();
        },
      }),
    );
  },
  "error-source": () =>
    outcomes({
      error: () =>
        readAll(
          new ReadableStream({
            start(c) {
              c.error(new RangeError("broken"));
            },
          }),
        ),
      throws: () =>
        readAll(
          new ReadableStream({
            pull() {
              throw new TypeError("pulled");
            },
          }),
        ),
    }),
  cancel: async () => {
    let reason;
    const stream = new ReadableStream({
      start(c) {
        c.enqueue(1);
      },
      cancel(r) {
        reason = r;
      },
    });
    await stream.cancel("enough");
    return { reason, read: show(await stream.getReader().read()) };
  },
  locks: async () => {
    const stream = new ReadableStream({
      start(c) {
        c.enqueue(1);
        c.close();
      },
    });
    const reader = stream.getReader();
    const second = await outcome(() => stream.getReader());
    reader.releaseLock();
    return {
      second,
      locked: stream.locked,
      read: await outcome(() => reader.read()),
      cancel: await outcome(() => {
        stream.getReader();
        return stream.cancel();
      }),
    };
  },
  tee: async () => {
    const [a, b] = new ReadableStream({
      start(c) {
        c.enqueue("x");
        c.enqueue("y");
        c.close();
      },
    }).tee();
    return [await readAll(a), await readAll(b)];
  },
  transform: async () => {
    const upper = new TransformStream({
      transform(chunk, c) {
        c.enqueue(chunk.toUpperCase());
      },
      flush(c) {
        c.enqueue("END");
      },
    });
    return readAll(
      new ReadableStream({
        start(c) {
          c.enqueue("a");
          c.enqueue("b");
          c.close();
        },
      }).pipeThrough(upper),
    );
  },
  "transform-error": () =>
    outcome(() =>
      readAll(
        new ReadableStream({
          start(c) {
            c.enqueue("a");
            c.close();
          },
        }).pipeThrough(
          new TransformStream({
            transform() {
              throw new RangeError("in the middle");
            },
          }),
        ),
      ),
    ),
  "pipe-to": async () => {
    const log = [];
    await new ReadableStream({
      start(c) {
        c.enqueue(1);
        c.enqueue(2);
        c.close();
      },
    }).pipeTo(
      new WritableStream({
        write(chunk) {
          log.push(chunk);
        },
        close() {
          log.push("closed");
        },
      }),
    );
    return log;
  },
  writer: async () => {
    const log = [];
    const writer = new WritableStream({
      write: (x) => {
        log.push(x);
      },
      abort: (r) => {
        log.push(`aborted ${r}`);
      },
    }).getWriter();
    await writer.ready;
    const size = writer.desiredSize;
    await writer.write("a");
    await writer.abort("why");
    return { size, log, after: await outcome(() => writer.write("b")) };
  },
  from: async () => ({
    array: await readAll(ReadableStream.from(["a", "b"])),
    generator: await readAll(
      ReadableStream.from(
        (async function* () {
          yield 1;
          yield 2;
        })(),
      ),
    ),
  }),
  "break-cancels": async () => {
    let cancelled = false;
    const stream = new ReadableStream({
      pull(c) {
        c.enqueue(1);
      },
      cancel() {
        cancelled = true;
      },
    });
    for await (const _ of stream) break;
    return cancelled;
  },
  "byte-stream": async () => {
    const stream = new ReadableStream({
      type: "bytes",
      start(c) {
        c.enqueue(text("hello"));
        c.close();
      },
    });
    const reader = stream.getReader({ mode: "byob" });
    const first = await reader.read(new Uint8Array(3));
    const second = await reader.read(new Uint8Array(3));
    const end = await reader.read(new Uint8Array(3));
    return [show(first.value), show(second.value), end.done];
  },
  "text-streams": async () => ({
    decode: await readAll(new Response(text("é🐢")).body.pipeThrough(new TextDecoderStream())),
    encode: show(
      await readAll(
        new ReadableStream({
          start(c) {
            c.enqueue("é");
            c.close();
          },
        }).pipeThrough(new TextEncoderStream()),
      ),
    ),
  }),
  compression: async () =>
    outcomes({
      gzip: () =>
        new Response(
          new Response("hello ".repeat(50)).body
            .pipeThrough(new CompressionStream("gzip"))
            .pipeThrough(new DecompressionStream("gzip")),
        ).text(),
      deflate: () =>
        new Response(
          new Response("x").body
            .pipeThrough(new CompressionStream("deflate"))
            .pipeThrough(new DecompressionStream("deflate")),
        ).text(),
      raw: () =>
        new Response(
          new Response("y").body
            .pipeThrough(new CompressionStream("deflate-raw"))
            .pipeThrough(new DecompressionStream("deflate-raw")),
        ).text(),
      unknown: () => new CompressionStream("zip"),
    }),
  "fixed-length": () =>
    outcomes({
      exact: async () => {
        const s = new FixedLengthStream(2);
        const w = s.writable.getWriter();
        const r = new Response(s.readable).text();
        await w.write(text("ab"));
        await w.close();
        return r;
      },
      identity: async () => {
        const s = new IdentityTransformStream();
        const w = s.writable.getWriter();
        const r = new Response(s.readable).text();
        await w.write(text("ab"));
        await w.close();
        return r;
      },
    }),
  "identity-refuses": async () => {
    const { readable, writable } = new IdentityTransformStream();
    const writer = writable.getWriter();
    const results = [];
    for (const chunk of [5, null, undefined, {}, true]) results.push(await outcome(() => writer.write(chunk)));
    const read = readable.getReader().read();
    await writer.write("good");
    return [...results, show((await read).value)];
  },
  "identity-piped": async () => {
    const { readable, writable } = new IdentityTransformStream();
    const read = outcome(() => readable.getReader().read());
    // Whether the pipe fails as well depends on who is first on workerd.
    await outcome(() => ReadableStream.from([5]).pipeTo(writable));
    return read;
  },
  "identity-reasons": async () => {
    const results = [];
    for (const reason of ["why", 5, null, undefined, { a: 1 }, new RangeError("why")]) {
      const cancelled = new IdentityTransformStream();
      const cancelledWriter = cancelled.writable.getWriter();
      const aborted = new IdentityTransformStream();
      const abortedWriter = aborted.writable.getWriter();
      const reading = aborted.readable.getReader().read();
      results.push(
        await outcomes({
          cancel: () => cancelled.readable.cancel(reason),
          write: () => cancelledWriter.write(text("x")),
          writerClosed: () => cancelledWriter.closed,
          abort: () => abortedWriter.abort(reason),
          read: () => reading,
          closed: () => abortedWriter.closed,
        }),
      );
    }
    return results;
  },
  "iterator-shape": async () => {
    const iterator = new ReadableStream().values();
    return [Object.prototype.toString.call(iterator), typeof iterator.throw, (await iterator.return("x")).done];
  },
  "wrong-options": () =>
    outcomes({
      reader: () => new ReadableStream().getReader(5),
      mode: () => new ReadableStream().getReader({ mode: "x" }),
      type: () => new ReadableStream({ type: "x" }),
      from: () => ReadableStream.from(5),
      pipeThrough: () => new ReadableStream().pipeThrough({}),
      pipeTo: () => new ReadableStream().pipeTo({}),
      length: () => new FixedLengthStream(-1),
      minimum: () => new Response("hello").body.getReader({ mode: "byob" }).read(new Uint8Array(5), { min: 9 }),
      ownMinimum: () =>
        new ReadableStream({ type: "bytes" }).getReader({ mode: "byob" }).read(new Uint8Array(5), { min: 9 }),
    }),
  strategies: () => [
    new CountQueuingStrategy({ highWaterMark: 3 }).size("abc"),
    new ByteLengthQueuingStrategy({ highWaterMark: 3 }).size(new Uint8Array(7)),
  ],
  // Bodies of the platform that are piped: a runtime may move their bytes itself, and nobody can tell.
  "body-pipe-identity": onRequest(posted, async ({ request }) => {
    const { readable, writable } = new IdentityTransformStream();
    const piping = request.body.pipeTo(writable);
    const locked = [request.body.locked, writable.locked, request.bodyUsed];
    const bodyText = await new Response(readable).text();
    const result = await piping;
    return { locked, bodyText, result, after: [request.body.locked, writable.locked] };
  }),
  "body-pipe-answer": onRequest(posted, ({ request, ctx }) => {
    const { readable, writable } = new FixedLengthStream(posted.body.length);
    ctx.waitUntil(request.body.pipeTo(writable));
    return new Response(readable, { headers: { "content-type": "text/plain" } });
  }),
  "body-pipe-chain": onRequest(posted, ({ request }) =>
    new Response(
      request.body
        .pipeThrough(new IdentityTransformStream())
        .pipeThrough(new CompressionStream("gzip"))
        .pipeThrough(new DecompressionStream("gzip"))
        .pipeThrough(new IdentityTransformStream()),
      { headers: { "content-type": "text/plain" } },
    )),
  "body-pipe-too-long": onRequest(posted, ({ request }) => pipedInto(request, posted.body.length - 1)),
  "body-pipe-too-short": onRequest(posted, ({ request }) => pipedInto(request, posted.body.length + 1)),
  "body-pipe-cancel": onRequest(posted, async ({ request }) => {
    const { readable, writable } = new IdentityTransformStream();
    const piping = request.body.pipeTo(writable);
    return outcomes({ cancel: () => readable.cancel(new Error("enough")), piping: () => piping });
  }),
  "body-pipe-signal": onRequest(posted, async ({ request }) => {
    const { readable, writable } = new IdentityTransformStream();
    const controller = new AbortController();
    const piping = request.body.pipeTo(writable, { signal: controller.signal });
    controller.abort(new Error("stop"));
    return outcomes({ piping: () => piping, read: () => readable.getReader().read() });
  }),
  "body-pipe-garbled": onRequest(posted, async ({ request }) => {
    const { readable, writable } = new DecompressionStream("gzip");
    const piping = request.body.pipeTo(writable);
    return outcomes({ read: () => readable.getReader().read(), piping: () => piping });
  }),
  "body-pipe-exactly": onRequest(posted, async ({ request }) => {
    const { readable, writable } = new IdentityTransformStream();
    const piping = request.body.pipeTo(writable);
    const reader = readable.getReader({ mode: "byob" });
    const { value } = await reader.readAtLeast(posted.body.length, new Uint8Array(posted.body.length));
    await piping;
    return { length: value.byteLength, end: (await reader.read(new Uint8Array(1))).done };
  }),
  "body-pipe-two": onRequest(posted, async ({ request }) => {
    const { readable, writable } = new IdentityTransformStream();
    const bodyText = new Response(readable).text();
    await request.body.pipeTo(writable, { preventClose: true });
    await new Response("and more").body.pipeTo(writable);
    return bodyText;
  }),
};

async function pipedInto(request, length) {
  const { readable, writable } = new FixedLengthStream(length);
  const piping = request.body.pipeTo(writable);
  return outcomes({ text: () => new Response(readable).text(), piping: () => piping });
}
