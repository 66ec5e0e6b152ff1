// node:net, node:tls, node:dns and node:dgram, as far as they go without anybody to talk to.

import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import dgram from "holdfast:node/dgram";
import dns from "holdfast:node/dns";
import dnsPromises from "holdfast:node/dns/promises";
import http2 from "holdfast:node/http2";
import net from "holdfast:node/net";
import tls from "holdfast:node/tls";

const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));

test("addresses are told from other text", () => {
  for (const address of ["0.0.0.0", "255.255.255.255"]) assertEquals(net.isIP(address), 4, address);
  for (const address of ["::", "::1", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "fe80::1%eth0"]) assertEquals(net.isIP(address), 6, address);
  for (const address of ["", "256.1.1.1", "01.2.3.4", "1.2.3", "1::2::3", ":::", "12345::", "1:2:3:4:5:6:7", "1.2.3.4::"]) {
    assertEquals(net.isIP(address), 0, address);
  }
});

test("a block list knows addresses, ranges and subnets, and addresses within addresses", () => {
  const list = new net.BlockList();
  list.addAddress("1.2.3.4");
  list.addRange("10.0.0.1", "10.0.0.9");
  list.addSubnet("fe80::", 10, "ipv6");
  const inside = [["1.2.3.4"], ["10.0.0.9"], ["febf::1", "ipv6"], ["::ffff:10.0.0.1", "ipv6"]];
  const outside = [["1.2.3.5"], ["10.0.0.10"], ["fec0::1", "ipv6"], ["::1", "ipv6"]];
  for (const address of inside) assert(list.check(...address), address[0]);
  for (const address of outside) assert(!list.check(...address), address[0]);
  const copy = new net.BlockList();
  copy.fromJSON(list.toJSON());
  assertEquals(copy.rules, list.rules);
});

test("a connection that is refused is an error, and then closed", async () => {
  const text = "proxy request failed, cannot connect to the specified address";
  const socket = net.connect(1, "127.0.0.1");
  assertEquals([socket.connecting, socket.readyState, socket.pending], [true, "opening", true]);
  const closed = new Promise((resolve) => socket.once("close", () => resolve(socket.destroyed)));
  assertEquals((await event(socket, "error")).message, text);
  assertEquals(await closed, true);
  assertEquals((await event(tls.connect(1, "127.0.0.1"), "error")).message, text);
});

test("what cannot be asked of a connection is refused", () => {
  assertThrows(() => net.createServer(), Error, "createServer() is not implemented");
  assertThrows(() => net.connect("/a/path"), Error, "The options.path option is not implemented");
  assertThrows(() => tls.connect({ port: 1, ca: "x" }), Error, "The options.ca option is not implemented");
  const trusting = { port: 1, rejectUnauthorized: false };
  assertThrows(() => tls.connect(trusting), Error, "The options.rejectUnauthorized option is not implemented");
});

test("what is written to a socket without a connection fails", async () => {
  const socket = new net.Socket();
  socket.write("a");
  assertEquals((await event(socket, "error")).code, "ENOTCONN");
});

test("a certificate is matched with a name", () => {
  const fits = (host, certificate) => tls.checkServerIdentity(host, certificate) === undefined;
  assert(fits("a.b.com", { subjectaltname: "DNS:*.b.com" }));
  assert(!fits("b.com", { subjectaltname: "DNS:*.b.com" }));
  assert(!fits("a.com", { subjectaltname: "DNS:*.com" }));
  assert(fits("1.2.3.4", { subjectaltname: "IP Address:1.2.3.4" }));
  assert(!fits("a.com", {}));
});

test("names are looked up as the machine does it", async () => {
  assertEquals(await dnsPromises.lookup("::1"), { address: "::1", family: 6 });
  const found = await dnsPromises.lookup("localhost", { all: true });
  assert(found.length > 0 && found.every(({ address }) => ["127.0.0.1", "::1"].includes(address)));
  assertEquals(await dnsPromises.lookup("localhost", 4), { address: "127.0.0.1", family: 4 });
  const told = await new Promise((resolve) => dns.lookup("localhost", { family: "IPv4", order: "ipv6first" }, (...args) => resolve(args)));
  assertEquals(told, [null, "127.0.0.1", 4]);
  const error = await assertRejects(() => dnsPromises.lookup("no such name.invalid"));
  assertEquals([error.code, error.hostname, error.syscall], ["ENOTFOUND", "no such name.invalid", "queryA"]);
});

test("localhost is this machine without asking anybody", async () => {
  assertEquals(await dnsPromises.resolve("a.localhost"), ["127.0.0.1"]);
  assertEquals(await dnsPromises.resolve4("localhost", { ttl: true }), [{ ttl: 0, address: "127.0.0.1" }]);
  assertEquals(await new Promise((resolve) => dns.resolve6("localhost", (...args) => resolve(args))), [null, ["::1"]]);
  assert((await dnsPromises.reverse("127.0.0.1")).includes("localhost"));
  assertEquals((await assertRejects(() => dnsPromises.reverse("x"))).code, "EINVAL");
});

test("a name that cannot be asked for is refused, and what is not here says so", async () => {
  const error = await new Promise((resolve) => dns.resolveMx("a..b", resolve));
  assertEquals([error.code, error.message], ["EBADNAME", "queryMx EBADNAME a..b"]);
  await assertRejects(() => dnsPromises.resolveAny("a"), Error, "The dns.resolveAny method is not implemented");
  assertThrows(() => dns.resolve("a", "BAD", () => {}), Error);
});

test("HTTP/2 has names and numbers only", () => {
  assertEquals(http2.constants.HTTP2_HEADER_PATH, ":path");
  assertThrows(() => http2.connect("http://a"), Error, "The http2.connect method is not implemented");
});

test("a datagram socket can be made, and does nothing", () => {
  const socket = dgram.createSocket("udp4");
  assertEquals(socket.bind(), socket);
  assertThrows(() => dgram.createSocket(), TypeError);
});
