// The forms of a function of the file system with a callback and with a promise, made of the one that does it at once.
//
// The files are in memory, so all is done when the function returns; only the answer comes later.

import { validateFunction } from "../validators.js";
import { nextTick } from "../process/next_tick.js";

/** Functions that tell their callback of nothing but an error. */
const SILENT = new Set([
  "access", "chmod", "chown", "close", "copyFile", "cp", "fchmod", "fchown", "fdatasync", "fsync", "ftruncate", "futimes",
  "lchmod", "lchown", "link", "lutimes", "rename", "rm", "rmdir", "symlink", "truncate", "unlink", "utimes",
]);

/**
 * @param {string} name without "Sync"
 * @param {(value: any, args: any[]) => any[]} [results] what the callback is called with beside the error
 */
export function callbackForm(name, sync, results = (value) => (SILENT.has(name) ? [] : [value])) {
  const { [name]: form } = {
    [name](...args) {
      const callback = args.length > 1 || typeof args[0] === "function" ? args.pop() : undefined;
      validateFunction(callback, "callback");
      let answer;
      try {
        answer = [null, ...results(sync(...args), args)];
      } catch (error) {
        // Wrong arguments are the caller's mistake, to be heard of at once.
        if (error.syscall === undefined) throw error;
        answer = [error];
      }
      nextTick(callback, ...answer);
    },
  };
  Object.defineProperty(form, "length", { value: sync.length + 1, configurable: true });
  return form;
}

export function promiseForm(name, sync) {
  const isSilent = SILENT.has(name) || name === "writeFile" || name === "appendFile";
  const { [name]: form } = {
    async [name](...args) {
      const value = sync(...args);
      return isSilent ? undefined : value;
    },
  };
  Object.defineProperty(form, "length", { value: sync.length, configurable: true });
  return form;
}
