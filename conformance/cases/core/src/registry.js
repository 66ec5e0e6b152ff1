import alarms from "./alarms.js";
import crypto_ from "./web_crypto.js";
import encoding from "./web_encoding.js";
import fetch_ from "./web_fetch.js";
import headers from "./web_headers.js";
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
  streams,
  crypto: crypto_,
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
