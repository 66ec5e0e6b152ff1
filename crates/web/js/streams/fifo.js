// First-in-first-out list of the stream machinery: constant time at both ends, no array methods.

const CAPACITY_FIRST = 8; // a power of two, as are all capacities

/** A ring buffer that doubles when full. Its storage is made when the first element arrives. */
export class Fifo {
  #slots = undefined;
  #head = 0;
  #mask = 0;
  length = 0;

  push(value) {
    if (this.#slots === undefined) {
      this.#slots = [undefined, undefined, undefined, undefined, undefined, undefined, undefined, undefined];
      this.#mask = CAPACITY_FIRST - 1;
    } else if (this.length > this.#mask) {
      this.#grow();
    }
    this.#slots[(this.#head + this.length) & this.#mask] = value;
    this.length += 1;
  }

  /** The oldest element, which stays; the list must not be empty. */
  peek() {
    return this.#slots[this.#head];
  }

  /** Replaces the oldest element; the list must not be empty. */
  replaceFirst(value) {
    this.#slots[this.#head] = value;
  }

  /** Takes the oldest element; the list must not be empty. */
  shift() {
    const value = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & this.#mask;
    this.length -= 1;
    return value;
  }

  clear() {
    this.#slots = undefined;
    this.#head = 0;
    this.#mask = 0;
    this.length = 0;
  }

  /** Takes all elements, as a new list; this one is empty before any of them is looked at. */
  takeAll() {
    const taken = new Fifo();
    taken.#slots = this.#slots;
    taken.#head = this.#head;
    taken.#mask = this.#mask;
    taken.length = this.length;
    this.clear();
    return taken;
  }

  #grow() {
    const capacity = (this.#mask + 1) * 2;
    const slots = [];
    for (let i = 0; i < capacity; i++) {
      slots[i] = i < this.length ? this.#slots[(this.#head + i) & this.#mask] : undefined;
    }
    this.#slots = slots;
    this.#head = 0;
    this.#mask = capacity - 1;
  }
}
