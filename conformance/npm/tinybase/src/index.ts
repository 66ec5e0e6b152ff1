import { createMergeableStore, createRelationships, createMetrics, createStore, createIndexes } from "tinybase";
import { createDurableObjectSqlStoragePersister } from "tinybase/persisters/persister-durable-object-sql-storage";
import { project } from "../../serve.js";

const cases = {
  store: () => {
    const store = createStore().setTablesSchema({ pets: { species: { type: "string" }, price: { type: "number", default: 5 } } });
    const seen: unknown[] = [];
    store.addCellListener("pets", null, "price", (_store, table, row, cell, now, before) => seen.push([table, row, cell, now, before]));
    store.setRow("pets", "fido", { species: "dog" }).setCell("pets", "fido", "price", 7).setCell("pets", "fido", "price", "x" as never);
    return [store.getTables(), seen, store.getJson()];
  },
  derived: () => {
    const store = createStore().setTable("pets", { a: { species: "dog", price: 3 }, b: { species: "cat", price: 4 } });
    const metrics = createMetrics(store).setMetricDefinition("sum", "pets", "sum", "price");
    const indexes = createIndexes(store).setIndexDefinition("by", "pets", "species");
    store.setRow("pets", "c", { species: "dog", price: 10 });
    return [metrics.getMetric("sum"), indexes.getSliceIds("by"), indexes.getSliceRowIds("by", "dog")];
  },
  relationships: () => {
    const store = createStore().setTables({ pets: { a: { of: "ada" }, b: { of: "ada" } }, people: { ada: { age: 3 } } });
    const related = createRelationships(store).setRelationshipDefinition("owner", "pets", "people", "of");
    return related.getLocalRowIds("owner", "ada");
  },
  "persisted-in-the-object": async ({ storage }) => {
    const store = createMergeableStore("one").setTables({ t: { r: { c: 1 } } }).setValues({ v: true });
    await createDurableObjectSqlStoragePersister(store, storage.sql).save();
    const other = createMergeableStore("two");
    await createDurableObjectSqlStoragePersister(other, storage.sql).load();
    return [other.getContent(), storage.sql.exec("SELECT name FROM sqlite_master ORDER BY 1").toArray()];
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
