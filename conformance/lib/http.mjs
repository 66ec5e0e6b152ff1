// One request to a runtime, with headers and target as they are given.

import http from "node:http";

/** How long an answer may take. */
const ANSWER_MS_MAX = 20_000;
/** Headers of an answer that belong to the connection or the clock, not to the program. */
const IGNORED_HEADERS = new Set(["date", "connection", "keep-alive", "server"]);

/**
 * @param {import("./runtime.d.ts").Runtime} runtime
 * @param {string} target path and query
 * @param {{method?: string, headers?: Record<string, string>, body?: string, msMax?: number}} request
 * @returns {Promise<{status: number, headers: Record<string, string[]>, body: string}>}
 */
export function send(runtime, target, { method = "GET", headers = {}, body, msMax = ANSWER_MS_MAX }) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(runtime.url);
    // The host is the same for both, so that it may appear in answers.
    const request = http.request({
      hostname,
      port,
      method,
      path: rawTarget(target),
      headers: { host: "cases.example", ...headers },
      agent: false,
    });
    request.setTimeout(msMax, () => request.destroy(new Error(`no answer within ${msMax} ms`)));
    request.on("error", reject);
    request.on("response", (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode,
          headers: collectHeaders(response.rawHeaders),
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    request.end(body);
  });
}

/** Sends a target's UTF-8 bytes as they are, which Node only does for text that it takes for Latin-1. */
function rawTarget(target) {
  return Buffer.from(target).toString("latin1");
}

/** Lower-case names, each with its values in order. */
function collectHeaders(raw) {
  const headers = {};
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i].toLowerCase();
    if (!IGNORED_HEADERS.has(name)) (headers[name] ??= []).push(raw[i + 1]);
  }
  return headers;
}
