import dns from "node:dns";
import dnsPromises from "node:dns/promises";
import http2 from "node:http2";
import net from "node:net";
import tls from "node:tls";
import dgram from "node:dgram";
import { connect } from "cloudflare:sockets";
import { NonRetryableError } from "cloudflare:workflows";
import { called, result, text } from "./stream_tools.js";

export default {
  "ip": () =>
    ["1.2.3.4", "::1", "::ffff:1.2.3.4", "fe80::1%eth0", "01.2.3.4", "1.2.3", "1::2::3", "x", "", 5, "1:2:3:4:5:6:7:8", "::", "12345::"].map(
      (address) => [net.isIP(address), net.isIPv4(address), net.isIPv6(address)],
    ),
  "block-list": () => {
    const list = new net.BlockList();
    list.addAddress("1.2.3.4");
    list.addRange("10.0.0.1", "10.0.0.9");
    list.addSubnet("192.168.0.0", 16);
    list.addSubnet("fe80::", 10, "ipv6");
    const ask = (address, family) => list.check(address, family);
    return [list.rules, ask("1.2.3.4"), ask("1.2.3.5"), ask("10.0.0.5"), ask("192.168.3.4"), ask("fe80::1", "ipv6"), ask("::ffff:10.0.0.5", "ipv6")];
  },
  "block-list-wrong": async () => ({
    address: await result(() => new net.BlockList().addAddress("x")),
    prefix: await result(() => new net.BlockList().addSubnet("1.1.1.1", 40)),
    type: await result(() => new net.BlockList().check(5)),
    range: await result(() => new net.BlockList().addRange("10.0.0.9", "10.0.0.1")),
  }),
  "socket-address": async () => {
    const show = (address) => address && { ...address.toJSON() };
    return {
      given: show(new net.SocketAddress({ address: "1.2.3.4", port: 5 })),
      none: show(new net.SocketAddress()),
      six: show(new net.SocketAddress({ family: "ipv6", port: 3 })),
      wrong: await result(() => new net.SocketAddress({ address: "x" })),
      port: await result(() => new net.SocketAddress({ port: 99999 })),
      parsed: [net.SocketAddress.parse("x"), net.SocketAddress.isSocketAddress({})],
    };
  },
  "socket": () => {
    const socket = new net.Socket();
    return [socket.readyState, socket.pending, socket.connecting, socket.bytesRead, socket.destroyed, socket.allowHalfOpen, socket.readable, socket.writable, net.Stream === net.Socket];
  },
  "net-arguments": async () => ({
    normalized: net._normalizeArgs([80, "h"]),
    none: await result(() => net.connect()),
    port: await result(() => net.connect({ port: 99999 })),
    server: await result(() => net.createServer()),
    family: await result(() => net.setDefaultAutoSelectFamily(5)),
    timeout: await result(() => net.setDefaultAutoSelectFamilyAttemptTimeout(0)),
  }),
  "tls-names": () => {
    const check = (host, certificate) => text(tls.checkServerIdentity(host, certificate));
    return [
      check("a.com", { subject: { CN: "a.com" } }),
      check("a.com", { subject: { CN: "b.com" } }),
      check("a.b.com", { subjectaltname: "DNS:*.b.com" }),
      check("a.b.c.com", { subjectaltname: "DNS:*.c.com" }),
      check("1.2.3.4", { subjectaltname: "IP Address:1.2.3.4" }),
      check("1.2.3.5", { subjectaltname: "IP Address:1.2.3.4" }),
    ];
  },
  "tls": async () => {
    const out = {};
    tls.convertALPNProtocols(["h2", "http/1.1"], out);
    return {
      alpn: out.ALPNProtocols.toString("hex"),
      versions: [tls.DEFAULT_MIN_VERSION, tls.DEFAULT_MAX_VERSION, tls.DEFAULT_ECDH_CURVE, tls.DEFAULT_CIPHERS],
      context: tls.createSecureContext() instanceof tls.SecureContext,
      server: await result(() => tls.createServer()),
      pair: await result(() => tls.createSecurePair()),
      ciphers: await result(() => tls.getCiphers()),
    };
  },
  "dns-addresses": async () => ({
    four: await called((done) => dns.lookup("127.0.0.1", done)),
    six: await called((done) => dns.lookup("::1", { all: true }, done)),
    promise: await dnsPromises.lookup("1.2.3.4"),
    empty: await dnsPromises.lookup(""),
  }),
  "dns-arguments": async () => ({
    hostname: await result(() => dns.lookup(5, () => {})),
    callback: await result(() => dns.lookup("x")),
    family: await result(() => dns.lookup("a", { family: 7 }, () => {})),
    hints: await result(() => dns.lookup("a", { hints: 5 }, () => {})),
    type: await result(() => dns.resolve("x", "BAD", () => {})),
    name: await result(() => dns.resolve(5, () => {})),
    last: await result(() => dns.resolve("x")),
    order: [dns.getDefaultResultOrder(), await result(() => dns.setDefaultResultOrder("x"))],
    servers: [dns.getServers(), await result(() => dns.setServers(["1.1.1.1"]))],
  }),
  "dns-constants": () => Object.entries(dns).filter(([, value]) => ["string", "number"].includes(typeof value)).sort(),
  "http2": async () => ({
    constants: http2.constants,
    connect: await result(() => http2.connect("http://a")),
    server: await result(() => http2.createServer()),
    secure: await result(() => http2.createSecureServer()),
    request: await result(() => new http2.Http2ServerRequest()),
    settings: [{ ...http2.getDefaultSettings() }, http2.getPackedSettings().length],
    symbol: String(http2.sensitiveHeaders),
  }),
  "dgram": async () => {
    const socket = dgram.createSocket("udp4");
    return [socket.bind() === socket, socket.getSendQueueSize(), socket.close() === socket, await result(() => dgram.createSocket())];
  },
  "connect-arguments": async () => {
    const refused = {};
    for (const address of ["x", 5, "a:99999", "a:b", ":80", "a b:80", { hostname: "a", port: 99999 }, { hostname: "a", port: "x" }]) {
      refused[JSON.stringify(address)] = await result(() => connect(address));
    }
    return {
      refused,
      transport: await result(() => connect("127.0.0.1:1", { secureTransport: "x" })),
      options: await result(() => connect("127.0.0.1:1", 5)),
    };
  },
  "connect-refused": async () => {
    const socket = connect("127.0.0.1:1");
    const shape = [socket.secureTransport, socket.upgraded, Object.prototype.toString.call(socket)];
    const [opened, closed] = await Promise.all([result(() => socket.opened), result(() => socket.closed)]);
    return [shape, opened, closed];
  },
  "connect-and-tls": async () => {
    const off = connect("127.0.0.1:1");
    off.closed.catch(() => {});
    off.opened.catch(() => {});
    return result(() => off.startTls());
  },
  "workflows": () => {
    const error = new NonRetryableError("never again", "Name");
    return [error.name, error.message, error instanceof Error, new NonRetryableError("m").name];
  },
};
