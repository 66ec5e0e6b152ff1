import { Code, ConnectError, createClient, createConnectRouter, createRouterTransport } from "@connectrpc/connect";
import { create, fromBinary, fromJson, toBinary, toJson } from "@bufbuild/protobuf";
import { type GenMessage, type GenService } from "@bufbuild/protobuf/codegenv2";
import { StringValueSchema, StructSchema, TimestampSchema, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import * as bson from "bson";
import * as msgpackr from "msgpackr";
import { project } from "../../serve.js";

const value = {
  text: "ünïcode 😀",
  list: [1, -2, 3.25, 2 ** 40],
  nested: { yes: true, no: false, none: null },
  bytes: new Uint8Array([0, 255, 128]),
  when: new Date(1_700_000_000_000),
};

const cases = {
  "bufbuild-messages": () => {
    const struct = fromJson(StructSchema, { a: [1, "x", null], b: { c: true } });
    const bytes = toBinary(StructSchema, struct);
    const time = create(TimestampSchema, timestampFromMs(1_700_000_000_123));
    return [bytes, toJson(StructSchema, fromBinary(StructSchema, bytes)), toJson(TimestampSchema, time), timestampMs(time)];
  },
  connect: async () => {
    // What protoc-gen-es makes of a service with one method of each kind.
    const method = (name: string, methodKind: string) => ({ name, localName: name.toLowerCase(), methodKind, input: StringValueSchema, output: StringValueSchema, idempotency: 0, kind: "rpc", toString: () => name, deprecated: false });
    const methods = [method("Say", "unary"), method("Count", "server_streaming"), method("Fail", "unary")];
    const service: { kind: string; [key: string]: unknown } = { kind: "service", typeName: "test.Talk", name: "Talk", methods, method: Object.fromEntries(methods.map((it) => [it.localName, it])) };
    for (const it of methods) Object.assign(it, { parent: service });
    const value = (text: string) => create(StringValueSchema as GenMessage<never>, { value: text } as never);
    const routes = (router: ReturnType<typeof createConnectRouter>) =>
      router.service(service as unknown as GenService<never>, {
        say: ({ value: text }: { value: string }) => value(text.toUpperCase()),
        async *count({ value: text }: { value: string }) {
          for (const letter of text) yield value(letter);
        },
        fail() {
          throw new ConnectError("not today", Code.FailedPrecondition);
        },
      } as never);
    const client = createClient(service as never, createRouterTransport(routes as never)) as unknown as Record<string, (message: object) => never>;
    const letters: string[] = [];
    for await (const { value: letter } of client.count({ value: "abc" }) as AsyncIterable<{ value: string }>) letters.push(letter);
    const failure = await (client.fail({ value: "" }) as Promise<never>).catch((error: ConnectError) => [error.code, error.message]);
    return [((await client.say({ value: "hello" })) as { value: string }).value, letters, failure];
  },
  bson: () => {
    const bytes = bson.serialize({ ...value, big: bson.Long.fromString("9007199254740993"), id: bson.ObjectId.createFromHexString("0123456789abcdef01234567"), pattern: /a/i });
    const { id, big, bytes: binary, ...rest } = bson.deserialize(bytes, { useBigInt64: true });
    return [bytes.length, rest, id.toHexString(), big, binary.value(), bson.EJSON.stringify({ d: value.when })];
  },
  "bson-error": () => bson.deserialize(new Uint8Array([5, 0, 0, 0])),
  msgpackr: () => {
    const packr = new msgpackr.Packr({ structuredClone: true, useRecords: true });
    const cyclic: { self?: object; set: Set<number>; map: Map<string, bigint> } = { set: new Set([1, 2]), map: new Map([["a", 2n ** 60n]]) };
    cyclic.self = cyclic;
    const back = packr.unpack(packr.pack([value, { ...value, text: "again" }, cyclic]));
    return [back, msgpackr.pack({ a: 1 }), msgpackr.unpackMultiple(new Uint8Array([1, 0xa1, 0x78]))];
  },
  "msgpackr-streams": () => {
    const packr = new msgpackr.Packr();
    const rows = Array.from({ length: 40 }, (_, n) => ({ id: n, name: `n${n}`, on: n % 2 === 0 }));
    const packed = packr.pack(rows);
    return [packed.length, packr.unpack(packed).at(-1)];
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
