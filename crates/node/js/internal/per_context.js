// State of modules that belongs to one object, or to one request to the Worker, and ends with it.
//
// All of them share the module, so it cannot be in its variables.

import { op_context_is_over, op_context_key, op_context_token } from "holdfast:ops";

// Entries of those that have ended are looked for when so many new ones have come.
const SWEEP_EVERY = 64;

export class PerContext {
  #make;
  #entries = new Map();
  #untilSweep = SWEEP_EVERY;

  /** @param {() => any} make the state of a new object or request */
  constructor(make) {
    this.#make = make;
  }

  /** The state of whoever the code running belongs to. */
  get() {
    const key = op_context_key();
    const known = this.#entries.get(key);
    if (known !== undefined) return known.state;
    if (--this.#untilSweep === 0) this.#sweep();
    const state = this.#make();
    this.#entries.set(key, { token: op_context_token(), state });
    return state;
  }

  #sweep() {
    for (const [key, { token }] of this.#entries) {
      if (op_context_is_over(token)) this.#entries.delete(key);
    }
    this.#untilSweep = Math.max(SWEEP_EVERY, this.#entries.size);
  }
}
