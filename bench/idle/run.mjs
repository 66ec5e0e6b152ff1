// What an idle hibernatable WebSocket costs: opens many to a server, waits until it has given back what it can, and prints
// its resident memory before, after, and for each socket.
//   node bench/idle/run.mjs --holdfast BINARY [--sockets 19900] [--clients 2] [--objects 10] [--quiet 30]
// A process may have so many descriptors: the server has one for each socket, so its limit is that of the run; the sockets
// are spread over some client processes.

import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** Handshakes under way at the same time in each client. */
const AT_ONCE = 50;
const FRAME_OF_A = Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x61]);

if (process.send) process.on("message", openSockets);
else await measure();

async function measure() {
  const { values } = parseArgs({
    options: {
      holdfast: { type: "string" },
      sockets: { type: "string", default: "19900" },
      clients: { type: "string", default: "2" },
      objects: { type: "string", default: "10" },
      // Longer than an object stays in memory, and than a shard waits until it gives memory back.
      quiet: { type: "string", default: "30" },
    },
  });
  const [sockets, clients, objects, quiet] = ["sockets", "clients", "objects", "quiet"].map((name) => Number(values[name]));
  const data = mkdtempSync(path.join(os.tmpdir(), "idle-sockets-"));
  const project = fileURLToPath(new URL("../worker", import.meta.url));
  const server = spawn(values.holdfast, ["dev", project, "--port", "0", "--data", data, "--no-watch"], { stdio: ["ignore", "pipe", "inherit"] });
  const children = [];
  try {
    const port = await portOf(server);
    await wait(5_000);
    const before = resident(server.pid);
    console.log(`${mib(before)} MiB before`);
    for (let index = 0; index < clients; index++) {
      const count = Math.floor(sockets / clients) + (index < sockets % clients ? 1 : 0);
      const child = fork(fileURLToPath(import.meta.url));
      children.push(child);
      child.send({ port, count, objects });
    }
    const began = performance.now();
    await Promise.all(children.map(reportOf));
    console.log(`${sockets} sockets open after ${((performance.now() - began) / 1000).toFixed(1)} s, ${mib(resident(server.pid))} MiB`);
    await wait(quiet * 1000);
    const after = resident(server.pid);
    const each = ((after - before) / 1024 / sockets).toFixed(2);
    console.log(`${mib(after)} MiB after ${quiet} s without traffic: ${each} KiB each`);
    // They are alive: each object wakes and answers.
    for (const child of children) child.send("ask");
    await Promise.all(children.map(reportOf));
    console.log("all have answered");
  } finally {
    for (const child of children) child.kill();
    server.kill();
    await once(server, "exit");
    rmSync(data, { recursive: true, force: true });
  }
}

async function portOf(server) {
  let text = "";
  for await (const chunk of server.stdout) {
    text += chunk;
    const port = /http:\/\/127\.0\.0\.1:(\d+)\s/.exec(text)?.[1];
    if (port !== undefined) {
      server.stdout.resume();
      return Number(port);
    }
  }
  throw new Error(`the server ended before it listened: ${text}`);
}

async function reportOf(child) {
  const [report] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => [{ error: `a client ended with ${code}` }]),
  ]);
  if (report.error) throw new Error(report.error);
}

function resident(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1024;
}

function mib(bytes) {
  return (bytes / 2 ** 20).toFixed(1);
}

// --- a client ----------------------------------------------------------------------------------------

let open;

async function openSockets(message) {
  try {
    if (message === "ask") {
      await inParts(open, ask);
    } else {
      const { port, count, objects } = message;
      open = [];
      await inParts(Array.from({ length: count }, (_, i) => i), async (i) => open.push(await connect(port, i % objects)));
    }
    process.send({});
  } catch (error) {
    process.send({ error: String(error) });
  }
}

/** `act` of each, some at a time. */
async function inParts(list, act) {
  const rest = list.values();
  const worker = async () => {
    for (const entry of rest) await act(entry);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function connect(port, object) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("a connection was closed")));
    socket.write(
      `GET /echo?o=${object} HTTP/1.1\r\nHost: idle\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    let head = "";
    socket.on("data", function read(chunk) {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      socket.off("data", read);
      if (head.startsWith("HTTP/1.1 101 ")) resolve(socket);
      else reject(new Error(head.split("\r\n")[0]));
    });
  });
}

/** Sends a message, and waits for its echo. */
function ask(socket) {
  return new Promise((resolve) => {
    socket.once("data", resolve);
    socket.write(FRAME_OF_A);
  });
}
