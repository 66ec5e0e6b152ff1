// What cases about streams have in common: records of events, and errors as text.

/** The parts of an error that a program can rely on. */
export const text = (error) => (error ? `${error.name} ${error.code} ${error.message}` : String(error));

/** A log of what happened, with the turns of the microtask queue between. */
export class Log {
  entries = [];

  add = (...parts) => {
    this.entries.push(parts.map((part) => (part instanceof Error ? text(part) : String(part))).join(":"));
  };

  /** Logs the events of a stream, with `data` as text. */
  watch(stream, events, name = "") {
    for (const event of events) stream.on(event, (...args) => this.add(name + event, ...args.slice(0, 1).filter(isPlain)));
    return stream;
  }

  /** Lets `count` microtask turns pass and counts them. */
  async turns(count) {
    for (let turn = 0; turn < count; turn++) {
      this.add(turn);
      await null;
    }
    return this.entries.join(" ");
  }

  toString() {
    return this.entries.join(" ");
  }
}

function isPlain(value) {
  return value === undefined || value === null || typeof value !== "object" || value instanceof Error || value instanceof Uint8Array;
}

/** Waits for an event. */
export const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));

/** What a callback is called with, as text where it is an error. */
export const called = (start) =>
  new Promise((resolve) => start((...args) => resolve(args.map((arg) => (arg instanceof Error ? text(arg) : arg)))));

/** What `act` gives or throws, as text. */
export async function result(act) {
  try {
    return await act();
  } catch (error) {
    return `threw ${text(error)}`;
  }
}

export const READABLE = ["readable", "data", "pause", "resume", "end", "error", "close"];
export const WRITABLE = ["drain", "pipe", "unpipe", "prefinish", "finish", "error", "close"];
