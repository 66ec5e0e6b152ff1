import { storageTest, assert } from "holdfast:storage_test";
storageTest("bench", async ({ storage, sql, kv }) => {
  const out = [];
  const time = (name, n, f) => { f(Math.min(n, 2000)); const t = Date.now(); f(n); out.push(`${name}: ${((Date.now() - t) * 1e6 / n).toFixed(0)} ns`); };
  sql.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b REAL, c)");
  for (let i = 0; i < 10000; i++) sql.exec("INSERT INTO t VALUES (?, ?, ?, ?)", i, "name " + i, i / 2, null);
  const N = 100000;
  time("exec select 1", N, (n) => { for (let i = 0; i < n; i++) sql.exec("SELECT 1"); });
  time("exec select 1 one", N, (n) => { for (let i = 0; i < n; i++) sql.exec("SELECT 1 AS a").one(); });
  time("point select one", N, (n) => { for (let i = 0; i < n; i++) sql.exec("SELECT * FROM t WHERE id = ?", i % 10000).one(); });
  time("point select toArray", N, (n) => { for (let i = 0; i < n; i++) sql.exec("SELECT * FROM t WHERE id = ?", i % 10000).toArray(); });
  time("point select next", N, (n) => { for (let i = 0; i < n; i++) sql.exec("SELECT * FROM t WHERE id = ?", i % 10000).next(); });
  time("insert", N, (n) => { for (let i = 0; i < n; i++) sql.exec("INSERT INTO t (a, b, c) VALUES (?, ?, ?)", "x", i, null); });
  time("update", N, (n) => { for (let i = 0; i < n; i++) sql.exec("UPDATE t SET b = ? WHERE id = ?", i, i % 10000); });
  time("scan row toArray", N, (n) => { sql.exec("SELECT * FROM t LIMIT ?", n).toArray(); });
  time("scan row for-of", N, (n) => { for (const row of sql.exec("SELECT * FROM t LIMIT ?", n)); });
  time("scan row raw", N, (n) => { for (const row of sql.exec("SELECT * FROM t LIMIT ?", n).raw()); });
  time("scan 1 col toArray", N, (n) => { sql.exec("SELECT id FROM t LIMIT ?", n).toArray(); });
  time("kv put small obj", N, (n) => { for (let i = 0; i < n; i++) kv.put("k" + (i % 1000), { a: 1, b: "x" }); });
  time("kv get small obj", N, (n) => { for (let i = 0; i < n; i++) kv.get("k" + (i % 1000)); });
  time("kv put number", N, (n) => { for (let i = 0; i < n; i++) kv.put("n" + (i % 1000), i); });
  time("kv get number", N, (n) => { for (let i = 0; i < n; i++) kv.get("n" + (i % 1000)); });
  time("kv get missing", N, (n) => { for (let i = 0; i < n; i++) kv.get("missing"); });
  time("async get number call", N, (n) => { for (let i = 0; i < n; i++) storage.get("n" + (i % 1000)); });
  time("transactionSync empty", N / 10, (n) => { for (let i = 0; i < n; i++) storage.transactionSync(() => {}); });
  { const t = Date.now(); for (let i = 0; i < N; i++) await storage.get("n" + (i % 1000)); out.push(`await get number: ${((Date.now() - t) * 1e6 / N).toFixed(0)} ns`); }
  { const t = Date.now(); for (let i = 0; i < N; i++) await storage.put("n" + (i % 1000), i); out.push(`await put number: ${((Date.now() - t) * 1e6 / N).toFixed(0)} ns`); }
  console.log("\n" + out.join("\n"));
});
