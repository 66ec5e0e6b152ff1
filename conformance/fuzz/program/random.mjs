// Pseudo-random choices that a seed decides, the same on every machine.

/** xmur3 and mulberry32: small, well-mixed, and nothing here needs more. */
export class Random {
  #state;

  /** @param {string} seed */
  constructor(seed) {
    let hash = 1779033703 ^ seed.length;
    for (let i = 0; i < seed.length; i++) {
      hash = Math.imul(hash ^ seed.charCodeAt(i), 3432918353);
      hash = (hash << 13) | (hash >>> 19);
    }
    this.#state = hash >>> 0;
  }

  /** From 0 to below 1. */
  fraction() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** From `from` to `to`, both included. */
  int(from, to) {
    return from + Math.floor(this.fraction() * (to - from + 1));
  }

  chance(probability) {
    return this.fraction() < probability;
  }

  pick(list) {
    return list[this.int(0, list.length - 1)];
  }

  /** One of `[[weight, make], …]`, called. */
  one(choices) {
    let left = this.fraction() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, make] of choices) {
      left -= weight;
      if (left < 0) return make();
    }
    return choices.at(-1)[1]();
  }

  /** A list of `from` to `to` things. */
  some(from, to, make) {
    return Array.from({ length: this.int(from, to) }, (_, i) => make(i));
  }

  /** Those of a list that chance chooses, in order. */
  subset(list, probability = 0.5) {
    return list.filter(() => this.chance(probability));
  }
}
