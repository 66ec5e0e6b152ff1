import { DurableObject } from "cloudflare:workers";
import { Duplex } from "node:stream";
import { Aedes } from "aedes";
import { generate, parser, type Packet } from "mqtt-packet";
import { project } from "../../serve.js";

/** A socket as a stream of Node, as the broker wants its clients. */
function streamOf(socket: WebSocket) {
  socket.binaryType = "arraybuffer";
  const stream = new Duplex({
    read() {},
    write(chunk, _, done) {
      socket.send(chunk);
      done();
    },
    destroy(error, done) {
      socket.close(1000);
      done(error);
    },
  });
  socket.addEventListener("message", ({ data }) => stream.push(Buffer.from(data as ArrayBuffer)));
  socket.addEventListener("close", () => stream.push(null));
  return stream;
}

/** An MQTT broker within an object, with clients over WebSockets. */
export class Broker extends DurableObject {
  broker?: Aedes;
  log: string[] = [];
  wake = () => {};

  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env);
    ctx.blockConcurrencyWhile(async () => {
      this.broker = await Aedes.createBroker({ id: "broker", heartbeatInterval: 3_600_000 });
      this.broker.authenticate = (client, user, password, done) => done(null, String(password) !== "wrong");
      this.broker.on("client", ({ id }) => this.note(`+${id}`));
      this.broker.on("clientDisconnect", ({ id }) => this.note(`-${id}`));
      this.broker.on("publish", ({ topic }, client) => client && this.note(`${client.id} → ${topic}`));
    });
  }

  fetch() {
    const [client, server] = Object.values(new WebSocketPair());
    server.accept();
    this.broker!.handle(streamOf(server));
    return new Response(null, { status: 101, webSocket: client, headers: { "Sec-WebSocket-Protocol": "mqtt" } });
  }

  note(line: string) {
    this.log.push(line);
    this.wake();
  }

  /** What has happened, when it is so many things. */
  async told(count: number) {
    while (this.log.length < count) await new Promise<void>((resolve) => (this.wake = resolve));
    return this.log.sort();
  }
}

async function connect(stub: DurableObjectStub<Broker>, clientId: string, more = {}) {
  const { webSocket } = await stub.fetch("https://mqtt.example/", { headers: { Upgrade: "websocket", "Sec-WebSocket-Protocol": "mqtt" } });
  const socket = webSocket!;
  socket.binaryType = "arraybuffer";
  const packets: Packet[] = [];
  let wake = () => {};
  const parse = parser();
  parse.on("packet", (packet) => {
    packets.push(packet);
    wake();
  });
  socket.addEventListener("message", ({ data }) => parse.parse(Buffer.from(data as ArrayBuffer)));
  socket.accept();
  const send = (packet: Packet) => socket.send(generate(packet));
  const next = async () => {
    while (packets.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return packets.shift() as Packet & Record<string, unknown>;
  };
  send({ cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: true, clientId, keepalive: 0, ...more });
  return { send, next, accepted: ((await next()) as { returnCode?: number }).returnCode };
}

const cases = {
  "publish-and-subscribe": async ({ env }) => {
    const stub = env.BROKER.getByName("talk");
    const [ada, bob] = [await connect(stub, "ada"), await connect(stub, "bob")];
    ada.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "rooms/+/says", qos: 1 }] });
    const subscribed = await ada.next();
    bob.send({ cmd: "publish", topic: "rooms/1/says", payload: "hello", qos: 1, messageId: 2, dup: false, retain: false });
    const confirmed = await bob.next();
    const { topic, payload, qos, messageId } = await ada.next();
    ada.send({ cmd: "puback", messageId: messageId as number });
    bob.send({ cmd: "disconnect" });
    ada.send({ cmd: "pingreq" });
    const pong = await ada.next();
    return [(subscribed as { granted?: unknown }).granted, confirmed.cmd, topic, String(payload), qos, pong.cmd, await stub.told(4)];
  },
  "kept-messages-and-last-will": async ({ env }) => {
    const stub = env.BROKER.getByName("will");
    const will = { topic: "gone", payload: Buffer.from("ada is gone"), qos: 0, retain: false };
    const ada = await connect(stub, "ada", { will });
    ada.send({ cmd: "publish", topic: "kept", payload: Buffer.alloc(100_000, "x"), qos: 1, messageId: 1, dup: false, retain: true });
    await ada.next();
    const bob = await connect(stub, "bob");
    bob.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "kept", qos: 0 }, { topic: "gone", qos: 0 }] });
    await bob.next();
    const kept = await bob.next();
    const second = await connect(stub, "ada");
    const gone = await bob.next();
    return [kept.topic, (kept.payload as Buffer).length, kept.retain, second.accepted, gone.topic, String(gone.payload)];
  },
  refused: async ({ env }) => (await connect(env.BROKER.getByName("refused"), "eve", { username: "eve", password: "wrong" })).accepted,
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
