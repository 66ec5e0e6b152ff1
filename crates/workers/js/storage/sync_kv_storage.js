// SyncKvStorage: `ctx.storage.kv`.

import {
  op_kv_delete,
  op_kv_get,
  op_kv_iterate,
  op_kv_iterator_next,
  op_kv_put,
  op_kv_require_sync,
} from "holdfast:ops";
import { refuseToClone } from "../../web/clonable.js";
import { argumentError } from "../../web/type_errors.js";
import { defineInterface, illegalConstructor, illegalInvocation, internalToken } from "../../web/webidl.js";
import { callList, listOptions, toText } from "./arguments.js";
import { inheritFromIterator } from "./iterator.js";
import { fromStored, toStored } from "./stored.js";

const NAME = "SyncKvStorage";

export class SyncKvStorage {
  #handle;

  constructor(token, handle) {
    if (token !== internalToken) throw illegalConstructor();
    this.#handle = handle;
  }

  static #of(value) {
    if (typeof value !== "object" || value === null || !(#handle in value)) throw illegalInvocation();
    return value.#handle;
  }

  get(key) {
    const handle = SyncKvStorage.#of(this);
    if (arguments.length === 0) throw argumentError("get", NAME, 1, "string");
    const text = toText(key);
    op_kv_require_sync(handle);
    return fromStored(op_kv_get(handle, text));
  }

  list(options) {
    const handle = SyncKvStorage.#of(this);
    const wanted = listOptions(options, NAME);
    return new ListIterator(internalToken, callList(op_kv_iterate, handle, wanted));
  }

  put(key, value) {
    const handle = SyncKvStorage.#of(this);
    if (arguments.length === 0) throw argumentError("put", NAME, 1, "string");
    const text = toText(key);
    if (arguments.length === 1) throw argumentError("put", NAME, 2, "Value");
    op_kv_require_sync(handle);
    op_kv_put(handle, text, toStored(value), false);
  }

  delete(key) {
    const handle = SyncKvStorage.#of(this);
    if (arguments.length === 0) throw argumentError("delete", NAME, 1, "string");
    const text = toText(key);
    op_kv_require_sync(handle);
    return op_kv_delete(handle, text, false);
  }
}

defineInterface(SyncKvStorage);
refuseToClone(SyncKvStorage);

class ListIterator {
  #listing;

  constructor(token, listing) {
    if (token !== internalToken) throw illegalConstructor();
    this.#listing = listing;
  }

  next() {
    if (!(#listing in this)) throw illegalInvocation();
    const value = op_kv_iterator_next(this.#listing);
    if (value !== undefined) value[1] = fromStored(value[1]);
    return { done: value === undefined, value };
  }
}

inheritFromIterator(ListIterator);
