import {
  type CompiledQuery, type DatabaseConnection, type Dialect, type Driver, type QueryResult, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler,
} from "kysely";

/** The driver that a program writes for an object's database: transactions are the object's own. */
class ObjectDriver implements Driver {
  constructor(private readonly storage: DurableObjectStorage) {}
  async init() {}
  async destroy() {}
  async beginTransaction() {}
  async commitTransaction() {}
  async rollbackTransaction() {}
  async releaseConnection() {}
  async acquireConnection(): Promise<DatabaseConnection> {
    const { sql } = this.storage;
    return {
      async executeQuery<R>({ sql: text, parameters }: CompiledQuery): Promise<QueryResult<R>> {
        const cursor = sql.exec(text, ...(parameters as SqlStorageValue[]));
        const rows = cursor.toArray() as R[];
        return { rows, numAffectedRows: BigInt(cursor.rowsWritten) };
      },
      // eslint-disable-next-line require-yield
      async *streamQuery() {
        throw new Error("no streams");
      },
    };
  }
}

export const dialect = (storage: DurableObjectStorage): Dialect => ({
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => new ObjectDriver(storage),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
});
