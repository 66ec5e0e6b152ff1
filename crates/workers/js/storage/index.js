// What `ctx` needs of storage.

import { internalToken } from "../../web/webidl.js";
import { DurableObjectStorage } from "./storage.js";

export { refuseToClone } from "../../web/clonable.js";
export { Cursor } from "./cursor.js";
export { SqlStorage } from "./sql_storage.js";
export { SyncKvStorage } from "./sync_kv_storage.js";
export { DurableObjectTransaction } from "./transaction.js";
export { DurableObjectStorage };

/**
 * The `ctx.storage` of an object.
 *
 * @param handle the host object around its StorageHandle
 * @param {(callback: () => unknown) => Promise<unknown>} runSection runs the callback as a critical section: in a turn
 *   that begins when the current one is over, and with no other event of the object until its promise is settled. The
 *   result is the callback's; a rejection does not break the object.
 */
export function createStorage(handle, runSection) {
  return new DurableObjectStorage(internalToken, handle, runSection);
}
