import { BrowsableHandler } from "@outerbase/browsable-durable-object";
import { ConflictTypes, DOQB, JoinTypes, OrderTypes, Raw } from "workers-qb";
import { project } from "../../serve.js";

type Schema = {
  people: { id: number; name: string; team: string; level: number };
  teams: { name: string; floor: number };
};

const migrations = [
  { name: "100_people.sql", sql: "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT UNIQUE, team TEXT, level INTEGER DEFAULT 1);" },
  { name: "200_teams.sql", sql: "CREATE TABLE teams (name TEXT PRIMARY KEY, floor INTEGER);\n-- a comment; with a semicolon\nCREATE INDEX by_team ON people (team);" },
];

function people(storage: DurableObjectStorage) {
  const qb = new DOQB<Schema>(storage.sql);
  qb.migrations({ migrations }).apply();
  qb.insert({
    tableName: "people",
    data: [
      { name: "Ada", team: "red", level: 3 },
      { name: "Bob", team: "blue", level: 1 },
      { name: "Cyd", team: "red", level: 2 },
    ],
  }).execute();
  qb.insert({ tableName: "teams", data: [{ name: "red", floor: 1 }, { name: "blue", floor: 2 }] }).execute();
  return qb;
}

const cases = {
  migrations: ({ storage }) => {
    const qb = new DOQB(storage.sql);
    const applied = qb.migrations({ migrations: migrations.slice(0, 1) }).apply();
    const rest = qb.migrations({ migrations }).getUnapplied();
    return [applied.map(({ name }) => name), rest.map(({ name }) => name), qb.migrations({ migrations }).apply().length];
  },
  select: ({ storage }) => {
    const qb = people(storage);
    const modular = qb.select("people").where("level > ?", 1).orderBy({ name: OrderTypes.DESC }).limit(5).all();
    const one = qb.fetchOne({ tableName: "people", fields: ["name", "level"], where: { conditions: "team = ?1", params: ["blue"] } }).execute();
    return [modular.results, one.results, qb.select("people").count().results];
  },
  "join-and-group": ({ storage }) =>
    people(storage)
      .fetchAll({
        tableName: "people",
        fields: ["people.team", "COUNT(*) AS size", "MAX(teams.floor) AS floor"] as never,
        join: { type: JoinTypes.LEFT, table: "teams", on: "people.team = teams.name" },
        groupBy: "people.team" as never,
        having: "size > 0",
        orderBy: "people.team" as never,
      })
      .execute().results,
  upsert: ({ storage }) => {
    const qb = people(storage);
    qb.insert({
      tableName: "people",
      data: { name: "Ada", team: "green", level: 9 },
      onConflict: { column: "name", data: { level: new Raw("excluded.level"), team: new Raw("people.team || '+'") } },
    } as never).execute();
    qb.insert({ tableName: "people", data: { name: "Bob", team: "x", level: 0 }, onConflict: ConflictTypes.IGNORE }).execute();
    const changed = qb.update({ tableName: "people", data: { level: 5 }, where: { conditions: "team = ?1", params: ["blue"] }, returning: ["name", "level"] }).execute();
    const gone = qb.delete({ tableName: "people", where: { conditions: "name = ?1", params: ["Cyd"] }, returning: "id" }).execute();
    return [changed.results, gone.results, qb.select("people").fields(["name", "team", "level"]).all().results];
  },
  lazy: ({ storage }) => {
    const names: unknown[] = [];
    for (const row of people(storage).select("people").execute({ lazy: true } as never).results ?? []) names.push((row as { name: string }).name);
    return names;
  },
  "transaction-of-its-own": ({ storage }) => people(storage).transaction((tx) => tx.delete({ tableName: "people" } as never).execute()),
  "unique-violation": ({ storage }) => people(storage).insert({ tableName: "people", data: { name: "Ada" } } as never).execute(),
  browsable: async ({ storage }) => {
    people(storage);
    const handler = new BrowsableHandler(storage.sql);
    const query = async (body: object) => {
      const request = new Request("https://db.example/query/raw", { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });
      const response = await handler.fetch(request);
      const { result, error } = (await response.json()) as { result: Record<string, unknown> | object[]; error?: string };
      // How many rows are read is an estimate of ours.
      const blank = (value: unknown) => (typeof value === "object" && value !== null && "meta" in value ? { ...value, meta: "…" } : value);
      return { status: response.status, result: Array.isArray(result) ? result.map(blank) : blank(result), error };
    };
    return [
      await query({ sql: "SELECT name, level FROM people WHERE level > ? ORDER BY name", params: [1] }),
      await query({ transaction: [{ sql: "UPDATE people SET level = 7 WHERE name = 'Ada'" }, { sql: "SELECT level FROM people" }] }),
      await query({ sql: "SELEC 1" }),
      await query({}),
    ];
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
