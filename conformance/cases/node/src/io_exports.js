// What the modules of streams, files and the network export.

import * as streamReadable from "node:_stream_readable";
import * as streamWritable from "node:_stream_writable";
import * as streamDuplex from "node:_stream_duplex";
import * as streamTransform from "node:_stream_transform";
import * as streamPassthrough from "node:_stream_passthrough";
import * as streamWrap from "node:_stream_wrap";
import * as httpAgent from "node:_http_agent";
import * as httpClient from "node:_http_client";
import * as httpCommon from "node:_http_common";
import * as httpIncoming from "node:_http_incoming";
import * as httpOutgoing from "node:_http_outgoing";
import * as httpServer from "node:_http_server";
import * as tlsCommon from "node:_tls_common";
import * as tlsWrap from "node:_tls_wrap";
import * as dgram from "node:dgram";
import * as dns from "node:dns";
import * as dnsPromises from "node:dns/promises";
import * as fs from "node:fs";
import * as fsPromises from "node:fs/promises";
import * as http from "node:http";
import * as http2 from "node:http2";
import * as https from "node:https";
import * as net from "node:net";
import * as stream from "node:stream";
import * as streamConsumers from "node:stream/consumers";
import * as streamPromises from "node:stream/promises";
import * as streamWeb from "node:stream/web";
import * as tls from "node:tls";
import * as cloudflareNode from "cloudflare:node";
import * as cloudflareSockets from "cloudflare:sockets";
import * as cloudflareWorkers from "cloudflare:workers";
import * as cloudflareWorkflows from "cloudflare:workflows";

const modules = {
  _stream_readable: streamReadable,
  _stream_writable: streamWritable,
  _stream_duplex: streamDuplex,
  _stream_transform: streamTransform,
  _stream_passthrough: streamPassthrough,
  _stream_wrap: streamWrap,
  _http_agent: httpAgent,
  _http_client: httpClient,
  _http_common: httpCommon,
  _http_incoming: httpIncoming,
  _http_outgoing: httpOutgoing,
  _http_server: httpServer,
  _tls_common: tlsCommon,
  _tls_wrap: tlsWrap,
  dgram,
  dns,
  "dns/promises": dnsPromises,
  fs,
  "fs/promises": fsPromises,
  http,
  http2,
  https,
  net,
  stream,
  "stream/consumers": streamConsumers,
  "stream/promises": streamPromises,
  "stream/web": streamWeb,
  tls,
  "cloudflare:node": cloudflareNode,
  "cloudflare:sockets": cloudflareSockets,
  "cloudflare:workers": cloudflareWorkers,
  "cloudflare:workflows": cloudflareWorkflows,
};

// Names and kinds; of the object that `require` gives, what is missing in the list and what is only there.
function describe(namespace) {
  const { default: whole } = namespace;
  const exports = Object.fromEntries(Object.keys(namespace).sort().map((name) => [name, typeof namespace[name]]));
  if (whole === undefined) return { exports };
  const own = Object.getOwnPropertyNames(whole).filter((name) => !["length", "name", "prototype", "caller", "arguments"].includes(name));
  return { exports, default: own.sort() };
}

export default Object.fromEntries(Object.entries(modules).map(([name, namespace]) => [name, () => describe(namespace)]));
