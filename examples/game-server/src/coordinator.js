import { DurableObject } from "cloudflare:workers";

/**
 * The parent: creates matches, remembers them, and asks them how they are. What happens in a match
 * is the match's own business and is stored there.
 */
export class GameCoordinator extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.sql = ctx.storage.sql;
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS matches (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id     TEXT NOT NULL UNIQUE,
        name   TEXT NOT NULL
      )
    `);
  }

  /** A match under a fresh id: as many of one name as players like. */
  async createMatch(name) {
    return this.#create(this.env.MATCH.newUniqueId(), name);
  }

  /** The one final of this name: its id follows from the name, so creating it twice is creating it once. */
  async final(name) {
    return this.#create(this.env.MATCH.idFromName(`${this.ctx.id.name}/final/${name}`), name);
  }

  /** The matches with the state of each, oldest first. */
  async matches() {
    const rows = this.sql.exec("SELECT id FROM matches ORDER BY number").toArray();
    const states = await Promise.all(rows.map(({ id }) => this.#match(id).state(this.ctx.id.name)));
    return states.filter((state) => !state.error);
  }

  /** All matches in numbers. */
  async status() {
    const matches = await this.matches();
    const count = (phase) => matches.filter((match) => match.phase === phase).length;
    return {
      region: this.ctx.id.name,
      matches: matches.length,
      waiting: count("waiting"),
      playing: count("playing"),
      over: count("over"),
      players: matches.reduce((sum, match) => sum + match.players.length, 0),
    };
  }

  async removeMatch(id) {
    const { rowsWritten } = this.sql.exec("DELETE FROM matches WHERE id = ?", id);
    if (rowsWritten === 0) return { error: "no such match" };
    await this.#match(id).remove();
    return { removed: id };
  }

  async #create(id, name) {
    // Registered before it exists: a crash in between leaves an entry that answers "no such match"
    // and is not listed, never a match that nobody knows of.
    this.sql.exec("INSERT INTO matches (id, name) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", id.toString(), name);
    return this.env.MATCH.get(id).setUp(this.ctx.id.name, name);
  }

  #match(id) {
    return this.env.MATCH.get(this.env.MATCH.idFromString(id));
  }
}
