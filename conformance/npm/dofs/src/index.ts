import { DurableObject } from "cloudflare:workers";
import { Dofs, type Fs } from "dofs";
import { project } from "../../serve.js";

/** A file system in an object's database, used from outside: its `Fs` goes out as an RPC target, with streams. */
@Dofs({ chunkSize: 1024 })
export class Disk extends DurableObject {
  declare getFs: () => Fs;
}

const text = (stream: ReadableStream) => new Response(stream).text();
const refused = async (act: () => Promise<unknown>) => {
  try {
    return await act();
  } catch (error) {
    return (error as Error).message;
  }
};

const cases = {
  files: async ({ env }) => {
    using fs = await env.DISK.getByName("files").getFs();
    await fs.mkdir("/notes", { recursive: true });
    await fs.writeFile("/notes/a.txt", "hello");
    await fs.writeFile("/notes/b.bin", new Uint8Array([1, 2, 3]).buffer);
    await fs.symlink("/notes/a.txt", "/link");
    await fs.rename("/notes/b.bin", "/notes/c.bin");
    const { size, isFile, isDirectory } = await fs.stat("/notes/a.txt");
    return [await text(await fs.readFile("/notes/a.txt")), await fs.listDir("/notes"), { size, isFile, isDirectory }, await fs.readlink("/link")];
  },
  "streams-of-many-chunks": async ({ env }) => {
    using fs = await env.DISK.getByName("streams").getFs();
    // Whole chunks: the package takes no others, and in what pieces a stream comes over RPC is nobody's promise.
    const piece = "0123456789abcdef".repeat(256);
    const written = new ReadableStream({
      type: "bytes",
      start(controller) {
        for (let n = 0; n < 20; n++) controller.enqueue(new TextEncoder().encode(piece));
        controller.close();
      },
    });
    await fs.writeFile("/big", written);
    const back = await text(await fs.readFile("/big"));
    const part = new TextDecoder().decode(await fs.read("/big", { offset: 1020, length: 12 }));
    return [back.length, back === piece.repeat(20), part];
  },
  "written-in-places": async ({ env }) => {
    using fs = await env.DISK.getByName("places").getFs();
    await fs.create("/sparse");
    await fs.write("/sparse", "end", { offset: 3000 });
    await fs.write("/sparse", "start", { offset: 0 });
    await fs.truncate("/sparse", 3002);
    const back = await text(await fs.readFile("/sparse"));
    return [back.length, back.slice(0, 6), back.slice(-3)];
  },
  "what-cannot-be": async ({ env }) => {
    using fs = await env.DISK.getByName("cannot").getFs();
    await fs.mkdir("/full");
    await fs.writeFile("/full/x", "x");
    return [
      await refused(() => fs.readFile("/nowhere")),
      await refused(() => fs.mkdir("/full")),
      await refused(() => fs.rmdir("/full")),
      await refused(() => fs.unlink("/full")),
    ];
  },
  "the-disk-is-full": async ({ env }) => {
    using fs = await env.DISK.getByName("small").getFs();
    await fs.setDeviceSize(4096);
    const refusal = await refused(() => fs.writeFile("/big", "x".repeat(10_000)));
    const { deviceSize, spaceUsed, spaceAvailable } = await fs.getDeviceStats();
    return [refusal, deviceSize, spaceUsed + spaceAvailable];
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
