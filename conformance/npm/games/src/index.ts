import { DurableObject } from "cloudflare:workers";
import { ArraySchema, Decoder, defineTypes, Encoder, getDecoderStateCallbacks, MapSchema, Reflection, Schema } from "@colyseus/schema";
import { Chess } from "chess.js";
import { project } from "../../serve.js";
import { connect } from "../../sockets.js";

class Player extends Schema {
  declare name: string;
  declare x: number;
  declare cards: ArraySchema<string>;
  constructor(name = "") {
    super();
    this.name = name;
    this.x = 0;
    this.cards = new ArraySchema();
  }
}
defineTypes(Player, { name: "string", x: "float32", cards: ["string"] });

class Board extends Schema {
  declare players: MapSchema<Player>;
  declare turn: number;
  constructor() {
    super();
    this.players = new MapSchema();
    this.turn = 0;
  }
}
defineTypes(Board, { players: { map: Player }, turn: "uint16" });

/** A game of chess by two people over hibernating sockets; the moves are in the database. */
export class Table extends DurableObject {
  game = new Chess();

  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS moves (n INTEGER PRIMARY KEY, san TEXT)");
    for (const { san } of ctx.storage.sql.exec("SELECT san FROM moves ORDER BY n")) this.game.move(san as string);
  }

  fetch() {
    const [client, server] = Object.values(new WebSocketPair());
    const colour = this.ctx.getWebSockets("w").length === 0 ? "w" : "b";
    this.ctx.acceptWebSocket(server, [colour]);
    server.serializeAttachment({ colour });
    server.send(JSON.stringify({ colour, fen: this.game.fen() }));
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketMessage(socket: WebSocket, san: string) {
    const { colour } = socket.deserializeAttachment();
    try {
      if (this.game.turn() !== colour) throw new Error("not your turn");
      this.game.move(san);
    } catch (error) {
      return socket.send(JSON.stringify({ error: (error as Error).message }));
    }
    this.ctx.storage.sql.exec("INSERT INTO moves (san) VALUES (?)", this.game.history().at(-1));
    for (const each of this.ctx.getWebSockets()) each.send(JSON.stringify({ moved: this.game.history().at(-1), over: this.game.isCheckmate() }));
  }

  reset() {
    this.ctx.abort("restart");
  }
}

const cases = {
  "fools-mate": async ({ env }) => {
    const table = env.TABLE.getByName("mate");
    const white = await connect(table, "https://chess.example/");
    const black = await connect(table, "https://chess.example/");
    black.socket.send("e5");
    await black.json(2);
    let seen = 1;
    for (const [player, san] of [[white, "f3"], [black, "e5"], [white, "g4"], [black, "Qh4"]] as const) {
      player.socket.send(san);
      await white.json(++seen);
    }
    return [await white.json(5), (await black.json(6))[1]];
  },
  "goes-on": async ({ env }) => {
    const white = await connect(env.TABLE.getByName("on"), "https://chess.example/");
    white.socket.send("Nf3");
    await white.json(2);
    await env.TABLE.getByName("on").reset().catch(() => {});
    const [{ fen }] = await (await connect(env.TABLE.getByName("on"), "https://chess.example/")).json(1);
    return fen;
  },
  "chess-pgn": () => {
    const game = new Chess();
    game.loadPgn('[White "A"]\n\n1. e4 e5 2. Nf3 {good} Nc6 3. Bb5 a6 $1 1-0');
    return [game.moves({ square: "b5", verbose: true }).map(({ san }) => san), game.pgn(), game.ascii()];
  },
  "state-sync": () => {
    const board = new Board();
    board.players.set("a", new Player("ada"));
    const encoder = new Encoder(board);
    const decoder = new Decoder(new Board());
    decoder.decode(encoder.encodeAll());
    encoder.discardChanges();
    const seen: string[] = [];
    const callbacks = getDecoderStateCallbacks(decoder as never) as unknown as (state: unknown) => { players: { onAdd(f: (player: Player, key: string) => void): void }; listen(key: string, f: (value: unknown) => void): void };
    callbacks(decoder.state).players.onAdd((player, key) => seen.push(`+${key} ${player.name}`));
    callbacks(decoder.state).listen("turn", (turn) => seen.push(`turn ${turn}`));
    board.players.set("b", new Player("bob"));
    board.players.get("a")!.cards.push("queen", "two");
    board.players.get("a")!.x = 1.5;
    board.turn = 3;
    const patch = encoder.encode();
    decoder.decode(patch);
    encoder.discardChanges();
    return [patch.length, seen, decoder.state.toJSON()];
  },
  "state-reflection": () => {
    const encoder = new Encoder(new Board());
    const decoder = Reflection.decode(Reflection.encode(encoder));
    decoder.decode(encoder.encodeAll());
    return (decoder.state as Board).toJSON();
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
