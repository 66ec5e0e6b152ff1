import alarms from "./alarms.js";
import cache from "./cache.js";
import clone from "./web_clone.js";
import compression from "./web_compression.js";
import crypto_ from "./web_crypto.js";
import cryptoPairs from "./web_crypto_pairs.js";
import cryptoRules from "./web_crypto_rules.js";
import cryptoSecret from "./web_crypto_secret.js";
import encoding from "./web_encoding.js";
import facets from "./facets.js";
import fetch_ from "./web_fetch.js";
import globals from "./globals.js";
import headers from "./web_headers.js";
import htmlRewriter from "./html_rewriter.js";
import htmlRewriterStreams from "./html_rewriter_streams.js";
import http from "./http.js";
import ids from "./ids.js";
import kv from "./kv.js";
import kvSync from "./kv_sync.js";
import lifecycle from "./lifecycle.js";
import rpc from "./rpc.js";
import rpcErrors from "./rpc_errors.js";
import rpcLifetimes from "./rpc_lifetimes.js";
import rpcReach from "./rpc_reach.js";
import rpcServices from "./rpc_services.js";
import rpcTypes from "./rpc_types.js";
import rpcValues from "./rpc_values.js";
import sql from "./sql.js";
import sqlErrors from "./sql_errors.js";
import streams from "./web_streams.js";
import transactions from "./transactions.js";
import messages from "./web_messages.js";
import patterns from "./web_patterns.js";
import performance_ from "./web_performance.js";
import url from "./web_url.js";
import websocket from "./websocket.js";
import websocketObjects from "./websocket_objects.js";

const topics = {
  ids,
  rpc,
  "rpc-values": rpcValues,
  "rpc-errors": rpcErrors,
  "rpc-lifetimes": rpcLifetimes,
  "rpc-reach": rpcReach,
  "rpc-services": rpcServices,
  "rpc-types": rpcTypes,
  lifecycle,
  facets,
  alarms,
  kv,
  "kv-sync": kvSync,
  sql,
  "sql-errors": sqlErrors,
  transactions,
  http,
  fetch: fetch_,
  headers,
  url,
  encoding,
  clone,
  globals,
  "url-pattern": patterns,
  messages,
  performance: performance_,
  streams,
  compression,
  "html-rewriter": htmlRewriter,
  "html-rewriter-streams": htmlRewriterStreams,
  cache,
  crypto: crypto_,
  "crypto-secret": cryptoSecret,
  "crypto-pairs": cryptoPairs,
  "crypto-rules": cryptoRules,
  websocket,
  "websocket-objects": websocketObjects,
};

/** Every case by its full name, `topic.case`. */
export const cases = new Map(
  Object.entries(topics).flatMap(([topic, list]) =>
    Object.entries(list).map(([name, entry]) => [
      `${topic}.${name}`,
      typeof entry === "function" ? { run: entry } : entry,
    ]),
  ),
);
