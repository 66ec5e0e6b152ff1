import { Kysely, Migrator, sql } from "kysely";
import { project } from "../../serve.js";
import { dialect } from "./dialect.js";

interface Tables {
  person: { id: number | null; name: string; born: number | null };
  pet: { id: number | null; owner: number; name: string };
}

const open = (storage: DurableObjectStorage) => new Kysely<Tables>({ dialect: dialect(storage) });

async function filled(storage: DurableObjectStorage) {
  const db = open(storage);
  await db.schema
    .createTable("person")
    .addColumn("id", "integer", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("born", "integer")
    .execute();
  await db.schema.createTable("pet").addColumn("id", "integer", (c) => c.primaryKey()).addColumn("owner", "integer").addColumn("name", "text").execute();
  await db.insertInto("person").values([{ id: null, name: "Ada", born: 1815 }, { id: null, name: "Alan", born: 1912 }]).execute();
  await db.insertInto("pet").values([{ id: null, owner: 1, name: "Byte" }]).execute();
  return db;
}

const cases = {
  select: async ({ storage }) =>
    (await filled(storage)).selectFrom("person").selectAll().where("born", ">", 1850).execute(),
  join: async ({ storage }) =>
    (await filled(storage))
      .selectFrom("person")
      .leftJoin("pet", "pet.owner", "person.id")
      .select(({ fn }) => ["person.name", fn.count("pet.id").as("pets")])
      .groupBy("person.id")
      .orderBy("person.name", "desc")
      .execute(),
  returning: async ({ storage }) =>
    (await filled(storage)).updateTable("person").set({ born: sql`born + 1` }).where("name", "=", "Ada").returningAll().executeTakeFirst(),
  raw: async ({ storage }) => (await sql`SELECT upper(name) AS name FROM person`.execute(await filled(storage))).rows,
  "compiled-text": async ({ storage }) => {
    const { sql: text, parameters } = open(storage).selectFrom("pet").select("name").where("owner", "in", [1, 2]).limit(3).compile();
    return { text, parameters };
  },
  "missing-row": async ({ storage }) =>
    (await filled(storage)).selectFrom("person").selectAll().where("id", "=", 99).executeTakeFirstOrThrow(),
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
