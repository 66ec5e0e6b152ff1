// Queue-with-sizes (https://streams.spec.whatwg.org/#queue-with-sizes).

import { NumberIsNaN } from "../primordials.js";
import { Fifo } from "./fifo.js";

/** Values with their sizes, and the sum of the sizes. Value and size are neighbours in one ring: no pair objects. */
export class QueueWithSizes {
  #entries = new Fifo();
  totalSize = 0;

  get isEmpty() {
    return this.#entries.length === 0;
  }

  /** EnqueueValueWithSize: RangeError unless `size` is a non-negative, finite number. */
  enqueue(value, size) {
    if (typeof size !== "number" || NumberIsNaN(size) || size < 0 || size === Infinity) {
      throw new RangeError("The size of a chunk must be a finite, non-negative number.");
    }
    this.#entries.push(value);
    this.#entries.push(size);
    this.totalSize += size;
  }

  /** DequeueValue */
  dequeue() {
    const value = this.#entries.shift();
    this.totalSize -= this.#entries.shift();
    // Sums of fractions may end a little below zero.
    if (this.totalSize < 0) this.totalSize = 0;
    return value;
  }

  /** PeekQueueValue */
  peek() {
    return this.#entries.peek();
  }

  /** ResetQueue */
  reset() {
    this.#entries.clear();
    this.totalSize = 0;
  }
}
