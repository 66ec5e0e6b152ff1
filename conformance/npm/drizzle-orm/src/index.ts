import { desc, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/durable-sqlite";
import { migrate } from "drizzle-orm/durable-sqlite/migrator";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import migrations from "../drizzle/migrations.js";
import { project } from "../../serve.js";

const authors = sqliteTable("authors", {
  id: integer().primaryKey({ autoIncrement: true }),
  name: text().notNull().unique(),
  tags: text({ mode: "json" }).$type<string[]>(),
});
const books = sqliteTable("books", {
  id: integer().primaryKey(),
  title: text().notNull(),
  authorId: integer("author_id").references(() => authors.id),
  published: integer({ mode: "timestamp" }),
});

async function open({ ctx, storage }: { ctx: DurableObjectState; storage: DurableObjectStorage }) {
  const db = drizzle(storage, { schema: { authors, books }, logger: false });
  await ctx.blockConcurrencyWhile(() => migrate(db, migrations));
  return db;
}

const cases = {
  "migrations-run-once": async (where) => {
    await open(where);
    const db = await open(where);
    return db.all(sql`SELECT count(*) AS migrations FROM __drizzle_migrations`);
  },
  "insert-and-select": async (where) => {
    const db = await open(where);
    db.insert(authors).values([{ name: "Ursula", tags: ["sf"] }, { name: "Stanislaw", tags: null }]).run();
    return db.select().from(authors).orderBy(desc(authors.name)).all();
  },
  returning: async (where) => {
    const db = await open(where);
    return db.insert(books).values({ title: "Solaris", published: new Date(0) }).returning();
  },
  join: async (where) => {
    const db = await open(where);
    const [author] = await db.insert(authors).values({ name: "Octavia" }).returning();
    await db.insert(books).values([{ title: "Kindred", authorId: author.id }, { title: "Dawn", authorId: author.id }]);
    return db
      .select({ name: authors.name, books: sql<number>`count(${books.id})` })
      .from(authors)
      .leftJoin(books, eq(books.authorId, authors.id))
      .groupBy(authors.id);
  },
  "update-and-delete": async (where) => {
    const db = await open(where);
    await db.insert(authors).values([{ name: "a" }, { name: "b" }]);
    await db.update(authors).set({ name: sql`upper(name)` }).where(eq(authors.name, "a"));
    await db.delete(authors).where(eq(authors.name, "b"));
    return db.select({ name: authors.name }).from(authors).all();
  },
  "transaction-rolls-back": async (where) => {
    const db = await open(where);
    let thrown;
    try {
      db.transaction((tx) => {
        tx.insert(authors).values({ name: "gone" }).run();
        throw new Error("back");
      });
    } catch (error) {
      thrown = error.message;
    }
    return { thrown, rows: db.select().from(authors).all() };
  },
  "unique-constraint": async (where) => {
    const db = await open(where);
    await db.insert(authors).values({ name: "twice" });
    return db.insert(authors).values({ name: "twice" });
  },
  "prepared-statement": async (where) => {
    const db = await open(where);
    await db.insert(authors).values({ name: "Iain" });
    const found = db.select().from(authors).where(eq(authors.name, sql.placeholder("name"))).prepare();
    return [found.all({ name: "Iain" }), found.all({ name: "nobody" })];
  },
  "query-api": async (where) => {
    const db = await open(where);
    await db.insert(authors).values({ name: "Ann", tags: ["x", "y"] });
    return db.query.authors.findMany({ columns: { name: true, tags: true } });
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
