import { RpcTarget } from "cloudflare:workers";

/**
 * One player at play. It lives in the match; the Worker has a stub of it and calls its methods as if it were here. When the
 * Worker disposes of the stub, or its request ends, the session ends.
 */
export class PlayerSession extends RpcTarget {
  #match;
  #region;
  #player;
  #onScore;
  #onEnd;

  constructor(match, region, player, onScore, onEnd) {
    super();
    this.#match = match;
    this.#region = region;
    this.#player = player;
    this.#onScore = onScore;
    this.#onEnd = onEnd;
  }

  get player() {
    return this.#player;
  }

  async score(points) {
    const state = await this.#match.score(this.#region, this.#player, points);
    if (state.error) return state;
    const { score } = state.players.find(({ name }) => name === this.#player);
    const event = { player: this.#player, points, score };
    await this.#match.announce(event);
    return event;
  }

  /** Calls back the function that the Worker passed. */
  async hear(event) {
    try {
      await this.#onScore(event);
    } catch {
      this[Symbol.dispose]();
    }
  }

  [Symbol.dispose]() {
    this.#onEnd();
    this.#onScore[Symbol.dispose]();
  }
}
