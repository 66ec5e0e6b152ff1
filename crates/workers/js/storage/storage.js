// DurableObjectStorage: `ctx.storage`.

import {
  op_bookmark_current,
  op_bookmark_for_time,
  op_bookmark_restore_next,
  op_storage_delete_all,
  op_storage_sync,
  op_transaction_sync,
} from "holdfast:ops";
import { PromiseReject, PromiseResolve } from "../../web/primordials.js";
import { argumentError } from "../../web/type_errors.js";
import { defineInterface, illegalConstructor, illegalInvocation, internalToken } from "../../web/webidl.js";
import { refuseToClone } from "../../web/clonable.js";
import { checkOptions, toText, toTime } from "./arguments.js";
import * as operations from "./operations.js";
import { SqlStorage } from "./sql_storage.js";
import { SyncKvStorage } from "./sync_kv_storage.js";
import { runTransaction } from "./transaction.js";

const NAME = "DurableObjectStorage";

export class DurableObjectStorage {
  #handle;
  #runSection;

  constructor(token, handle, runSection) {
    if (token !== internalToken) throw illegalConstructor();
    this.#handle = handle;
    this.#runSection = runSection;
    // Own data properties, as they are in Workers after (and, to a program, before) the first access. The objects are
    // smaller than the accessors that would put off making them.
    this.kv = new SyncKvStorage(internalToken, handle);
    this.sql = new SqlStorage(internalToken, handle);
  }

  static #of(value) {
    if (typeof value !== "object" || value === null || !(#handle in value)) throw illegalInvocation();
    return value.#handle;
  }

  get(key, options) {
    try {
      return PromiseResolve(
        operations.get(DurableObjectStorage.#of(this), NAME, undefined, arguments.length, key, options),
      );
    } catch (error) {
      return PromiseReject(error);
    }
  }

  list(options) {
    try {
      return PromiseResolve(operations.list(DurableObjectStorage.#of(this), NAME, undefined, options));
    } catch (error) {
      return PromiseReject(error);
    }
  }

  put(key, value, options) {
    try {
      return PromiseResolve(
        operations.put(DurableObjectStorage.#of(this), NAME, undefined, arguments.length, key, value, options),
      );
    } catch (error) {
      return PromiseReject(error);
    }
  }

  /** Throws at once, as in Workers. */
  delete(key, options) {
    return PromiseResolve(
      operations.remove(DurableObjectStorage.#of(this), NAME, undefined, arguments.length, key, options),
    );
  }

  async deleteAll(options) {
    const handle = DurableObjectStorage.#of(this);
    checkOptions(options, "deleteAll", NAME, 1, "PutOptions");
    op_storage_delete_all(handle);
  }

  async transaction(callback, options) {
    const handle = DurableObjectStorage.#of(this);
    if (typeof callback !== "function") throw argumentError("transaction", NAME, 1, "function");
    checkOptions(options, "transaction", NAME, 2, "TransactionOptions");
    const runSection = this.#runSection;
    return runSection(() => runTransaction(handle, callback));
  }

  async getAlarm(options) {
    return operations.getAlarm(DurableObjectStorage.#of(this), NAME, undefined, options);
  }

  async setAlarm(time, options) {
    operations.setAlarm(DurableObjectStorage.#of(this), NAME, undefined, time, options);
  }

  async deleteAlarm(options) {
    operations.deleteAlarm(DurableObjectStorage.#of(this), NAME, undefined, options);
  }

  async sync() {
    return op_storage_sync(DurableObjectStorage.#of(this));
  }

  transactionSync(callback) {
    const handle = DurableObjectStorage.#of(this);
    if (typeof callback !== "function") throw argumentError("transactionSync", NAME, 1, "function");
    return op_transaction_sync(handle, callback);
  }

  async getCurrentBookmark() {
    return op_bookmark_current(DurableObjectStorage.#of(this));
  }

  async getBookmarkForTime(time) {
    const handle = DurableObjectStorage.#of(this);
    return op_bookmark_for_time(handle, toTime(time, "getBookmarkForTime", NAME));
  }

  async onNextSessionRestoreBookmark(bookmark) {
    const handle = DurableObjectStorage.#of(this);
    if (arguments.length === 0) throw argumentError("onNextSessionRestoreBookmark", NAME, 1, "string");
    return op_bookmark_restore_next(handle, toText(bookmark));
  }
}

defineInterface(DurableObjectStorage);
refuseToClone(DurableObjectStorage);
