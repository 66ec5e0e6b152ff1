// The operations that DurableObjectStorage and DurableObjectTransaction have in common.
//
// All of them are done when they return; the classes make promises of it. `name` is the class for error messages,
// `state` that of the transaction the operation is called on, undefined for the storage itself, `count` the number of
// arguments given.

import {
  op_alarm_delete,
  op_alarm_get,
  op_alarm_set,
  op_kv_delete,
  op_kv_delete_many,
  op_kv_get,
  op_kv_get_many,
  op_kv_list,
  op_kv_put,
  op_kv_put_many,
} from "holdfast:ops";
import { uncurryThis } from "../../web/primordials.js";
import { argumentError } from "../../web/type_errors.js";
import {
  allowsUnconfirmed,
  callList,
  checkOptions,
  isEntries,
  listOptions,
  NO_VALUE,
  toText,
  toTexts,
  toTime,
} from "./arguments.js";
import { fromStored, toStored } from "./stored.js";

const { isArray } = Array;
const { keys: ObjectKeys } = Object;
const MapConstructor = Map;
const MapPrototypeSet = uncurryThis(Map.prototype.set);

const NEITHER_FORM =
  "put() may only be called with a single key-value pair and optional options as put(key, value, options) " +
  "or with multiple key-value pairs and optional options as put(entries, options)";

/** What became of a transaction; its operations are refused once it is over. */
export class TransactionState {
  rolledBack = false;
  committed = false;

  check(operation) {
    if (this.rolledBack) throw new Error(`Cannot ${operation} on rolled back transaction`);
    this.checkNotCommitted(operation);
  }

  checkNotCommitted(operation) {
    if (this.committed) {
      throw new Error(
        `Cannot call ${operation} on transaction that has already committed: ` +
          "did you move `txn` outside of the closure?",
      );
    }
  }
}

function mapOf(flat) {
  const map = new MapConstructor();
  for (let i = 0; i < flat.length; i += 2) MapPrototypeSet(map, flat[i], fromStored(flat[i + 1]));
  return map;
}

export function get(handle, name, state, count, key, options) {
  if (count === 0) throw argumentError("get", name, 1, "string or Array");
  const many = typeof key === "object" && isArray(key);
  const wanted = many ? toTexts(key) : toText(key);
  checkOptions(options, "get", name, 2, "GetOptions");
  if (state !== undefined) state.check("get()");
  return many ? mapOf(op_kv_get_many(handle, wanted)) : fromStored(op_kv_get(handle, wanted));
}

export function list(handle, name, state, options) {
  const wanted = listOptions(options, name);
  if (state !== undefined) state.check("list()");
  return mapOf(callList(op_kv_list, handle, wanted));
}

export function put(handle, name, state, count, key, value, options) {
  if (count === 0) throw argumentError("put", name, 1, "string or object");
  const many = isEntries(key);
  const text = many ? undefined : toText(key);
  checkOptions(options, "put", name, 3, "PutOptions");
  if (many) return putMany(handle, state, key, value);
  if (value === undefined) throw new TypeError(NO_VALUE);
  if (state !== undefined) state.check("put()");
  op_kv_put(handle, text, toStored(value), allowsUnconfirmed(options));
}

function putMany(handle, state, entries, options) {
  if (options !== undefined && options !== null && typeof options !== "object" && typeof options !== "function") {
    throw new TypeError(NEITHER_FORM);
  }
  if (state !== undefined) state.check("put()");
  const keys = ObjectKeys(entries);
  const flat = [];
  for (let i = 0; i < keys.length; i++) {
    const value = entries[keys[i]];
    if (value === undefined) continue;
    flat[flat.length] = keys[i];
    flat[flat.length] = toStored(value);
  }
  op_kv_put_many(handle, flat, allowsUnconfirmed(options));
}

export function remove(handle, name, state, count, key, options) {
  if (count === 0) throw argumentError("delete", name, 1, "string or Array");
  const many = typeof key === "object" && isArray(key);
  const unwanted = many ? toTexts(key) : toText(key);
  checkOptions(options, "delete", name, 2, "PutOptions");
  if (state !== undefined) state.check("delete()");
  return (many ? op_kv_delete_many : op_kv_delete)(handle, unwanted, allowsUnconfirmed(options));
}

export function getAlarm(handle, name, state, options) {
  checkOptions(options, "getAlarm", name, 1, "GetAlarmOptions");
  if (state !== undefined) state.check("getAlarm()");
  return op_alarm_get(handle);
}

export function setAlarm(handle, name, state, time, options) {
  const ms = toTime(time, "setAlarm", name);
  checkOptions(options, "setAlarm", name, 2, "SetAlarmOptions");
  if (ms <= 0) throw new TypeError("setAlarm() cannot be called with an alarm time <= 0");
  if (state !== undefined) state.check("setAlarm()");
  op_alarm_set(handle, ms, allowsUnconfirmed(options));
}

export function deleteAlarm(handle, name, state, options) {
  checkOptions(options, "deleteAlarm", name, 1, "SetAlarmOptions");
  if (state !== undefined) state.check("deleteAlarm()");
  op_alarm_delete(handle, allowsUnconfirmed(options));
}
