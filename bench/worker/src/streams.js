// Bytes that go through streams of several shapes: 16 MiB, made here or sent here.

const CHUNK = new Uint8Array(64 << 10).map((_, i) => (i * i) >> 3);
const SMALL_CHUNK = CHUNK.subarray(0, 1 << 10);
const TEXT_CHUNK = "a line of text with an ä inside\n".repeat(CHUNK.length / 32);

/** Lets `mib` mebibytes go through streams of a shape, and counts what comes out. */
export async function bytesThrough(shape, mib) {
  const bytes = mib << 20;
  const source = chunks(CHUNK, bytes / CHUNK.length);
  switch (shape) {
    case "read":
      return count(source);
    case "small":
      return count(chunks(SMALL_CHUNK, bytes / SMALL_CHUNK.length));
    case "byob":
      return countInto(chunks(CHUNK, bytes / CHUNK.length, "bytes"));
    case "sink":
      return countWritten(source);
    case "transform":
      return count(source.pipeThrough(new TransformStream()));
    case "identity":
      return count(source.pipeThrough(new IdentityTransformStream()));
    case "text": {
      const texts = chunks(TEXT_CHUNK, bytes / CHUNK.length);
      return countText(texts.pipeThrough(new TextEncoderStream()).pipeThrough(new TextDecoderStream()));
    }
    case "tee": {
      const [one, other] = source.tee();
      const [length] = await Promise.all([count(one), count(other)]);
      return length;
    }
    case "gzip":
      return count(source.pipeThrough(new CompressionStream("gzip")).pipeThrough(new DecompressionStream("gzip")));
    default:
      throw new Error(`no shape ${shape}`);
  }
}

/** Answers with what came, or with how many bytes that was. */
export async function bodyThrough(shape, request, env) {
  const { body } = request;
  switch (shape) {
    case "echo":
      return new Response(body);
    case "object":
      return env.ECHOES.getByName("echo").fetch(request);
    case "fetch":
      return fetch(new URL("/body?shape=echo", request.url), { method: "POST", body });
    case "identity":
      return new Response(body.pipeThrough(new IdentityTransformStream()));
    case "fixed": {
      const { readable, writable } = new FixedLengthStream(Number(request.headers.get("content-length")));
      body.pipeTo(writable);
      return new Response(readable);
    }
    case "gzip":
      return new Response(body.pipeThrough(new CompressionStream("gzip")).pipeThrough(new DecompressionStream("gzip")));
    case "read":
      return new Response(await count(body));
    case "byob":
      return new Response(await countInto(body));
    case "tee": {
      const [one, other] = body.tee();
      const [length] = await Promise.all([count(one), count(other)]);
      return new Response(length);
    }
    case "decode":
      return new Response(await countText(body.pipeThrough(new TextDecoderStream())));
    case "text":
      return new Response((await request.text()).length);
    case "json":
      return new Response((await request.json()).length + 2);
    case "buffer":
      return new Response((await request.arrayBuffer()).byteLength);
    default:
      throw new Error(`no shape ${shape}`);
  }
}

function chunks(chunk, n, type) {
  return new ReadableStream({
    type,
    pull(controller) {
      if (n === 0) {
        controller.close();
        controller.byobRequest?.respond(0);
        return;
      }
      n -= 1;
      // A byte stream takes the buffers that it is given.
      controller.enqueue(type === "bytes" ? chunk.slice() : chunk);
    },
  });
}

async function count(stream) {
  let length = 0;
  for await (const chunk of stream) length += chunk.byteLength;
  return length;
}

async function countText(stream) {
  let length = 0;
  for await (const text of stream) length += text.length;
  return length;
}

/** Reads into one buffer, again and again. */
async function countInto(stream) {
  const reader = stream.getReader({ mode: "byob" });
  let buffer = new ArrayBuffer(CHUNK.length);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(buffer));
    if (done) return length;
    length += value.byteLength;
    buffer = value.buffer;
  }
}

async function countWritten(stream) {
  let length = 0;
  await stream.pipeTo(new WritableStream({
    write(chunk) {
      length += chunk.byteLength;
    },
  }));
  return length;
}
