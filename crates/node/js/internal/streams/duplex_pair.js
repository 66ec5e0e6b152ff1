// stream.duplexPair(): two streams, each of which gives what is written to the other.

import { nextTick } from "../process/next_tick.js";
import { Duplex } from "./duplex.js";

class DuplexSide extends Duplex {
  #other = null;
  #callback = null;

  static join(a, b) {
    a.#other = b;
    b.#other = a;
  }

  _read() {
    const callback = this.#callback;
    if (callback === null) return;
    this.#callback = null;
    callback();
  }

  _write(chunk, encoding, callback) {
    if (chunk.length === 0) {
      nextTick(callback);
      return;
    }
    this.#other.push(chunk);
    // Answered when the other side reads again.
    this.#other.#callback = callback;
  }

  _final(callback) {
    this.#other.on("end", callback);
    this.#other.push(null);
  }
}

export function duplexPair(options) {
  const pair = [new DuplexSide(options), new DuplexSide(options)];
  DuplexSide.join(...pair);
  return pair;
}
