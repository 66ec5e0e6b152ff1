// What `cloudflare:node` gives: a Worker's requests for servers of node:http.

import { validatePort } from "../validators.js";
import { takeMessage } from "./incoming.js";
import { serverAt } from "./ports.js";
import { answerOf } from "./response.js";
import { kIncomingMessage, kServerResponse } from "./server.js";

/** What is known of a connection. */
function socketFor(url) {
  return {
    encrypted: url.protocol === "https:",
    remoteFamily: "IPv4",
    remoteAddress: "127.0.0.1",
    remotePort: 80,
    localAddress: "127.0.0.1",
    localPort: 80,
    destroyed: false,
    writable: true,
    readable: true,
    setTimeout() {},
    setNoDelay() {},
    setKeepAlive() {},
    on() {
      return this;
    },
    once() {
      return this;
    },
    removeListener() {
      return this;
    },
    destroy() {},
    end() {},
  };
}

/** Passes a Request to the server that listens on the port; a promise of its Response. */
export async function handleAsNodeRequest(port, request, env, ctx) {
  const server = serverAt(validatePort(port, "port"));
  if (server === undefined) {
    const error = new Error(
      `Http server with port ${port} not found. This is likely a bug with your code. You should check if ` +
        `server.listen() was called with the same port (${port})`,
    );
    error.code = "ERR_INVALID_ARG_VALUE";
    throw error;
  }
  const url = new URL(request.url);
  const socket = socketFor(url);
  const incoming = takeMessage(new server[kIncomingMessage](socket), request);
  incoming.method = request.method;
  incoming.url = `${url.pathname}${url.search}`;
  incoming.cloudflare = { cf: request.cf, env, ctx };

  const response = new server[kServerResponse](incoming);
  response.socket = socket;
  const answer = answerOf(response);
  request.signal.addEventListener("abort", () => response.destroy(request.signal.reason), { once: true });
  response.once("finish", () => {
    if (!incoming.complete) incoming._dump();
  });
  server.emit("request", incoming, response);
  return answer;
}

/** A handler object for a Worker's default export. `server` is a Server that listens, or says its port. */
export function httpServerHandler(server) {
  const port = server?.port ?? server?.address?.()?.port;
  if (port === undefined || port === null) throw new Error("Failed to determine port for server");
  return {
    fetch(request, env, ctx) {
      return handleAsNodeRequest(port, request, env, ctx);
    },
  };
}
