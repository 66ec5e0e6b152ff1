// The Worker of the cases of Node's modules: GET /cases lists them, GET /case/<name> runs one. A topic is a file
// of its own; how a case is written is said in ../../core/src/harness.js and ../../../README.md.

import { outcome } from "../../core/src/harness.js";
import assert_ from "./assert.js";
import buffer from "./buffer.js";
import crypto_ from "./crypto.js";
import cryptoDh from "./crypto_dh.js";
import cryptoPairs from "./crypto_pairs.js";
import cryptoX509 from "./crypto_x509.js";
import exports_ from "./exports.js";
import inspect from "./inspect.js";
import path from "./path.js";
import runtime from "./runtime.js";
import shared from "./shared.js";
import streams from "./streams.js";
import strings from "./strings.js";
import url from "./url.js";
import util from "./util.js";
import zlib from "./zlib.js";

export { StoreEntry, StoreObject } from "./async_hooks_probe.js";

const topics = {
  exports: exports_, buffer, strings, path, util, inspect, assert: assert_, url, zlib,
  crypto: crypto_, crypto_pairs: cryptoPairs, crypto_dh: cryptoDh, crypto_x509: cryptoX509, shared, ...runtime, ...streams,
};

/** Every case by its full name, `topic.case`. */
const cases = new Map(
  Object.entries(topics).flatMap(([topic, list]) =>
    Object.entries(list).map(([name, entry]) => [
      `${topic}.${name}`,
      typeof entry === "function" ? { run: entry } : entry,
    ]),
  ),
);

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/cases") {
      return Response.json([...cases].map(([name, { request }]) => ({ name, request })));
    }
    const name = decodeURIComponent(pathname.slice("/case/".length));
    const found = cases.get(name);
    if (!pathname.startsWith("/case/") || !found)
      return Response.json({ error: `no such case: ${name}` }, { status: 404 });
    const result = await outcome(() => found.run({ request, env, ctx, name }), { keepResponse: true });
    return result instanceof Response ? result : Response.json(result);
  },
};
