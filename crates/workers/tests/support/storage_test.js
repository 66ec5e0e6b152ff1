// What a storage test imports as "holdfast:storage_test".

import {
  op_test_close_if_idle,
  op_test_damage,
  op_test_next_session,
  op_test_next_turn,
  op_test_open,
  op_test_ring,
  op_test_set_caller,
  op_test_set_handler,
  op_test_shut_down,
  op_test_take_confirmed,
  op_test_told,
} from "holdfast:ops";
import { createStorage } from "holdfast:workers/storage/index";
import { test } from "holdfast:test";

export * from "holdfast:test";

/** Resolves in a turn that begins when the current one is over and its writes are committed. */
export const nextTurn = () => op_test_next_turn();

const DEFAULTS = { sql: true, deleteAllDeletesAlarm: true, file: false };

/** A fresh storage: `{storage, sql, kv}` and what tests do with it from outside. */
export function open(options = {}) {
  return of(op_test_open({ ...DEFAULTS, ...options }));
}

function of(handle) {
  const storage = createStorage(handle, async (callback) => {
    await nextTurn();
    return callback();
  });
  return {
    storage,
    sql: storage.sql,
    kv: storage.kv,
    nextSession: () => of(op_test_next_session(handle)),
    told: () => op_test_told(handle),
    shutDown: (message) => op_test_shut_down(handle, message),
    takeConfirmed: () => op_test_take_confirmed(handle),
    closeIfIdle: () => op_test_close_if_idle(handle),
    setCaller: (who) => op_test_set_caller(handle, who),
    ring: (time) => op_test_ring(handle, time),
    setHandler: (has) => op_test_set_handler(handle, has),
    damage: (key, bytes) => op_test_damage(handle, key, new Uint8Array(bytes)),
  };
}

/** A test in a storage of its own. */
export function storageTest(name, run, options) {
  test(name, () => run(open(options)));
}
