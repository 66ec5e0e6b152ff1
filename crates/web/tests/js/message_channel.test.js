import { test, assert, assertEquals, assertThrows } from "holdfast:test";
import { MessageChannel, MessagePort } from "holdfast:web/message_channel";
import { Headers } from "holdfast:web/headers";

const microtasks = async () => {
  for (let i = 0; i < 5; i++) await undefined;
};

test("a message is a copy that arrives in a microtask", async () => {
  const { port1, port2 } = new MessageChannel();
  const got = [];
  port2.onmessage = ({ data, source, target, isTrusted }) => got.push(data, source === port2, target === port2, isTrusted);
  const message = { a: [1] };
  port1.postMessage(message);
  message.a.push(2);
  assertEquals(got, []);
  await microtasks();
  assertEquals(got, [{ a: [1] }, true, true, true]);
});

test("messages wait for start(), in order; setting onmessage starts", async () => {
  const { port1, port2 } = new MessageChannel();
  const got = [];
  port2.addEventListener("message", (event) => got.push(event.data));
  port1.postMessage(1);
  port1.postMessage(2);
  await microtasks();
  assertEquals(got, []);
  port2.start();
  await microtasks();
  assertEquals(got, [1, 2]);
});

test("both directions", async () => {
  const { port1, port2 } = new MessageChannel();
  port2.onmessage = (event) => port2.postMessage(event.data * 2);
  const answer = new Promise((resolve) => (port1.onmessage = (event) => resolve(event.data)));
  port1.postMessage(21);
  assertEquals(await answer, 42);
});

test("closing one end closes both, once, and nothing arrives afterwards", async () => {
  const { port1, port2 } = new MessageChannel();
  const log = [];
  port1.onclose = () => log.push("one");
  port2.onclose = () => log.push("two");
  port2.onmessage = (event) => log.push(event.data);
  port1.postMessage("lost");
  port1.close();
  port2.close();
  port1.postMessage("late");
  await microtasks();
  assertEquals(log, ["two", "one"]);
});

test("what cannot be sent is refused at once", () => {
  const { port1 } = new MessageChannel();
  const buffer = new ArrayBuffer(1);
  assertThrows(() => port1.postMessage(() => {}), "DataCloneError");
  assertThrows(() => port1.postMessage(port1), "DataCloneError");
  assertThrows(() => port1.postMessage(buffer, [buffer]), Error, "Transfer list is not supported");
  assertThrows(() => port1.postMessage(buffer, { transfer: [buffer] }), Error, "Transfer list is not supported");
  assertThrows(() => new MessagePort(), TypeError, "Illegal constructor");
});

test("platform objects are copied too", async () => {
  const { port1, port2 } = new MessageChannel();
  const got = new Promise((resolve) => (port2.onmessage = (event) => resolve(event.data)));
  port1.postMessage({ list: [new Headers({ a: "b" })] });
  const { list } = await got;
  assert(list[0] instanceof Headers && list[0].get("a") === "b");
});

test("onmessage takes objects and forgets the rest", () => {
  const { port1 } = new MessageChannel();
  const handler = () => {};
  port1.onmessage = handler;
  assert(port1.onmessage === handler);
  port1.onmessage = 5;
  assertEquals(port1.onmessage, null);
});
