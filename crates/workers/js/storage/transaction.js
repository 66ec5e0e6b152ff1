// DurableObjectTransaction, and the life of a `storage.transaction()`.

import { op_transaction_begin, op_transaction_end, op_transaction_rollback } from "holdfast:ops";
import { PromiseResolve } from "../../web/primordials.js";
import { defineInterface, illegalConstructor, illegalInvocation, internalToken } from "../../web/webidl.js";
import { refuseToClone } from "../../web/clonable.js";
import * as operations from "./operations.js";

const NAME = "DurableObjectTransaction";

const COMMIT = true;

let stateOf;

export class DurableObjectTransaction {
  #handle;
  #transaction;
  #state = new operations.TransactionState();

  constructor(token, handle, transaction) {
    if (token !== internalToken) throw illegalConstructor();
    this.#handle = handle;
    this.#transaction = transaction;
  }

  static #of(value) {
    if (typeof value !== "object" || value === null || !(#handle in value)) throw illegalInvocation();
    return value.#handle;
  }

  static {
    stateOf = (transaction) => transaction.#state;
  }

  async get(key, options) {
    return operations.get(DurableObjectTransaction.#of(this), NAME, this.#state, arguments.length, key, options);
  }

  async list(options) {
    return operations.list(DurableObjectTransaction.#of(this), NAME, this.#state, options);
  }

  async put(key, value, options) {
    operations.put(DurableObjectTransaction.#of(this), NAME, this.#state, arguments.length, key, value, options);
  }

  /** Throws at once, as in Workers; so do the next two. */
  delete(key, options) {
    return PromiseResolve(
      operations.remove(DurableObjectTransaction.#of(this), NAME, this.#state, arguments.length, key, options),
    );
  }

  deleteAll() {
    DurableObjectTransaction.#of(this);
    throw new Error("Cannot call deleteAll() within a transaction");
  }

  rollback() {
    DurableObjectTransaction.#of(this);
    const state = this.#state;
    if (state.rolledBack) return;
    state.checkNotCommitted("rollback()");
    op_transaction_rollback(this.#transaction);
    state.rolledBack = true;
  }

  async getAlarm(options) {
    return operations.getAlarm(DurableObjectTransaction.#of(this), NAME, this.#state, options);
  }

  async setAlarm(time, options) {
    operations.setAlarm(DurableObjectTransaction.#of(this), NAME, this.#state, time, options);
  }

  async deleteAlarm(options) {
    operations.deleteAlarm(DurableObjectTransaction.#of(this), NAME, this.#state, options);
  }
}

defineInterface(DurableObjectTransaction);
refuseToClone(DurableObjectTransaction);

/** Runs a transaction within a critical section: commits it when the callback's promise is fulfilled, else undoes it. */
export async function runTransaction(handle, callback) {
  const transaction = op_transaction_begin(handle);
  const object = new DurableObjectTransaction(internalToken, handle, transaction);
  const state = stateOf(object);
  let result;
  try {
    result = await callback(object);
  } catch (error) {
    state.rolledBack = true;
    op_transaction_end(transaction, !COMMIT);
    throw error;
  }
  // A transaction that was rolled back says so for ever.
  state.committed = true;
  op_transaction_end(transaction, COMMIT);
  return result;
}
