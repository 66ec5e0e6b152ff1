// SqlStorage: `ctx.storage.sql`.

import { op_sql_database_size, op_sql_exec } from "holdfast:ops";
import { argumentError } from "../../web/type_errors.js";
import { defineInterface, illegalConstructor, illegalInvocation, internalToken } from "../../web/webidl.js";
import { refuseToClone } from "../../web/clonable.js";
import { Cursor } from "./cursor.js";

/** Statements cannot be prepared by programs; the class exists because Workers have it. */
class Statement {
  constructor() {
    throw illegalConstructor();
  }
}

defineInterface(Statement);

export class SqlStorage {
  #handle;

  constructor(token, handle) {
    if (token !== internalToken) throw illegalConstructor();
    this.#handle = handle;
  }

  static #of(value) {
    if (typeof value !== "object" || value === null || !(#handle in value)) throw illegalInvocation();
    return value.#handle;
  }

  exec(query, ...bindings) {
    const handle = SqlStorage.#of(this);
    if (arguments.length === 0) throw argumentError("exec", "SqlStorage", 1, "String");
    return new Cursor(internalToken, op_sql_exec(handle, query, bindings));
  }

  get databaseSize() {
    return op_sql_database_size(SqlStorage.#of(this));
  }
}

SqlStorage.prototype.Cursor = Cursor;
SqlStorage.prototype.Statement = Statement;
defineInterface(SqlStorage);
refuseToClone(SqlStorage);
