import { DurableObject } from "cloudflare:workers";

import { PlayerSession } from "./session.js";

const PLAYERS_MIN = 2;

/** The child: one match with its players and their scores. */
export class GameMatch extends DurableObject {
  /** Open sessions: they want to hear of every score. Not stored: a session ends with the instance. */
  #sessions = new Set();

  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    ctx.blockConcurrencyWhile(async () => this.#createTables());
  }

  /** Makes the object a match. Doing it again changes nothing. */
  async setUp(region, name) {
    this.#createTables();
    this.sql.exec(
      "INSERT INTO match (only, region, name, phase) VALUES (1, ?, ?, 'waiting') ON CONFLICT DO NOTHING",
      region,
      name,
    );
    return this.#state();
  }

  async state(region) {
    return this.#ifIn(region, () => this.#state());
  }

  async join(region, player) {
    return this.#ifIn(region, ({ phase, players }) => {
      if (phase !== "waiting") return { error: phase === "over" ? "match is over" : "match has started" };
      if (players.some(({ name }) => name === player)) return { error: "name is taken" };
      if (players.length >= this.env.MAX_PLAYERS) return { error: "match is full" };
      this.sql.exec("INSERT INTO players (name, score) VALUES (?, 0)", player);
      return this.#state();
    });
  }

  async start(region) {
    return this.#ifIn(region, ({ phase, players }) => {
      if (phase !== "waiting") return { error: phase === "over" ? "match is over" : "match has started" };
      if (players.length < PLAYERS_MIN) return { error: "too few players" };
      this.sql.exec("UPDATE match SET phase = 'playing'");
      return this.#state();
    });
  }

  async score(region, player, points) {
    return this.#ifIn(region, ({ phase }) => {
      if (phase !== "playing") return { error: phase === "over" ? "match is over" : "match has not started" };
      const [known] = this.sql.exec(
        "UPDATE players SET score = score + ? WHERE name = ? RETURNING name",
        points,
        player,
      );
      return known ? this.#state() : { error: "not a player" };
    });
  }

  /**
   * Lets a player play: the caller gets a session to play through, and `onScore` is called with every score of the match as
   * long as the session is open.
   */
  async play(region, player, onScore) {
    return this.#ifIn(region, ({ phase, players }) => {
      if (phase !== "playing") return { error: phase === "over" ? "match is over" : "match has not started" };
      if (!players.some(({ name }) => name === player)) return { error: "not a player" };
      // What comes as an argument is gone after the call; the session keeps a stub of its own.
      const session = new PlayerSession(this, region, player, onScore.dup(), () => this.#sessions.delete(session));
      this.#sessions.add(session);
      return { session };
    });
  }

  /** Tells all open sessions of a score; who does not listen any more is dropped. */
  async announce(event) {
    await Promise.all([...this.#sessions].map((session) => session.hear(event)));
  }

  async end(region) {
    return this.#ifIn(region, ({ phase }) => {
      if (phase !== "playing") return { error: phase === "over" ? "match is over" : "match has not started" };
      this.sql.exec("UPDATE match SET phase = 'over'");
      return this.#state();
    });
  }

  /** Forgets everything: an object without data takes no space. */
  async remove() {
    await this.ctx.storage.deleteAll();
    this.#createTables();
  }

  #createTables() {
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS match (
        only   INTEGER PRIMARY KEY CHECK (only = 1),
        region TEXT NOT NULL,
        name   TEXT NOT NULL,
        phase  TEXT NOT NULL CHECK (phase IN ('waiting', 'playing', 'over'))
      );
      CREATE TABLE IF NOT EXISTS players (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        name   TEXT NOT NULL UNIQUE,
        score  INTEGER NOT NULL
      );
    `);
  }

  /** Any valid id leads to an object; a match of this region it is only once it has been set up. */
  #ifIn(region, act) {
    const state = this.#state();
    return state?.region === region ? act(state) : { error: "no such match" };
  }

  #state() {
    const [match] = this.sql.exec("SELECT region, name, phase FROM match");
    if (!match) return undefined;
    const players = this.sql.exec("SELECT name, score FROM players ORDER BY number").toArray();
    const best = Math.max(...players.map(({ score }) => score));
    return {
      id: this.ctx.id.toString(),
      ...match,
      players,
      leaders: match.phase === "waiting" ? [] : players.filter(({ score }) => score === best).map(({ name }) => name),
    };
  }
}
