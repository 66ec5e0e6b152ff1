import { SQLSchemaMigrations } from "durable-utils/sql-migrations";
import { project } from "../../serve.js";

const migrations = [
  { idMonotonicInc: 1, description: "users", sql: "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)" },
  { idMonotonicInc: 2, description: "age", sql: "ALTER TABLE users ADD COLUMN age INTEGER DEFAULT 7" },
];

const cases = {
  "migrates-once": async ({ storage }) => {
    const make = () => new SQLSchemaMigrations({ doStorage: storage, migrations });
    const first = await make().runAll();
    const second = await make().runAll();
    storage.sql.exec("INSERT INTO users (name) VALUES ('ada')");
    return {
      read: [first.rowsRead > 0, second.rowsRead],
      pending: make().hasMigrationsToRun(),
      rows: storage.sql.exec("SELECT * FROM users").toArray(),
    };
  },
  "a-broken-migration": async ({ storage }) => {
    const broken = [...migrations, { idMonotonicInc: 3, description: "broken", sql: "ALTER TABLE nothing ADD x" }];
    await new SQLSchemaMigrations({ doStorage: storage, migrations: broken }).runAll();
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
