// SharedArrayBuffer: copies of it, and functions that read or fill its memory.

import { Buffer } from "node:buffer";
import crypto from "node:crypto";
import util, { inspect, types } from "node:util";
import zlib from "node:zlib";
import { attempt, attemptAsync, table } from "./tools.js";

function memory(...bytes) {
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  return shared;
}
const make = () => memory(1, 2, 3, 4);
const view = () => new Uint8Array(make());

/** What kind of thing it is, and its bytes. */
const look = (value) => {
  const kind = Object.prototype.toString.call(value);
  if (ArrayBuffer.isView(value)) return [kind, value.buffer.constructor.name, [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)]];
  return value instanceof SharedArrayBuffer || value instanceof ArrayBuffer ? [kind, [...new Uint8Array(value)]] : value;
};

const posted = (value) => new Promise((resolve, reject) => {
  const { port1, port2 } = new MessageChannel();
  port2.onmessage = ({ data }) => resolve(look(data));
  try {
    port1.postMessage(value);
  } catch (error) {
    reject(error);
  }
});

export default {
  clone: () => [make(), view(), new DataView(make(), 1, 2)].map((value) => look(structuredClone(value))),
  "clone-inside": () => {
    const shared = make();
    const copy = structuredClone({ a: shared, b: [new Uint8Array(shared)] });
    copy.b[0][0] = 9;
    return [look(copy.a), look(shared), copy.a === shared, copy.a === copy.b[0].buffer];
  },
  "clone-transfer": () => {
    const shared = make();
    return [attempt(() => structuredClone(shared, { transfer: [shared] })), look(shared)];
  },
  post: async () => [await attemptAsync(() => posted(make())), await attemptAsync(() => posted(view())), await attemptAsync(() => posted({ a: [make()] }))],
  text: () => table([() => new TextDecoder().decode(view()), () => new TextDecoder().decode(make()), () => { const target = view(); return [new TextEncoder().encodeInto("ab", target), look(target)]; }]),
  random: () => table([() => { const target = view(); return globalThis.crypto.getRandomValues(target) === target; }, () => crypto.randomFillSync(view()).length, () => crypto.randomFillSync(make()).length]),
  subtle: async () => [
    await attemptAsync(async () => new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", view()))[0]), await attemptAsync(async () => new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", make()))[0]),
    await attemptAsync(async () => (await globalThis.crypto.subtle.importKey("raw", new Uint8Array(new SharedArrayBuffer(16)), "AES-GCM", true, ["encrypt"])).type), attempt(() => globalThis.crypto.subtle.timingSafeEqual(view(), view())), attempt(() => crypto.timingSafeEqual(view(), view())),
  ],
  "node-crypto": () => table([
    () => crypto.createHash("md5").update(view()).digest("hex"), () => crypto.createHash("md5").update(make()).digest("hex"), () => crypto.createHmac("md5", view()).update("a").digest("hex"), () => crypto.pbkdf2Sync(view(), view(), 1, 4, "sha1").toString("hex"), () => crypto.createSecretKey(view()).symmetricKeySize,
    () => crypto.createCipheriv("aes-128-ctr", new Uint8Array(new SharedArrayBuffer(16)), new Uint8Array(new SharedArrayBuffer(16))).update(view()).toString("hex"),
  ]),
  buffers: () => table([
    () => Buffer.from(view()), () => Buffer.from(make()).buffer instanceof SharedArrayBuffer, () => Buffer.concat([Buffer.from(make()), view()]), () => Buffer.from(make()).toString("hex"), () => Buffer.from(make()).equals(view()), () => Buffer.from(make()).indexOf(3), () => { const buffer = Buffer.from(make()); return [buffer.write("xyz"), buffer]; },
    () => Buffer.from(make()).fill("ab"), () => Buffer.compare(Buffer.from(make()), Buffer.from([1, 2, 3, 5])), () => { const target = Buffer.alloc(4); Buffer.from(make()).copy(target); return target; }, () => Buffer.from(make()).readUInt32LE(0), () => { const buffer = Buffer.from(make()); buffer.writeUInt16BE(0x1234, 0); return buffer.toString("base64"); },
    () => Buffer.from(make()).swap16(), () => Buffer.byteLength(make()), () => Buffer.from(make(), 1, 2), () => Buffer.from(make()).slice(1, 3), () => Buffer.from(make()).latin1Slice(0, 4),
  ]),
  bodies: async () => [
    await attemptAsync(() => new Blob([view()]).text()), await attemptAsync(() => new Blob([make()]).text()), await attemptAsync(() => new Response(view()).text()), await attemptAsync(() => new Response(make()).text()), await attemptAsync(() => new Request("http://a", { method: "POST", body: view() }).text()), await attemptAsync(() => new File([view()], "x").size),
  ],
  streams: async () => [
    await attemptAsync(async () => new Response(new ReadableStream({ pull(controller) { controller.enqueue(view()); controller.close(); } })).text()),
    await attemptAsync(async () => { const { readable, writable } = new CompressionStream("gzip"); const writer = writable.getWriter(); const [size] = await Promise.all([new Response(readable).arrayBuffer().then(({ byteLength }) => byteLength > 10), writer.write(view()).then(() => writer.close())]); return size; }),
  ],
  zlib: () => table([() => zlib.gunzipSync(zlib.gzipSync(view())), () => zlib.inflateSync(zlib.deflateSync(make())), () => zlib.crc32(view())]),
  kinds: () => [inspect(make()), inspect(view()), util.isDeepStrictEqual(make(), make()), util.isDeepStrictEqual(make(), memory(1, 2, 3, 5)), types.isSharedArrayBuffer(make()), types.isAnyArrayBuffer(make()), types.isArrayBuffer(make())],
};
