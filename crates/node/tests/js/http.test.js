// node:http: servers behind `cloudflare:node`, and clients over fetch().

import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import { Buffer } from "holdfast:node/buffer";

// The client takes fetch() when it is loaded: here is one that answers as it is told.
let asked = [];
let answerWith;
globalThis.fetch = async (url, init) => {
  asked.push({ url, ...init });
  return answerWith(url, init);
};
const { default: http } = await import("holdfast:node/http");
const { default: https } = await import("holdfast:node/https");
const { handleAsNodeRequest, httpServerHandler } = await import("holdfast:node/internal/http/cloudflare_node");

const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));

let port = 9000;
async function ask(listener, input = "http://a/", init = undefined) {
  const server = http.createServer(listener).listen(++port);
  const response = await handleAsNodeRequest(port, new Request(input, init));
  server.close();
  return response;
}

async function body(response) {
  return Buffer.concat(await response.toArray()).toString();
}

test("a server answers with status, headers and body", async () => {
  const response = await ask((request, answer) => {
    answer.writeHead(201, "Made", { "X-A": "1" });
    answer.end(`${request.method} ${request.url} ${request.headers["x-b"]}`);
  }, "http://a/path?q", { method: "PUT", headers: { "X-B": "2" } });
  assertEquals([response.status, response.statusText, response.headers.get("x-a")], [201, "Made", "1"]);
  assertEquals(await response.text(), "PUT /path?q 2");
});

test("a body whose length is known says it, another is chunked", async () => {
  const whole = await ask((request, answer) => answer.end("abc"));
  assertEquals(whole.headers.get("content-length"), "3");
  const parts = await ask((request, answer) => {
    answer.write("a");
    answer.end("b");
  });
  assertEquals([parts.headers.get("content-length"), parts.headers.get("transfer-encoding")], [null, "chunked"]);
  assertEquals(await parts.text(), "ab");
});

test("a request can be piped into its answer", async () => {
  const response = await ask((request, answer) => request.pipe(answer), "http://a/", { method: "POST", body: "x".repeat(200_000) });
  assertEquals((await response.text()).length, 200_000);
});

test("an answer without body has none", async () => {
  const response = await ask((request, answer) => {
    answer.statusCode = 204;
    answer.end();
  });
  assertEquals([response.status, response.body], [204, null]);
});

test("headers cannot be changed when they are sent", async () => {
  let seen;
  await ask((request, answer) => {
    answer.end("x");
    seen = assertThrows(() => answer.setHeader("a", "b")).code;
  });
  assertEquals(seen, "ERR_HTTP_HEADERS_SENT");
});

test("a reader that goes away destroys the answer", async () => {
  let closed;
  const response = await ask((request, answer) => {
    closed = event(answer, "close");
    answer.write("a");
  });
  await response.body.cancel();
  await closed;
});

test("an exception of the listener is the caller's", async () => {
  const mistake = new Error("in the listener");
  await assertRejects(ask(() => { throw mistake; }), mistake);
});

test("an answer that is destroyed rejects", async () => {
  await assertRejects(ask((request, answer) => answer.destroy(new Error("no"))), Error, "no");
});

test("a handler needs a server with a port", async () => {
  assertThrows(() => httpServerHandler({}), Error, "Failed to determine port for server");
  await assertRejects(httpServerHandler({ port: 4 }).fetch(new Request("http://a/")), Error, /^Http server with port 4 not found/);
});

test("a port is taken once", () => {
  const server = http.createServer().listen(8000);
  assertThrows(() => http.createServer().listen(8000), Error, /more than once/);
  server.close();
  assert(!server.listening);
  http.createServer().listen(8000).close();
});

test("get asks by fetch and gives the answer", async () => {
  asked = [];
  answerWith = () => new Response("answer", { status: 202, headers: { "X-A": "1" } });
  const response = await new Promise((resolve) => http.get("http://b:81/path?q", { headers: { "X-B": "2" } }, resolve));
  assertEquals([response.statusCode, response.headers["x-a"]], [202, "1"]);
  assertEquals(await body(response), "answer");
  assertEquals([asked[0].url, asked[0].method, asked[0].headers.get("x-b"), asked[0].redirect], ["http://b:81/path?q", "GET", "2", "manual"]);
});

test("what is written is the body of the request", async () => {
  asked = [];
  answerWith = () => new Response(null);
  const sent = https.request({ hostname: "b", method: "POST", path: "/x" });
  sent.write("ab");
  sent.end("cd");
  await event(sent, "response");
  assertEquals([asked[0].url, String(asked[0].body)], ["https://b/x", "abcd"]);
});

test("a failure is an error event, and so is a request that is given up", async () => {
  const mistake = new Error("no network");
  answerWith = () => {
    throw mistake;
  };
  assertEquals(await event(http.get("http://b/"), "error"), mistake);
  answerWith = () => new Promise(() => {});
  const sent = http.get("http://b/");
  sent.destroy();
  assertEquals((await event(sent, "error")).code, "ECONNRESET");
});

test("a body that fetch has decoded does not say that it is encoded", async () => {
  answerWith = () => new Response("plain", { headers: { "content-encoding": "gzip", "content-length": "99" } });
  const response = await event(http.get("http://b/"), "response");
  assertEquals([response.headers["content-encoding"], response.headers["content-length"]], [undefined, undefined]);
});

test("cookies are a list, other fields are joined", async () => {
  answerWith = () => new Response(null, { headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"], ["x-d", "1"], ["x-d", "2"]] });
  const response = await event(http.get("http://b/"), "response");
  assertEquals(response.headers["set-cookie"], ["a=1", "b=2"]);
  assertEquals(response.headers["x-d"], "1, 2");
});

test("wrong arguments are refused", () => {
  assertThrows(() => http.get("https://b/"), TypeError, 'Protocol "https:" not supported. Expected "http:"');
  assertThrows(() => http.request({ path: "/a b" }), TypeError);
  assertThrows(() => http.request({ method: "A B" }), TypeError);
  assertThrows(() => http.request({ headers: { a: "\n" } }), TypeError);
  assertThrows(() => http.request({ socketPath: "/x" }), Error, "The options.socketPath option is not implemented");
});

test("an agent says which protocol and port its requests have, and nothing is asked of it", async () => {
  answerWith = () => new Response("ok");
  class Own extends http.Agent {
    addRequest() {
      throw new Error("asked");
    }
  }
  const agent = new Own({ keepAlive: true, maxSockets: 2 });
  agent.defaultPort = 8080;
  asked = [];
  const request = http.get({ host: "a.example", path: "/x", agent });
  assertEquals([request.agent, request.port, request.getHeader("host")], [agent, "8080", "a.example"]);
  await event(request, "response");
  assertEquals(asked[0].url, "http://a.example:8080/x");
  assertEquals([agent.maxSockets, agent.keepAlive, Object.keys(agent.sockets)], [2, true, []]);
});

test("an agent of another protocol, or none at all, is refused", () => {
  assertEquals(assertThrows(() => http.request({ agent: new https.Agent() })).code, "ERR_INVALID_PROTOCOL");
  assertEquals(assertThrows(() => https.request({ agent: new http.Agent() })).code, "ERR_INVALID_PROTOCOL");
  assertEquals(assertThrows(() => http.request({ agent: {} })).code, "ERR_INVALID_ARG_TYPE");
  assertThrows(() => new http.Agent({ scheduling: "x" }));
  assertThrows(() => new http.Agent().createConnection(), Error, "The createConnection method is not implemented");
  const names = new https.Agent().getName({ host: "h", port: 1, ca: "c", servername: "s" });
  assertEquals(names, "h:1::c:::::::s::::::::::::");
});
