// node:fs and node:fs/promises over files in memory.

import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import { Buffer } from "holdfast:node/buffer";
import fs from "holdfast:node/fs";
import promises from "holdfast:node/fs/promises";

const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));

function code(act) {
  try {
    act();
  } catch (error) {
    return error.code;
  }
  return undefined;
}

test("what is written is read again, in any encoding", () => {
  fs.writeFileSync("/tmp/a", "é");
  assertEquals(fs.readFileSync("/tmp/a", "utf8"), "é");
  assertEquals(fs.readFileSync("/tmp/a", "hex"), "c3a9");
  assert(Buffer.isBuffer(fs.readFileSync("/tmp/a")));
  fs.appendFileSync("/tmp/a", "!");
  assertEquals(fs.readFileSync("/tmp/a", "utf8"), "é!");
  fs.writeFileSync("/tmp/a", "");
  assertEquals(fs.readFileSync("/tmp/a").length, 0);
});

test("a buffer that was read is a copy", () => {
  fs.writeFileSync("/tmp/copy", "abc");
  fs.readFileSync("/tmp/copy")[0] = 0;
  assertEquals(fs.readFileSync("/tmp/copy", "utf8"), "abc");
});

test("only /tmp can be changed", () => {
  for (const path of ["/x", "/bundle/x", "/dev/x"]) assertEquals(code(() => fs.writeFileSync(path, "")), "EPERM");
  assertEquals(code(() => fs.rmSync("/tmp", { recursive: true })), "EPERM");
  assertEquals(code(() => fs.mkdirSync("/y")), "EPERM");
});

test("errors have a code, what was tried, and the path", () => {
  const error = assertThrows(() => fs.readFileSync("/tmp/none"), Error, "no such file or directory, readAll '/tmp/none'");
  assertEquals([error.code, error.syscall, error.path], ["ENOENT", "readAll", "/tmp/none"]);
  assertEquals(code(() => fs.readFileSync("/tmp")), "EISDIR");
  assertEquals(code(() => fs.readdirSync("/tmp/none")), "ENOENT");
  fs.writeFileSync("/tmp/file", "");
  assertEquals(code(() => fs.readdirSync("/tmp/file")), "ENOTDIR");
  assertEquals(code(() => fs.writeFileSync("/tmp/file/inner", "")), "ENOTDIR");
  assertEquals(code(() => fs.readSync(99, Buffer.alloc(1))), "EBADF");
});

test("directories are made, listed and removed", () => {
  assertEquals(fs.mkdirSync("/tmp/d/e", { recursive: true }), "/tmp/d");
  fs.writeFileSync("/tmp/d/f", "");
  assertEquals(fs.readdirSync("/tmp/d").toSorted(), ["e", "f"]);
  const [first] = fs.readdirSync("/tmp/d", { withFileTypes: true }).filter((entry) => entry.name === "e");
  assert(first.isDirectory());
  assertEquals(code(() => fs.rmdirSync("/tmp/d")), "ENOTEMPTY");
  fs.rmSync("/tmp/d", { recursive: true });
  assert(!fs.existsSync("/tmp/d"));
});

test("names are resolved, also through links", () => {
  fs.mkdirSync("/tmp/links");
  fs.writeFileSync("/tmp/links/real", "x");
  fs.symlinkSync("real", "/tmp/links/relative");
  fs.symlinkSync("/tmp/links", "/tmp/links/loop");
  assertEquals(fs.readFileSync("/tmp/links/relative", "utf8"), "x");
  assertEquals(fs.realpathSync("/tmp/links/loop/./x/../real"), "/tmp/links/real");
  fs.symlinkSync("/tmp/links/b", "/tmp/links/a");
  fs.symlinkSync("/tmp/links/a", "/tmp/links/b");
  assertEquals(code(() => fs.readFileSync("/tmp/links/a")), "ELOOP");
});

test("hard links are the same file until one is removed", () => {
  fs.writeFileSync("/tmp/one", "1");
  fs.linkSync("/tmp/one", "/tmp/two");
  fs.writeFileSync("/tmp/two", "2");
  fs.unlinkSync("/tmp/one");
  assertEquals(fs.readFileSync("/tmp/two", "utf8"), "2");
});

test("renaming moves a directory with all that is in it, and not into itself", () => {
  fs.mkdirSync("/tmp/from/in", { recursive: true });
  fs.renameSync("/tmp/from", "/tmp/to");
  assert(fs.existsSync("/tmp/to/in"));
  assertEquals(code(() => fs.renameSync("/tmp/to", "/tmp/to/in/x")), "EINVAL");
});

test("descriptors read and write where they stand, or where they are told", () => {
  const fd = fs.openSync("/tmp/fd", "w+");
  fs.writeSync(fd, "abcdef");
  fs.writeSync(fd, "X", 1);
  const buffer = Buffer.alloc(3);
  assertEquals(fs.readSync(fd, buffer, 0, 3, 0), 3);
  assertEquals(String(buffer), "aXc");
  fs.ftruncateSync(fd, 2);
  assertEquals(fs.fstatSync(fd).size, 2);
  fs.closeSync(fd);
  assertEquals(code(() => fs.readSync(fd, buffer)), "EBADF");
});

test("a file that is open outlives its name", () => {
  const fd = fs.openSync("/tmp/gone", "w+");
  fs.writeSync(fd, "still here");
  fs.unlinkSync("/tmp/gone");
  assertEquals(fs.readFileSync(fd, "utf8"), "still here");
});

test("a hole is filled with zeros", () => {
  const fd = fs.openSync("/tmp/hole", "w");
  fs.writeSync(fd, "a", 3);
  assertEquals(fs.readFileSync("/tmp/hole", "hex"), "00000061");
});

test("devices are what they are elsewhere", () => {
  const buffer = Buffer.alloc(2, 1);
  assertEquals(fs.readSync(fs.openSync("/dev/zero"), buffer), 2);
  assertEquals([...buffer], [0, 0]);
  assertEquals(fs.readFileSync("/dev/null").length, 0);
  assertEquals(code(() => fs.writeSync(fs.openSync("/dev/full", "w"), "x")), "EPERM");
});

test("there is a limit to what files hold, and removing gives room", () => {
  const half = new Uint8Array(64 * 1024 * 1024);
  fs.writeFileSync("/tmp/half", half);
  assertEquals(code(() => fs.writeFileSync("/tmp/too-much", new Uint8Array(80 * 1024 * 1024))), "ENOSPC");
  fs.rmSync("/tmp/half");
  fs.rmSync("/tmp/too-much", { force: true });
  fs.writeFileSync("/tmp/fits", half);
  fs.rmSync("/tmp/fits");
});

test("callbacks come later, errors of arguments at once", async () => {
  const log = [];
  const done = new Promise((resolve) =>
    fs.readFile("/tmp/none", (error) => {
      log.push(error.code);
      resolve();
    }),
  );
  log.push("now");
  await done;
  assertEquals(log, ["now", "ENOENT"]);
  assertThrows(() => fs.readFile("/tmp/none"), TypeError);
  assertThrows(() => fs.readFile({}, () => {}), TypeError);
});

test("promises are rejected with all errors", async () => {
  await promises.writeFile("/tmp/p", "abc");
  assertEquals(await promises.readFile("/tmp/p", "utf8"), "abc");
  await assertRejects(() => promises.readFile("/tmp/none"), Error, /^no such file/);
  await assertRejects(() => promises.readFile({}), TypeError);
});

test("a FileHandle closes once and for all", async () => {
  const handle = await promises.open("/tmp/handle", "w+");
  await handle.writeFile("one\ntwo\n");
  const lines = [];
  for await (const line of handle.readLines()) lines.push(line);
  assertEquals(lines, ["one", "two"]);
  const closed = event(handle, "close");
  await handle.close();
  await closed;
  await handle.close();
  await assertRejects(() => handle.read(), Error, "Bad file descriptor");
});

test("streams read a range and write what they are given", async () => {
  const writing = fs.createWriteStream("/tmp/stream");
  writing.write("abc");
  writing.end("def");
  await event(writing, "close");
  assertEquals(writing.bytesWritten, 6);
  let seen = "";
  for await (const chunk of fs.createReadStream("/tmp/stream", { start: 1, end: 4, highWaterMark: 2 })) seen += chunk;
  assertEquals(seen, "bcde");
});

test("patterns find files", () => {
  fs.mkdirSync("/tmp/glob/deep", { recursive: true });
  for (const name of ["a.js", "b.ts", "deep/c.js"]) fs.writeFileSync(`/tmp/glob/${name}`, "");
  const find = (pattern) => fs.globSync(pattern, { cwd: "/tmp/glob" }).toSorted();
  assertEquals(find("*.js"), ["a.js"]);
  assertEquals(find("**/*.js"), ["a.js", "deep/c.js"]);
  assertEquals(find("*.{js,ts}"), ["a.js", "b.ts"]);
  assertEquals(find("[!a].ts"), ["b.ts"]);
});

test("what cannot be says so", async () => {
  assertThrows(() => fs.watch("/tmp"), Error, "The requested operation is unsupported");
  await assertRejects(() => promises.watch("/tmp").next(), Error, "The requested operation is unsupported");
});
