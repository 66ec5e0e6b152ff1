// transaction() and transactionSync().

import { allInObjects, outcome, outcomes, show, timing } from "./harness.js";

const rows = (sql) => sql.exec("SELECT x FROM t ORDER BY x").raw().toArray().flat();
const table = (sql) => sql.exec("CREATE TABLE t (x)");

export default allInObjects({
  "sync-commits": ({ storage, sql }) => {
    table(sql);
    const returned = storage.transactionSync(() => {
      sql.exec("INSERT INTO t VALUES (1)");
      return "value";
    });
    return { returned, rows: rows(sql) };
  },
  "sync-rolls-back": async ({ storage, sql, kv }) => {
    table(sql);
    kv.put("a", "before");
    const failed = await outcome(() =>
      storage.transactionSync(() => {
        sql.exec("INSERT INTO t VALUES (1)");
        kv.put("a", "within");
        throw new RangeError("no");
      }),
    );
    return { failed, rows: rows(sql), a: kv.get("a") };
  },
  "sync-throws-at-once": ({ storage }) =>
    timing(() =>
      storage.transactionSync(() => {
        throw new Error("at once");
      }),
    ),
  "sync-nested": async ({ storage, sql }) => {
    table(sql);
    storage.transactionSync(() => {
      sql.exec("INSERT INTO t VALUES (1)");
      try {
        storage.transactionSync(() => {
          sql.exec("INSERT INTO t VALUES (2)");
          throw new Error("inner");
        });
      } catch {
        /* only the inner part is undone */
      }
      storage.transactionSync(() => sql.exec("INSERT INTO t VALUES (3)"));
    });
    await outcome(() =>
      storage.transactionSync(() => {
        storage.transactionSync(() => sql.exec("INSERT INTO t VALUES (4)"));
        throw new Error("outer");
      }),
    );
    return rows(sql);
  },
  "sync-does-not-await": async ({ storage, sql }) => {
    table(sql);
    const returned = storage.transactionSync(async () => {
      sql.exec("INSERT INTO t VALUES (1)");
      throw new Error("a rejection");
    });
    return { isPromise: returned instanceof Promise, rejects: await outcome(() => returned), rows: rows(sql) };
  },
  "sync-undoes-schema": async ({ storage, sql }) => {
    await outcome(() =>
      storage.transactionSync(() => {
        table(sql);
        throw new Error("no");
      }),
    );
    return outcome(() => rows(sql));
  },
  "sync-covers-async-storage": async ({ storage }) => {
    await storage.put("a", 1);
    await outcome(() =>
      storage.transactionSync(() => {
        storage.put("a", 2);
        storage.setAlarm(Date.now() + 60_000);
        throw new Error("no");
      }),
    );
    return { a: await storage.get("a"), alarm: await storage.getAlarm() };
  },
  "sync-arguments": ({ storage }) =>
    outcomes({
      none: () => storage.transactionSync(),
      text: () => storage.transactionSync("x"),
      receives: () => storage.transactionSync((...args) => args.length),
    }),
  "async-commits": async ({ storage }) => {
    const returned = await storage.transaction(async (txn) => {
      await txn.put("a", 1);
      return { seen: await txn.get("a"), class: txn.constructor.name };
    });
    return { returned, after: await storage.get("a") };
  },
  "async-rolls-back": async ({ storage, sql }) => {
    table(sql);
    await storage.put("a", "before");
    const failed = await outcome(() =>
      storage.transaction(async (txn) => {
        await txn.put("a", "within");
        await storage.put("b", 1);
        sql.exec("INSERT INTO t VALUES (1)");
        throw new RangeError("no");
      }),
    );
    return { failed, a: await storage.get("a"), b: show(await storage.get("b")), rows: rows(sql) };
  },
  "async-explicit-rollback": async ({ storage }) => {
    await storage.put("a", "before");
    const result = await storage.transaction(async (txn) => {
      await txn.put("a", "within");
      txn.rollback();
      txn.rollback();
      return outcomes({
        get: () => timing(() => txn.get("a")),
        put: () => timing(() => txn.put("a", 1)),
        list: () => timing(() => txn.list()),
        delete: () => timing(() => txn.delete("a")),
        alarm: () => timing(() => txn.setAlarm(Date.now() + 9_999)),
      });
    });
    return { result, a: await storage.get("a") };
  },
  "async-used-after-the-end": async ({ storage }) => {
    const txn = await storage.transaction(async (txn) => ({ keep: txn }));
    return outcomes({
      get: () => timing(() => txn.keep.get("a")),
      put: () => timing(() => txn.keep.put("a", 1)),
      rollback: () => timing(() => txn.keep.rollback()),
      list: () => timing(() => txn.keep.list()),
      delete: () => timing(() => txn.keep.delete("a")),
    });
  },
  "async-nested": async ({ storage }) => {
    await storage.transaction(async (outer) => {
      await outer.put("a", 1);
      await outcome(() =>
        storage.transaction(async (inner) => {
          await inner.put("b", 2);
          throw new Error("inner");
        }),
      );
      await storage.transaction(async (inner) => {
        await inner.put("c", 3);
      });
    });
    return show(await storage.list());
  },
  "async-delete-all": ({ storage }) =>
    storage.transaction(async (txn) =>
      outcomes({ txn: () => timing(() => txn.deleteAll()), storage: () => timing(() => storage.deleteAll()) }),
    ),
  "async-sync-callback": ({ storage }) => outcome(() => storage.transaction(() => "not a promise")),
  "async-arguments": ({ storage }) =>
    outcomes({ none: () => timing(() => storage.transaction()), text: () => timing(() => storage.transaction("x")) }),
  "sync-within-async": async ({ storage, sql }) => {
    table(sql);
    await storage.transaction(async () => {
      storage.transactionSync(() => sql.exec("INSERT INTO t VALUES (1)"));
      await scheduler.wait(1);
      sql.exec("INSERT INTO t VALUES (2)");
    });
    return rows(sql);
  },
  "one-after-another": async ({ storage }) => {
    const order = [];
    const step = (name) =>
      storage.transaction(async () => {
        order.push(`${name} began`);
        await scheduler.wait(3);
        order.push(`${name} ended`);
      });
    await Promise.all([step("one"), step("two")]);
    return order;
  },
  "left-behind-inside-goes-first": async ({ storage, kv }) => {
    let inner;
    storage.transaction(async () => {
      inner = storage.transaction(async (txn) => txn.put("inner", 1));
    });
    const seen = await storage.transaction(async () => [...kv.list()]);
    await inner;
    return seen;
  },
  "deferred-foreign-keys": async ({ storage, sql }) => {
    sql.exec(
      "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED)",
    );
    storage.transactionSync(() => {
      sql.exec("INSERT INTO c VALUES (1)");
      sql.exec("INSERT INTO p VALUES (1)");
    });
    return sql.exec("SELECT p FROM c").toArray();
  },
});
