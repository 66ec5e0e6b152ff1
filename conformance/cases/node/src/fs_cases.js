import fs from "node:fs";
import fsPromises from "node:fs/promises";
import { Buffer } from "node:buffer";
import { event } from "./stream_tools.js";

/** What a program can rely on of an error of the file system. */
const describe = (error) =>
  `${error.name} ${error.code} ${error.syscall} ${error.path} ${error.errno} ${error.constructor.name}: ${error.message}`;

function outcomes(acts) {
  const results = {};
  for (const [name, act] of Object.entries(acts)) {
    try {
      results[name] = act();
    } catch (error) {
      results[name] = describe(error);
    }
  }
  return results;
}

const called = (start) =>
  new Promise((resolve) => start((...args) => resolve(args.map((arg) => (arg instanceof Error ? describe(arg) : arg)))));

async function promised(act) {
  try {
    return await act();
  } catch (error) {
    return describe(error);
  }
}

export default {
  "read-and-write": () => {
    fs.writeFileSync("/tmp/a.txt", "héllo");
    fs.appendFileSync("/tmp/a.txt", "!");
    return [
      fs.readFileSync("/tmp/a.txt", "utf8"),
      fs.readFileSync("/tmp/a.txt", { encoding: "hex" }),
      fs.readFileSync("/tmp/a.txt").length,
      fs.readFileSync(new URL("file:///tmp/a.txt"), "latin1"),
      fs.readFileSync(Buffer.from("/tmp/a.txt"), "base64"),
      fs.writeFileSync("/tmp/b.txt", new Uint8Array([1, 2])),
      fs.writeFileSync("/tmp/a.txt", "6162", "hex"),
      fs.readFileSync("/tmp/a.txt", "utf8"),
    ];
  },
  "read-errors": () =>
    outcomes({
      missing: () => fs.readFileSync("/tmp/none"),
      directory: () => fs.readFileSync("/tmp"),
      encoding: () => fs.readFileSync("/tmp/none", "none"),
      type: () => fs.readFileSync({}),
      zero: () => fs.readFileSync("/tmp/\0"),
      url: () => fs.readFileSync(new URL("http://a/b")),
      descriptor: () => fs.readFileSync(99),
    }),
  "write-errors": () =>
    outcomes({
      bundle: () => fs.writeFileSync("/bundle/x", ""),
      root: () => fs.writeFileSync("/x", ""),
      directory: () => fs.writeFileSync("/tmp", ""),
      parent: () => fs.writeFileSync("/tmp/none/x", ""),
      data: () => fs.writeFileSync("/tmp/x", 5),
      exclusive: () => {
        fs.writeFileSync("/tmp/y", "");
        fs.writeFileSync("/tmp/y", "", { flag: "wx" });
      },
      flag: () => fs.writeFileSync("/tmp/x", "", { flag: "zz" }),
    }),
  "exists-and-access": () =>
    outcomes({
      exists: () => ["/tmp", "/tmp/none", "/dev/null", 5, "/"].map((path) => fs.existsSync(path)),
      access: () => fs.accessSync("/tmp"),
      missing: () => fs.accessSync("/tmp/none"),
      execute: () => {
        fs.writeFileSync("/tmp/f", "");
        fs.accessSync("/tmp/f", fs.constants.X_OK);
      },
      mode: () => fs.accessSync("/tmp", 99),
    }),
  "stat": () => {
    fs.writeFileSync("/tmp/f", "abc");
    const show = (stats) => [stats.size, stats.mode, stats.isFile(), stats.isDirectory(), stats.isCharacterDevice(), stats.nlink];
    const big = fs.statSync("/tmp/f", { bigint: true });
    return {
      file: show(fs.statSync("/tmp/f")),
      directory: show(fs.statSync("/tmp")),
      root: show(fs.statSync("/")),
      device: show(fs.statSync("/dev/null")),
      keys: Object.keys(fs.statSync("/tmp/f")),
      big: [typeof big.size, typeof big.mtimeNs],
      nothing: fs.statSync("/tmp/none", { throwIfNoEntry: false }),
      ...outcomes({ missing: () => fs.statSync("/tmp/none"), descriptor: () => fs.fstatSync(99) }),
    };
  },
  "mkdir": () =>
    outcomes({
      one: () => fs.mkdirSync("/tmp/d"),
      recursive: () => fs.mkdirSync("/tmp/e/f/g", { recursive: true }),
      again: () => fs.mkdirSync("/tmp/e/f/g", { recursive: true }),
      parent: () => fs.mkdirSync("/tmp/x/y"),
      inFile: () => {
        fs.writeFileSync("/tmp/file", "");
        fs.mkdirSync("/tmp/file/x");
      },
      root: () => fs.mkdirSync("/x"),
      option: () => fs.mkdirSync("/tmp/z", { recursive: "yes" }),
    }),
  "readdir": () => {
    fs.mkdirSync("/tmp/b/c", { recursive: true });
    fs.writeFileSync("/tmp/a", "");
    fs.writeFileSync("/tmp/b/d", "");
    return {
      names: fs.readdirSync("/tmp"),
      recursive: fs.readdirSync("/tmp", { recursive: true }),
      types: fs.readdirSync("/tmp", { withFileTypes: true }).map((entry) => [entry.name, entry.parentPath, entry.isFile(), entry.isDirectory()]),
      buffers: fs.readdirSync("/tmp", "buffer").map((name) => name.constructor.name),
      dev: fs.readdirSync("/dev"),
      root: fs.readdirSync("/"),
      ...outcomes({ missing: () => fs.readdirSync("/tmp/none"), file: () => fs.readdirSync("/tmp/a") }),
    };
  },
  "remove": () =>
    outcomes({
      prepare: () => {
        fs.mkdirSync("/tmp/full/inner", { recursive: true });
        fs.mkdirSync("/tmp/empty");
        fs.writeFileSync("/tmp/file", "");
      },
      rmFull: () => fs.rmSync("/tmp/full"),
      rmdirFull: () => fs.rmdirSync("/tmp/full"),
      rmdirFile: () => fs.rmdirSync("/tmp/file"),
      rmdirMissing: () => fs.rmdirSync("/tmp/none"),
      rmdir: () => fs.rmdirSync("/tmp/empty"),
      unlinkMissing: () => fs.unlinkSync("/tmp/none"),
      unlinkDirectory: () => fs.unlinkSync("/tmp/full"),
      unlink: () => fs.unlinkSync("/tmp/file"),
      rm: () => fs.rmSync("/tmp/full", { recursive: true }),
      force: () => fs.rmSync("/tmp/none", { force: true }),
      tmp: () => fs.rmSync("/tmp", { recursive: true }),
      left: () => fs.readdirSync("/tmp"),
    }),
  "copy-and-rename": () =>
    outcomes({
      prepare: () => fs.writeFileSync("/tmp/a", "1"),
      copy: () => fs.copyFileSync("/tmp/a", "/tmp/b"),
      exclusive: () => fs.copyFileSync("/tmp/a", "/tmp/b", fs.constants.COPYFILE_EXCL),
      missing: () => fs.copyFileSync("/tmp/none", "/tmp/c"),
      rename: () => fs.renameSync("/tmp/b", "/tmp/c"),
      renameMissing: () => fs.renameSync("/tmp/none", "/tmp/d"),
      cp: () => {
        fs.mkdirSync("/tmp/s/t", { recursive: true });
        fs.writeFileSync("/tmp/s/t/u", "x");
        fs.cpSync("/tmp/s", "/tmp/s2", { recursive: true });
        return fs.readdirSync("/tmp/s2", { recursive: true });
      },
      cpDirectory: () => fs.cpSync("/tmp/s", "/tmp/s3"),
      left: () => fs.readdirSync("/tmp"),
    }),
  "truncate": () => {
    fs.writeFileSync("/tmp/f", "abcd");
    fs.truncateSync("/tmp/f", 2);
    const short = fs.readFileSync("/tmp/f", "hex");
    fs.truncateSync("/tmp/f", 4);
    return [short, fs.readFileSync("/tmp/f", "hex")];
  },
  "links": () => {
    fs.writeFileSync("/tmp/f", "abc");
    fs.symlinkSync("/tmp/f", "/tmp/soft");
    fs.linkSync("/tmp/f", "/tmp/hard");
    fs.writeFileSync("/tmp/hard", "changed");
    return {
      soft: [fs.readlinkSync("/tmp/soft"), fs.lstatSync("/tmp/soft").isSymbolicLink(), fs.statSync("/tmp/soft").isFile()],
      real: [fs.realpathSync("/tmp/soft"), fs.realpathSync("/tmp/../tmp/./f")],
      content: fs.readFileSync("/tmp/soft", "utf8"),
      ...outcomes({
        noLink: () => fs.readlinkSync("/tmp/f"),
        exists: () => fs.symlinkSync("/tmp/f", "/tmp/soft"),
        missing: () => fs.realpathSync("/tmp/none"),
      }),
    };
  },
  "descriptors": () => {
    const fd = fs.openSync("/tmp/n", "w+");
    const results = [fs.writeSync(fd, "abc"), fs.writeSync(fd, Buffer.from("def"), 0, 2, 1), fs.fstatSync(fd).size];
    const buffer = Buffer.alloc(5);
    results.push(fs.readSync(fd, buffer, 0, 5, 0), buffer.toString("latin1"));
    fs.closeSync(fd);
    return {
      results,
      ...outcomes({
        closed: () => fs.readSync(fd, buffer),
        exclusive: () => fs.openSync("/tmp/n", "wx"),
        flags: () => fs.openSync("/tmp/n", "zz"),
        writeOnly: () => fs.readSync(fs.openSync("/tmp/n", "w"), buffer),
        append: () => {
          fs.writeFileSync("/tmp/ap", "12");
          fs.writeSync(fs.openSync("/tmp/ap", "a"), "3", 0);
          return fs.readFileSync("/tmp/ap", "utf8");
        },
      }),
    };
  },
  "read-on": () => {
    fs.writeFileSync("/tmp/f", "abcdef");
    const fd = fs.openSync("/tmp/f");
    const read = (position) => {
      const buffer = Buffer.alloc(2);
      const count = fs.readSync(fd, buffer, { position });
      return [count, buffer.toString("latin1")];
    };
    return [read(null), read(null), read(0), read(null), read(100)];
  },
  "devices": () => {
    const buffer = Buffer.alloc(3, 1);
    const zero = fs.openSync("/dev/zero");
    return {
      null: [fs.readFileSync("/dev/null").length, fs.writeFileSync("/dev/null", "abc")],
      zero: [fs.readSync(zero, buffer), [...buffer]],
      ...outcomes({ full: () => fs.writeSync(fs.openSync("/dev/full", "w"), "a") }),
    };
  },
  "callbacks": async () => ({
    write: await called((done) => fs.writeFile("/tmp/c", "x", done)),
    read: await called((done) => fs.readFile("/tmp/c", "utf8", done)),
    missing: await called((done) => fs.readFile("/tmp/none", done)),
    exists: await called((done) => fs.exists("/tmp/c", done)),
    mkdir: await called((done) => fs.mkdir("/tmp/d/e", { recursive: true }, done)),
    readdir: await called((done) => fs.readdir("/tmp", done)),
    access: await called((done) => fs.access("/tmp/none", done)),
    unlink: await called((done) => fs.unlink("/tmp/c", done)),
    rm: await called((done) => fs.rm("/tmp/d", { recursive: true }, done)),
    ...outcomes({ none: () => fs.readFile("/tmp/c"), data: () => fs.writeFile("/tmp/c", {}, () => {}) }),
  }),
  "callbacks-come-later": async () => {
    const log = [];
    const done = called((callback) =>
      fs.writeFile("/tmp/o", "1", () => {
        log.push("callback");
        callback();
      }),
    );
    log.push("now");
    queueMicrotask(() => log.push("microtask"));
    await done;
    return log;
  },
  "promises": async () => ({
    write: await promised(() => fsPromises.writeFile("/tmp/p", "abc")),
    read: await promised(() => fsPromises.readFile("/tmp/p", "utf8")),
    missing: await promised(() => fsPromises.readFile("/tmp/none")),
    stat: await promised(() => fsPromises.stat("/tmp/none")),
    mkdir: await promised(() => fsPromises.mkdir("/tmp/q/r", { recursive: true })),
    rm: await promised(() => fsPromises.rm("/tmp/q", { recursive: true, force: true })),
    unlink: await promised(() => fsPromises.unlink("/tmp/none")),
    type: await promised(() => fsPromises.readFile()),
  }),
  "file-handle": async () => {
    const handle = await fsPromises.open("/tmp/h", "w+");
    const results = [handle.constructor.name, typeof handle.fd, (await handle.write("hello")).bytesWritten];
    results.push((await handle.read(Buffer.alloc(5), 0, 5, 0)).bytesRead, (await handle.stat()).size);
    await handle.truncate(2);
    results.push(String(await handle.readFile()));
    await handle.close();
    return [...results, handle.fd];
  },
  "read-stream": async () => {
    fs.writeFileSync("/tmp/r", "abcdef");
    const events = [];
    const stream = fs.createReadStream("/tmp/r", { encoding: "utf8", start: 1, end: 3 });
    const before = [stream.path, stream.fd, stream.pending, stream.readableHighWaterMark];
    for (const name of ["open", "ready", "data", "end", "close"]) stream.on(name, () => events.push(name));
    await event(stream, "close");
    return [before, events, stream.bytesRead];
  },
  "write-stream": async () => {
    const events = [];
    const stream = fs.createWriteStream("/tmp/w");
    for (const name of ["open", "ready", "finish", "close"]) stream.on(name, () => events.push(name));
    stream.write("ab");
    stream.end("cd");
    await event(stream, "close");
    return [events, stream.bytesWritten, fs.readFileSync("/tmp/w", "utf8"), stream.path];
  },
  "directories": async () => {
    fs.mkdirSync("/tmp/dd/x", { recursive: true });
    fs.writeFileSync("/tmp/dd/y", "");
    const names = [];
    for await (const entry of await fsPromises.opendir("/tmp/dd")) names.push(entry.name);
    const dir = fs.opendirSync("/tmp/dd");
    const first = dir.readSync().name;
    dir.closeSync();
    return [names, dir.path, first, outcomes({ closed: () => dir.readSync() })];
  },
  "not-there": () =>
    outcomes({
      watch: () => fs.watch("/tmp"),
      watchFile: () => fs.watchFile("/tmp", () => {}),
      unwatchFile: () => fs.unwatchFile("/tmp"),
      stats: () => new fs.Stats(),
    }),
  "tmp-belongs-to-the-request": () => fs.readdirSync("/tmp"),
  "glob": () => {
    fs.mkdirSync("/tmp/g/x", { recursive: true });
    fs.writeFileSync("/tmp/g/a.js", "");
    return fs.globSync("**/*", { cwd: "/tmp/g" });
  },
  "constants": () => ({ ...fs.constants }),
};

