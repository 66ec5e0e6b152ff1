// process.stdout, stderr and stdin.
//
// What a program writes becomes lines of the log, each with the name of its stream. There is nothing to read.

import { op_console, op_node_module } from "holdfast:ops";
import { queueMicrotask } from "holdfast:web/timers";
import { notImplemented } from "../unsupported.js";

/** Both outputs, once they are made. */
const outputs = [];

/** Shows what is left of lines that have no end yet. */
export function flushOutputs() {
  for (const lines of outputs) lines.flush();
}

class Lines {
  #decoder = new TextDecoder();
  #name;
  #level;
  #rest = "";

  constructor(name, level) {
    this.#name = name;
    this.#level = level;
    outputs.push(this);
  }

  write(chunk) {
    const text = typeof chunk === "string" ? chunk : this.#decoder.decode(chunk, { stream: true });
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop();
    for (const line of lines) this.#show(line);
    // A line that is not ended in the same turn is shown as it is.
    if (this.#rest !== "") queueMicrotask(() => this.flush());
  }

  flush() {
    const rest = this.#rest;
    this.#rest = "";
    if (rest !== "") this.#show(rest);
  }

  #show(line) {
    op_console(this.#level, `${this.#name}: ${line}`);
  }
}

function streams(name) {
  const stream = op_node_module("stream")?.default;
  if (stream?.Writable === undefined) throw notImplemented(`process.${name}`);
  return stream;
}

// What a stream over a terminal or a socket has, and these say for want of either.
const socketLike = { allowHalfOpen: false, bufferSize: 0, connecting: false, readyState: "open" };

function makeOutput(name, fd, level) {
  const { Writable } = streams(name);
  const lines = new Lines(name, level);
  class SyncWriteStream extends Writable {
    _write(chunk, _encoding, callback) {
      lines.write(chunk);
      callback();
    }

    _final(callback) {
      lines.flush();
      callback();
    }
  }
  return Object.assign(new SyncWriteStream({ autoDestroy: true, decodeStrings: false, emitClose: true }), {
    fd,
    readable: false,
    _type: "fs",
    _isStdio: true,
    ...socketLike,
    bytesRead: 0,
    bytesWritten: 0,
    pending: false,
    readableAborted: false,
    readableDidRead: false,
    readableEnded: false,
    readableHighWaterMark: 16_384,
    readableLength: 0,
    readableObjectMode: false,
  });
}

export function makeStdout() {
  return makeOutput("stdout", 1, "log");
}

export function makeStderr() {
  return makeOutput("stderr", 2, "error");
}

/** Never gives anything and never ends. */
export function makeStdin() {
  const { Readable } = streams("stdin");
  class ReadStream extends Readable {
    _read() {}
  }
  return Object.assign(new ReadStream(), { fd: 0, start: 0, end: Infinity, pos: 0, bytesRead: 0, ...socketLike });
}
