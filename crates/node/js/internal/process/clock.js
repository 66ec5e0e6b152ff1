// process.hrtime(): the clock of Workers, which stands still while a turn runs.

import { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } from "../errors.js";

const { now } = Date;
const { isArray } = Array;
const MS_PER_SECOND = 1_000;
const NS_PER_MS = 1_000_000;
const NS_PER_SECOND = 1_000_000_000;

/** `[seconds, nanoseconds]`, or how long it is since `time`. */
export function hrtime(time) {
  const ms = now();
  let seconds = Math.floor(ms / MS_PER_SECOND);
  let nanoseconds = (ms % MS_PER_SECOND) * NS_PER_MS;
  if (time === undefined) return [seconds, nanoseconds];
  if (!isArray(time)) throw new ERR_INVALID_ARG_TYPE("time", "tuple of integers", time);
  if (time.length !== 2) throw new ERR_OUT_OF_RANGE("time", 2, time);
  seconds -= time[0];
  nanoseconds -= time[1];
  if (nanoseconds < 0) {
    seconds -= 1;
    nanoseconds += NS_PER_SECOND;
  }
  return [seconds, nanoseconds];
}

hrtime.bigint = function () {
  return BigInt(now()) * 1_000_000n;
};

export function uptime() {
  return 0;
}
