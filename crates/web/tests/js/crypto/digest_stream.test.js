import { test, assert, assertEquals, assertRejects, assertThrows } from "holdfast:test";
import { hex, utf8 } from "./helpers.js";

const { DigestStream } = crypto;

async function digest(algorithm, chunks) {
  const stream = new DigestStream(algorithm);
  const writer = stream.getWriter();
  for (const chunk of chunks) await writer.write(chunk);
  await writer.close();
  return [hex(await stream.digest), stream.bytesWritten];
}

test("digests of what is written, bytes or text", async () => {
  const sha = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assertEquals(await digest("SHA-256", [utf8("a"), "b", new DataView(utf8("xc").buffer, 1)]), [sha, 3n]);
  assertEquals(await digest({ name: "sha-256" }, [utf8("abc").buffer, "", new Uint8Array()]), [sha, 3n]);
  assertEquals(await digest("MD5", []), ["d41d8cd98f00b204e9800998ecf8427e", 0n]);
});

test("checksums", async () => {
  // The check values of the catalogue of CRC algorithms.
  assertEquals(await digest("crc32", ["1234", "56789"]), ["cbf43926", 9n]);
  assertEquals(await digest("crc32c", ["1234", "56789"]), ["e3069283", 9n]);
  assertEquals(await digest("crc64nvme", ["1234", "56789"]), ["ae8b14860a799888", 9n]);
  assertThrows(() => new DigestStream("CRC32"), "NotSupportedError");
});

test("a body can be piped in", async () => {
  const stream = new DigestStream("SHA-1");
  await new Response("abc").body.pipeTo(stream);
  assertEquals(hex(await stream.digest), "a9993e364706816aba3e25717850c26c9cd0d89d");
  assert(stream instanceof WritableStream);
  assert(stream.digest === stream.digest);
});

test("what goes wrong reaches the digest", async () => {
  const aborted = new DigestStream("SHA-1");
  const reason = new Error("no more");
  await aborted.abort(reason);
  await assertRejects(aborted.digest, reason);

  const disposed = new DigestStream("SHA-1");
  const writer = disposed.getWriter();
  disposed[Symbol.dispose]();
  await assertRejects(disposed.digest, TypeError, "The DigestStream was disposed.");
  await assertRejects(writer.write(utf8("x")), TypeError, "The DigestStream was disposed.");
  await assertRejects(writer.closed, TypeError);

  const closed = new DigestStream("SHA-1");
  await closed.close();
  closed[Symbol.dispose]();
  assertEquals((await closed.digest).byteLength, 20);

  const wrong = new DigestStream("SHA-1").getWriter();
  wrong.closed.catch(() => {});
  await assertRejects(wrong.write(5), TypeError, /^DigestStream is a byte stream but received an object/);
});

test("the constructor", () => {
  assertThrows(() => new DigestStream(), TypeError, "Failed to construct 'DigestStream': constructor parameter 1 is not of type 'string or HashAlgorithm'.");
  assertThrows(() => new DigestStream("nope"), "NotSupportedError", "Unrecognized or unimplemented digest algorithm requested.");
  assertThrows(() => DigestStream.prototype.digest, TypeError);
  assertEquals([DigestStream.name, DigestStream.length, typeof globalThis.DigestStream], ["DigestStream", 0, "undefined"]);
});
