// Requests per second of Holdfast and workerd, one after the other, on the same example:
//   node bench/http.mjs [--on holdfast|workerd|both] [--connections 32] [--seconds 5] [scenario…]
// Closed loop: each connection sends its next request when the answer to the last one is there. Client and
// server share the machine, so compare the two columns; do not read them as what a server can do.

import net from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startHoldfast } from "../conformance/lib/holdfast.mjs";
import { startWorkerd } from "../conformance/lib/workerd.mjs";

const EXAMPLE = fileURLToPath(new URL("../examples/counter", import.meta.url));
const RUNTIMES = { holdfast: startHoldfast, workerd: startWorkerd };

/** Method and path of the n-th request of a connection. */
const SCENARIOS = {
  "not-found": () => ["GET", "/nothing/here/at/all/there"],
  "read-one-object": () => ["GET", "/visits/home"],
  "write-one-object": () => ["POST", "/visits/home"],
  "write-many-objects": (connection, n) => ["POST", `/visits/page-${connection}-${n % 64}`],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    on: { type: "string", default: "both" },
    connections: { type: "string", default: "32" },
    seconds: { type: "string", default: "5" },
  },
});
const connections = atLeastOne("connections");
const seconds = atLeastOne("seconds");
const runtimes = values.on === "both" ? Object.keys(RUNTIMES) : [values.on];
const scenarios = positionals.length > 0 ? positionals : Object.keys(SCENARIOS);
if (!runtimes.every((name) => name in RUNTIMES)) usage(`--on ${values.on}: use holdfast, workerd or both`);
const unknown = scenarios.find((name) => !(name in SCENARIOS));
if (unknown) usage(`no scenario ${unknown} (there are ${Object.keys(SCENARIOS).join(", ")})`);

console.log(`${connections} connections, ${seconds} s each; latencies in ms`);
console.log(row("scenario", "runtime", "requests/s", "p50", "p99"));
for (const name of runtimes) {
  const runtime = await RUNTIMES[name](path.resolve(EXAMPLE));
  try {
    for (const scenario of scenarios) {
      const { latencies, elapsed } = await run(new URL(runtime.url), SCENARIOS[scenario]);
      const rate = (latencies.length / elapsed).toFixed(0);
      console.log(row(scenario, name, rate, at(latencies, 0.5), at(latencies, 0.99)));
    }
  } finally {
    await runtime.stop();
  }
}

/** Every connection works until the time is over; latencies in milliseconds, sorted. */
async function run(url, request) {
  const begun = performance.now();
  const until = begun + seconds * 1000;
  const all = await Promise.all(
    Array.from({ length: connections }, (_, index) => work(url, until, (n) => request(index, n))),
  );
  const elapsed = (performance.now() - begun) / 1000;
  return { latencies: Float64Array.from(all.flat()).sort(), elapsed };
}

/** One connection: resolves to its latencies. A failed request fails the whole run. */
function work(url, until, request) {
  return new Promise((resolve, reject) => {
    const latencies = [];
    const socket = net.connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    let received = Buffer.alloc(0);
    let sentAt;
    const send = () => {
      const [method, path] = request(latencies.length);
      sentAt = performance.now();
      socket.write(`${method} ${path} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Length: 0\r\n\r\n`);
    };
    socket.once("connect", send).once("error", reject);
    socket.once("close", () => reject(new Error("the server closed a connection")));
    socket.on("data", (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const length = answerLength(received);
      if (length === undefined || received.length < length) return;
      const status = Number(received.toString("latin1", 9, 12));
      if (status >= 500) return socket.destroy(new Error(`status ${status}`));
      received = received.subarray(length);
      latencies.push(performance.now() - sentAt);
      if (performance.now() < until) return send();
      socket.removeAllListeners("close").destroy();
      resolve(latencies);
    });
  });
}

/** How many bytes the first answer takes, once its headers are there. */
function answerLength(bytes) {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString("latin1", 0, end))?.[1];
  if (length === undefined) throw new Error("an answer of the example has no Content-Length");
  return end + 4 + Number(length);
}

function at(sorted, quantile) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))].toFixed(2);
}

function row(scenario, runtime, rate, p50, p99) {
  return `${scenario.padEnd(20)}${runtime.padEnd(10)}${rate.padStart(10)}${p50.padStart(10)}${p99.padStart(10)}`;
}

function atLeastOne(option) {
  const value = Number(values[option]);
  if (!Number.isInteger(value) || value < 1) usage(`--${option} ${values[option]}: use a whole number above 0`);
  return value;
}

function usage(message) {
  console.error(message);
  process.exit(2);
}
