// Cursor: the rows of one `sql.exec()`.

import {
  op_sql_columns,
  op_sql_end,
  op_sql_next,
  op_sql_rows,
  op_sql_rows_read,
  op_sql_rows_written,
} from "holdfast:ops";
import { SymbolIterator, uncurryThis } from "../../web/primordials.js";
import { defineInterface, illegalConstructor, illegalInvocation, internalToken } from "../../web/webidl.js";
import { refuseToClone } from "../../web/clonable.js";
import { inheritFromIterator } from "./iterator.js";

const ArrayPrototypeSlice = uncurryThis(Array.prototype.slice);

const NO_RESULTS = "Expected exactly one result from SQL query, but got no results.";
const MULTIPLE_RESULTS = "Expected exactly one result from SQL query, but got multiple results.";

/** Where the values begin in what op_sql_rows returns: `[whether that is all, names, value, …]`. */
const VALUES = 2;

/**
 * The row whose values begin at `at`. Of columns with the same name the last one counts; one called `__proto__` has no
 * place in an object.
 */
function rowObject(names, values, at) {
  const row = {};
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (name !== "__proto__") row[name] = values[at + i];
  }
  return row;
}

/** `Cursor.prototype.next`, whatever the program has put in its place. */
let nextRow;

export class Cursor {
  #rows;
  /** The runtime's array of names, once a row was made. */
  #names = undefined;
  /** The program's copy of it. */
  #columnNames = undefined;

  constructor(token, rows) {
    if (token !== internalToken) throw illegalConstructor();
    this.#rows = rows;
  }

  static #of(value) {
    if (typeof value !== "object" || value === null || !(#rows in value)) throw illegalInvocation();
    return value.#rows;
  }

  static {
    nextRow = (cursor) => {
      const rows = Cursor.#of(cursor);
      const values = op_sql_next(rows);
      if (values === undefined) return { done: true, value: undefined };
      return { done: false, value: rowObject((cursor.#names ??= op_sql_columns(rows)), values, 0) };
    };
  }

  next() {
    return nextRow(this);
  }

  toArray() {
    const rows = Cursor.#of(this);
    const list = [];
    for (;;) {
      const batch = op_sql_rows(rows, Infinity);
      const names = batch[1];
      for (let at = VALUES; at < batch.length; at += names.length) list[list.length] = rowObject(names, batch, at);
      if (batch[0]) return list;
    }
  }

  one() {
    const rows = Cursor.#of(this);
    const batch = op_sql_rows(rows, 2);
    const names = batch[1];
    if (batch.length === VALUES) throw new Error(NO_RESULTS);
    if (batch.length > VALUES + names.length) {
      op_sql_end(rows);
      throw new Error(MULTIPLE_RESULTS);
    }
    return rowObject(names, batch, VALUES);
  }

  raw() {
    return new RawIterator(internalToken, Cursor.#of(this));
  }

  get columnNames() {
    const rows = Cursor.#of(this);
    return (this.#columnNames ??= ArrayPrototypeSlice(op_sql_columns(rows)));
  }

  get rowsRead() {
    return op_sql_rows_read(Cursor.#of(this));
  }

  get rowsWritten() {
    return op_sql_rows_written(Cursor.#of(this));
  }

  [SymbolIterator]() {
    Cursor.#of(this);
    return new RowIterator(internalToken, this);
  }
}

defineInterface(Cursor);
refuseToClone(Cursor);

class RowIterator {
  #cursor;

  constructor(token, cursor) {
    if (token !== internalToken) throw illegalConstructor();
    this.#cursor = cursor;
  }

  next() {
    if (!(#cursor in this)) throw illegalInvocation();
    return nextRow(this.#cursor);
  }
}

inheritFromIterator(RowIterator);

class RawIterator {
  #rows;

  constructor(token, rows) {
    if (token !== internalToken) throw illegalConstructor();
    this.#rows = rows;
  }

  next() {
    if (!(#rows in this)) throw illegalInvocation();
    const value = op_sql_next(this.#rows);
    return { done: value === undefined, value };
  }
}

inheritFromIterator(RawIterator);
