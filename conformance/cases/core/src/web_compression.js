import { outcome, outcomes } from "./harness.js";

const FORMATS = ["deflate", "deflate-raw", "gzip"];
const text = "hello world ".repeat(300);
const encode = (s) => new TextEncoder().encode(s);
const decode = (bytes) => new TextDecoder().decode(bytes);

const compress = (format, data) =>
  new Response(new Response(data).body.pipeThrough(new CompressionStream(format))).bytes();

const join = (...parts) => new Uint8Array(parts.flatMap((part) => [...part]));

/** What comes of writing chunks one by one, of the close, and of reading it all. Sizes of compressed data do not count. */
async function byHand(stream, chunks) {
  const writer = stream.writable.getWriter();
  const results = { writes: [] };
  for (const chunk of chunks) {
    const result = await outcome(() => writer.write(chunk));
    results.writes.push(result);
    if (result.threw) break;
  }
  // A writer that has failed is closed differently on workerd.
  if (!results.writes.some(({ threw }) => threw)) results.close = await outcome(() => writer.close());
  results.closed = await outcome(() => writer.closed);
  results.read = await outcome(async () => {
    let all = new Uint8Array(0);
    for await (const chunk of stream.readable) all = join(all, chunk);
    return all.length;
  });
  return results;
}

const decompress = (format, ...chunks) => byHand(new DecompressionStream(format), chunks);

const inEach = async (run) => {
  const results = {};
  for (const format of FORMATS) results[format] = await outcome(() => run(format));
  return results;
};

export default {
  formats: () =>
    outcomes(
      Object.fromEntries(
        [...FORMATS, "br", "brotli", "zstd", "GZIP", "", null, undefined, 5].flatMap((format) => [
          [`compress ${format}`, () => String(new CompressionStream(format))],
          [`decompress ${format}`, () => String(new DecompressionStream(format))],
        ]),
      ),
    ),
  "missing-format": () =>
    outcomes({ compress: () => new CompressionStream(), decompress: () => new DecompressionStream() }),
  shape: () =>
    [CompressionStream, DecompressionStream].map((Class) => {
      const stream = new Class("gzip");
      return {
        length: Class.length,
        members: Object.getOwnPropertyNames(Class.prototype),
        transform: stream instanceof TransformStream,
        readable: stream.readable instanceof ReadableStream,
        writable: stream.writable instanceof WritableStream,
        same: stream.readable === stream.readable,
        byob: stream.readable.getReader({ mode: "byob" }) instanceof ReadableStreamBYOBReader,
      };
    }),
  "round-trip": () =>
    inEach(async (format) => {
      const packed = await compress(format, text);
      const unpacked = new Response(packed).body.pipeThrough(new DecompressionStream(format));
      return (await new Response(unpacked).text()) === text && packed.length < text.length / 10;
    }),
  "gzip-header": async () => [...(await compress("gzip", "x")).subarray(0, 4)],
  "deflate-header": async () => [...(await compress("deflate", "x")).subarray(0, 2)],
  "byte-by-byte": () =>
    inEach(async (format) => {
      const packed = await compress(format, text);
      return (await decompress(format, ...[...packed].map((byte) => Uint8Array.of(byte)))).read;
    }),
  "cut-short": () =>
    inEach(async (format) => {
      const packed = await compress(format, text);
      return [
        await decompress(format, packed.subarray(0, -1)),
        await decompress(format, packed.subarray(0, 3)),
        await decompress(format),
      ];
    }),
  trailing: () =>
    inEach(async (format) => {
      const packed = await compress(format, text);
      return [
        await decompress(format, join(packed, encode("xyz"))),
        await decompress(format, packed, encode("x")),
        await decompress(format, packed, packed),
      ];
    }),
  corrupt: () =>
    inEach(async (format) => [
      await decompress(format, new Uint8Array(50).fill(0xff)),
      await decompress(format, encode("x"), new Uint8Array(50).fill(0xff)),
    ]),
  checksum: async () => {
    const packed = await compress("gzip", text);
    packed[packed.length - 6] ^= 1;
    return decompress("gzip", packed);
  },
  "cut-short-pipe": () =>
    inEach(async (format) => {
      const packed = await compress(format, text);
      const cut = new Response(packed.subarray(0, -2)).body.pipeThrough(new DecompressionStream(format));
      return new Response(cut).text();
    }),
  "corrupt-pipe-to": () =>
    inEach((format) => {
      const { writable } = new DecompressionStream(format);
      return new Response(new Uint8Array(50).fill(0xff)).body.pipeTo(writable);
    }),
  chunks: async () => {
    const chunks = [encode("a").buffer, new DataView(encode("xb").buffer, 1), new Uint16Array([0x6463]), "é", undefined];
    const { readable, writable } = new CompressionStream("gzip");
    const writer = writable.getWriter();
    for (const chunk of chunks) await writer.write(chunk);
    await writer.close();
    return new Response(readable.pipeThrough(new DecompressionStream("gzip"))).text();
  },
  "wrong-chunks": async () => {
    const { readable, writable } = new CompressionStream("gzip");
    const writer = writable.getWriter();
    const results = [];
    for (const chunk of [5, null, {}, true]) results.push(await outcome(() => writer.write(chunk)));
    await writer.write("good");
    await writer.close();
    results.push(await new Response(readable.pipeThrough(new DecompressionStream("gzip"))).text());
    return results;
  },
  "written-before-read": async () => {
    const { readable, writable } = new CompressionStream("deflate");
    const writer = writable.getWriter();
    const sizes = [writer.desiredSize];
    for (let i = 0; i < 5; i++) {
      await writer.write(new Uint8Array(100_000));
      sizes.push(writer.desiredSize);
    }
    await writer.close();
    const unpacked = await new Response(readable.pipeThrough(new DecompressionStream("deflate"))).bytes();
    return { sizes, length: unpacked.length };
  },
  abort: async () => {
    const { readable, writable } = new CompressionStream("gzip");
    const writer = writable.getWriter();
    const reading = readable.getReader().read();
    return outcomes({
      abort: () => writer.abort(new RangeError("stop")),
      read: () => reading,
      closed: () => writer.closed,
    });
  },
  cancel: async () => {
    const { readable, writable } = new CompressionStream("gzip");
    const writer = writable.getWriter();
    return outcomes({
      cancel: () => readable.cancel(new RangeError("no more")),
      write: () => writer.write(encode("x")),
      closed: () => writer.closed,
    });
  },
  "cancel-without-reason": async () => {
    const { readable, writable } = new CompressionStream("gzip");
    await readable.cancel();
    return outcome(() => writable.getWriter().write(encode("x")));
  },
  byob: async () => {
    const packed = await compress("gzip", "hello world");
    const reader = new Response(packed).body.pipeThrough(new DecompressionStream("gzip")).getReader({ mode: "byob" });
    const first = await reader.read(new Uint8Array(5));
    const second = await reader.read(new Uint8Array(100));
    const end = await reader.read(new Uint8Array(5));
    return [decode(first.value), decode(second.value), end.done];
  },
  "source-fails": () =>
    inEach((format) => {
      const source = new ReadableStream({
        start(controller) {
          controller.enqueue(encode("x"));
          controller.error(new RangeError("source"));
        },
      });
      return new Response(source.pipeThrough(new CompressionStream(format))).text();
    }),
};
