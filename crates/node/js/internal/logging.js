// util.deprecate(), debuglog() and log().

import { format } from "./inspect.js";

/** A deprecation warns nobody here, as in workerd: this is the function itself. */
export function deprecate(fn, _msg, _code, _useEmitSync) {
  return fn;
}

/** There is no NODE_DEBUG that would select some: all of them write. */
export function debuglog(set, cb) {
  let started = false;
  const write = (...args) => console.log(`${set.toUpperCase()}: ${format(...args)}`);
  const logger = (...args) => {
    if (!started) {
      started = true;
      if (typeof cb === "function") cb(write);
    }
    write(...args);
  };
  return Object.defineProperty(logger, "enabled", { get: () => true, enumerable: true, configurable: true });
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export function log(...args) {
  const now = new Date();
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map((part) => `${part}`.padStart(2, "0")).join(":");
  console.log(`${now.getDate()} ${MONTHS[now.getMonth()]} ${time} - ${format(...args)}`);
}
