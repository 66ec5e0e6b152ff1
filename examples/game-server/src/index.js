import { GameCoordinator } from "./coordinator.js";
import { GameMatch } from "./match.js";

export { GameCoordinator, GameMatch };

const STATUS = {
  "no such match": 404,
  "not a player": 404,
  "match is full": 409,
  "name is taken": 409,
  "match has not started": 409,
  "match has started": 409,
  "match is over": 409,
  "too few players": 409,
};

export default {
  async fetch(request, env) {
    try {
      return await route(request, env);
    } catch (error) {
      if (error instanceof BadRequest) return Response.json({ error: error.message }, { status: 400 });
      console.error(error);
      return Response.json({ error: "internal error" }, { status: 500 });
    }
  },
};

async function route(request, env) {
  const [, api, regions, region, ...path] = new URL(request.url).pathname.split("/");
  if (api !== "api" || regions !== "regions" || !region) return notFound();
  if (!/^[a-z0-9-]{1,60}$/.test(region)) throw new BadRequest("a region's name has 1 to 60 characters: a-z, 0-9 and -");

  // One coordinator per region: it knows which matches exist.
  const coordinator = env.COORDINATOR.getByName(region);
  const { method } = request;

  if (path[0] === "status" && path.length === 1 && method === "GET") {
    return Response.json(await coordinator.status());
  }
  if (path[0] === "finals" && path.length === 2 && method === "PUT") {
    return Response.json(await coordinator.final(matchName(path[1])));
  }
  if (path[0] !== "matches") return notFound();

  if (path.length === 1) {
    if (method === "GET") return Response.json({ matches: await coordinator.matches() });
    if (method === "POST") {
      const { name } = await readJson(request);
      return Response.json(await coordinator.createMatch(matchName(name)), { status: 201 });
    }
    return notFound();
  }

  // Play goes straight to the match: the coordinator is not in the way of the game.
  const match = findMatch(env, path[1]);
  switch (`${method} ${path.slice(2).join("/")}`) {
    case "GET ":
      return reply(await match?.state(region));
    case "DELETE ":
      return reply(await coordinator.removeMatch(path[1]));
    case "POST players": {
      const { player } = await readJson(request);
      return reply(await match?.join(region, playerName(player)), 201);
    }
    case "POST start":
      return reply(await match?.start(region));
    case "POST scores": {
      const { player, points } = await readJson(request);
      if (!Number.isInteger(points) || Math.abs(points) > 1_000)
        throw new BadRequest("points must be a whole number from -1000 to 1000");
      return reply(await match?.score(region, playerName(player), points));
    }
    case "POST moves": {
      const { player, points } = await readJson(request);
      return reply(match && (await play(match, region, playerName(player), moves(points))));
    }
    case "POST end":
      return reply(await match?.end(region));
    default:
      return notFound();
  }
}

/** Plays several moves in a row through one session, and notes what the match calls back. */
async function play(match, region, player, moves) {
  const heard = [];
  const { session, error } = await match.play(region, player, (event) => {
    heard.push(event);
  });
  if (error) return { error };
  try {
    for (const points of moves) await session.score(points);
    return { player: await session.player, heard };
  } finally {
    session[Symbol.dispose]();
  }
}

/** A stub for the match, or undefined where the text cannot be a match's id. */
function findMatch(env, id) {
  try {
    return env.MATCH.get(env.MATCH.idFromString(id));
  } catch {
    return undefined;
  }
}

function reply(result = { error: "no such match" }, successStatus = 200) {
  return Response.json(result, { status: result.error ? STATUS[result.error] : successStatus });
}

const notFound = () => Response.json({ error: "not found" }, { status: 404 });

class BadRequest extends Error {}

async function readJson(request) {
  const body = await request.json().catch(() => undefined);
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new BadRequest("the body must be a JSON object");
  return body;
}

function moves(value) {
  if (!Array.isArray(value) || value.length > 100 || !value.every((n) => Number.isInteger(n) && Math.abs(n) <= 1_000))
    throw new BadRequest("points must be up to 100 whole numbers from -1000 to 1000");
  return value;
}

function matchName(value) {
  if (typeof value !== "string" || !/^[\w -]{1,60}$/.test(value))
    throw new BadRequest("a match's name has 1 to 60 letters, digits, spaces, - or _");
  return value;
}

function playerName(value) {
  if (typeof value !== "string" || !/^\S(.{0,38}\S)?$/u.test(value))
    throw new BadRequest("a player's name has 1 to 40 characters");
  return value;
}
