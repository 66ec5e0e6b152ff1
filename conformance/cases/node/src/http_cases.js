import http from "node:http";
import https from "node:https";
import { handleAsNodeRequest, httpServerHandler } from "cloudflare:node";
import { result } from "./stream_tools.js";

// Servers belong to the program: each case has a port of its own.
let nextPort = 9000;
function serve(listener) {
  const port = nextPort++;
  return { port, server: http.createServer(listener).listen(port) };
}

const answer = async (response) => [response.status, [...response.headers], await response.text()];
const ask = async (listener, path = "/", init = {}) => {
  const { port, server } = serve(listener);
  try {
    return await answer(await handleAsNodeRequest(port, new Request(`http://example.com${path}`, init)));
  } finally {
    server.close();
  }
};
export default {
  "server-text": () => ask((request, response) => response.end(`${request.method} ${request.url}`), "/a?b=c"),
  "server-headers": () =>
    ask((request, response) => {
      response.setHeader("X-A", "1");
      response.setHeader("X-Many", ["a", "b"]);
      response.statusCode = 201;
      response.write("{");
      response.end("}");
    }),
  "server-write-head": () =>
    ask((request, response) => {
      response.writeHead(404, "Nope", { "X-A": "1", "Content-Type": "text/plain" });
      response.end("gone");
    }),
  "server-length": () =>
    ask(async (request, response) => {
      response.writeHead(200, { "Content-Length": 6 });
      response.write("abc");
      await null;
      response.end("def");
    }),
  "server-body": () =>
    ask(
      (request, response) => {
        let body = "";
        request.setEncoding("utf8");
        request.on("data", (chunk) => (body += chunk));
        request.on("end", () => response.end(`${body} ${request.complete} ${request.headers["x-a"]}`));
      },
      "/",
      { method: "POST", body: "the body", headers: { "X-A": "1" } },
    ),
  "server-pipe": () => ask((request, response) => request.pipe(response), "/", { method: "POST", body: "piped" }),
  "server-request": () =>
    ask(
      (request, response) => {
        response.end(JSON.stringify([request.method, request.url, request.httpVersion, request.headers, request.rawHeaders.length, typeof request.socket]));
      },
      "/x",
      { headers: { "X-Y": "z" } },
    ),
  "server-throws": () =>
    result(() =>
      ask(() => {
        throw new Error("in the listener");
      }),
    ),
  "server-headers-sent": async () => {
    let seen;
    await ask(async (request, response) => {
      response.end("x");
      seen = [response.headersSent, await result(() => response.setHeader("a", "b")), response.writableEnded];
    });
    return seen;
  },
  "server-handler": async () => {
    const { port, server } = serve((request, response) => response.end("handled"));
    const one = await answer(await httpServerHandler({ port }).fetch(new Request("http://a/")));
    const two = await answer(await httpServerHandler(server).fetch(new Request("http://a/")));
    return [one, two, await result(() => httpServerHandler({})), await result(() => handleAsNodeRequest(4, new Request("http://a/")))];
  },
  "server-listens": async () => {
    const log = [];
    const server = http.createServer();
    server.on("listening", () => log.push("listening"));
    server.on("close", () => log.push("close"));
    await new Promise((resolve) => server.listen(9999, resolve));
    log.push(server.listening, server.address());
    log.push(await result(() => server.listen(9999)));
    await new Promise((resolve) => server.close(resolve));
    log.push(server.listening);
    return log;
  },
  "client-errors": async () => ({
    protocol: await result(() => http.get("https://a/")),
    https: await result(() => https.get("http://a/")),
    path: await result(() => http.get({ path: "/a b" })),
    method: await result(() => http.request({ method: "A B" })),
    host: await result(() => http.request({ host: 5 })),
    header: await result(() => http.request({ headers: { "a b": "1" } })),
    value: await result(() => http.request({ headers: { a: "\n" } })),
    undefined: await result(() => http.request({ headers: { a: undefined } })),
    socketPath: await result(() => http.request({ socketPath: "/x" })),
  }),
  "client-request": () => {
    const sent = http.request({ host: "127.0.0.1", port: 81, path: "/a", headers: { "X-A": "b" }, auth: "u:p" });
    sent.on("error", () => {});
    const seen = [sent.method, sent.path, sent.host, sent.protocol, { ...sent.getHeaders() }, sent.getRawHeaderNames()];
    sent.destroy();
    return seen;
  },
  "outgoing-headers": () => {
    const message = new http.OutgoingMessage();
    message.setHeader("A", 1);
    message.appendHeader("B", "x");
    message.appendHeader("B", "y");
    const seen = [message.getHeader("a"), { ...message.getHeaders() }, message.getHeaderNames(), message.getRawHeaderNames(), message.hasHeader("A")];
    message.removeHeader("a");
    return [...seen, message.getHeaderNames(), message.headersSent];
  },
  "validators": async () => [
    await result(() => http.validateHeaderName("a b")),
    await result(() => http.validateHeaderValue("a", undefined)),
    await result(() => http.validateHeaderValue("a", "\u0100")),
  ],
  "tables": () => [http.METHODS, http.STATUS_CODES, http.maxHeaderSize],
  "agents": () => {
    const shape = (agent) => [Object.keys(agent), agent.options, agent.defaultPort, agent.protocol, agent.keepAlive, agent.maxSockets, agent.maxFreeSockets, agent.keepAliveMsecs, agent.scheduling, agent.maxTotalSockets];
    return [
      shape(new http.Agent()), shape(new https.Agent({ keepAlive: true, maxSockets: 3 })), shape(new http.Agent({ keepAliveMsecs: 5, timeout: 7, maxFreeSockets: 1, scheduling: "fifo", maxSockets: 0 })), shape(http.globalAgent), shape(https.globalAgent),
      Object.getOwnPropertyNames(http.Agent.prototype), Object.getOwnPropertyNames(https.Agent.prototype), Object.keys(http.Agent), Object.getPrototypeOf(https.Agent) === http.Agent,
    ];
  },
  "agent-names": () => [
    new http.Agent().getName(), new http.Agent().getName({ host: "a", port: 1 }), new http.Agent().getName({ host: "h", port: 1, localAddress: "l", family: 6, socketPath: "/s" }), new https.Agent().getName(),
    new https.Agent().getName({ host: "h", port: 1, ca: "ca", cert: "ce", clientCertEngine: "x", ciphers: "c", key: "k", pfx: "p", rejectUnauthorized: false, servername: "s", minVersion: "1", maxVersion: "2", secureProtocol: "sp", crl: "crl", honorCipherOrder: true, ecdhCurve: "e", dhparam: "d", secureOptions: 5, sessionIdContext: "sic" }),
  ],
  "agent-methods": async () => {
    const agent = new http.Agent();
    const methods = ["createConnection", "createSocket", "addRequest", "keepSocketAlive", "reuseSocket", "removeSocket", "destroy"];
    return Promise.all(methods.map(async (name) => [name, agent[name].length, await result(() => agent[name]({ on() {} }, {}))]));
  },
  "agent-options": async () => Promise.all([{ scheduling: "x" }, { maxTotalSockets: "x" }, { maxTotalSockets: 0 }].map((options) => result(() => new http.Agent(options)))),
  "agent-choice": async () => Promise.all([
    () => http.request({ host: "a", agent: {} }), () => http.request({ host: "a", agent: new https.Agent() }), () => https.request({ host: "a", agent: new http.Agent() }),
    ...[undefined, null, false, new http.Agent(), { addRequest() {}, defaultPort: 81 }].map((agent) => () => {
      const sent = http.request({ host: "a", agent });
      sent.on("error", () => {});
      sent.destroy();
      return [sent.agent === agent, sent.agent === http.globalAgent, sent.port, sent.getHeader("host")];
    }),
  ].map((act) => result(act))),
  "server-expect": async () => [
    await ask((request, response) => response.end(`plain ${request.headers.expect}`), "/", { method: "POST", body: "x", headers: { Expect: "100-continue" } }),
    await ask((request, response) => response.end("plain"), "/", { method: "POST", body: "x", headers: { Expect: "other" } }),
    await ask((request, response) => response.end("plain"), "/", { headers: { Connection: "Upgrade", Upgrade: "websocket" } }),
  ],
  "server-information": () => ask(async (request, response) => {
    const said = [];
    for (const name of ["writeContinue", "writeProcessing", "writeEarlyHints", "assignSocket", "detachSocket"]) said.push(await result(() => response[name]({ link: "<a>" })));
    response.end(JSON.stringify(said));
  }),
};
