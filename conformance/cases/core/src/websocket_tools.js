// What the cases about WebSockets share.

import { until } from "./harness.js";

/** Resolves when so many events are in a log. */
export const arrived = (events, count) => until(() => events.length >= count);

/**
 * Resolves after what is on its way between sockets of this place has arrived: a message that is sent now has gone to
 * the other end of a pair, and back. For what must not happen.
 */
export async function fence() {
  const { left, right, events } = accepted();
  right.addEventListener("message", () => right.send("back"));
  left.send("there");
  await arrived(events, 2);
}

/** Events of a socket as plain values. What workerd adds about its own reply to a close frame is left out. */
export function watch(socket, log = [], name = undefined) {
  const add = (...entry) => log.push(name === undefined ? entry : [name, ...entry]);
  socket.addEventListener("open", () => add("open"));
  socket.addEventListener("message", ({ data }) => add("message", describe(data)));
  socket.addEventListener("close", ({ code, reason, wasClean }) => add("close", code, reason, wasClean));
  socket.addEventListener("error", ({ message }) => {
    if (!message.includes("Network connection lost.")) add("error", message);
  });
  return log;
}

function describe(data) {
  if (typeof data === "string") return data;
  if (data instanceof Blob) return `Blob of ${data.size}`;
  return `${data.constructor.name} of ${[...new Uint8Array(data)]}`;
}

/** Two ends that are accepted, and their events. */
export function accepted(options = undefined) {
  const { 0: left, 1: right } = new WebSocketPair();
  const events = [];
  watch(left, events, "left");
  watch(right, events, "right");
  left.accept(options);
  right.accept(options);
  return { left, right, events };
}

/** A socket to an object of the class Sockets, accepted, and its events. */
export async function connect(stub, path = "/hibernate") {
  const response = await stub.fetch(`http://object${path}`, { headers: { upgrade: "websocket" } });
  const socket = response.webSocket;
  const events = watch(socket);
  socket.accept();
  return { socket, events, response };
}

/** What `act` throws, as one line; what it gives otherwise. */
export function attempt(act) {
  try {
    const value = act();
    return value === undefined ? "nothing" : value;
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
}
