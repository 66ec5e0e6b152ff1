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
    const show = ({ defaultPort, protocol, keepAlive, maxSockets, maxFreeSockets }) => [defaultPort, protocol, keepAlive, maxSockets, maxFreeSockets];
    return [show(new http.Agent()), show(new https.Agent({ keepAlive: true, maxSockets: 3 })), new http.Agent().getName({ host: "a", port: 1 })];
  },
};
