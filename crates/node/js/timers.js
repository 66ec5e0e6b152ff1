// node:timers (https://nodejs.org/api/timers.html).

import { immediatesOf } from "./internal/timers/immediate.js";
import { clearInterval, clearTimeout, setInterval, setTimeout, Timeout } from "./internal/timers/timeout.js";
import * as promises from "./timers/promises.js";

const owner = immediatesOf("TimersUtil");
const setImmediate = owner.setImmediate.bind(owner);
const clearImmediate = owner.clearImmediate.bind(owner);

// What Node had before there were Timeout objects.
function active(_timer) {}
function unenroll(_timer) {}
function enroll(_timer, _delay) {
  throw new Error("Not implemented. Please use setTimeout() instead.");
}

export {
  active, clearImmediate, clearInterval, clearTimeout, enroll, promises, setImmediate, setInterval, setTimeout,
  Timeout, unenroll,
};
export default {
  promises,
  setTimeout,
  clearTimeout,
  setImmediate,
  clearImmediate,
  setInterval,
  clearInterval,
  active,
  unenroll,
  enroll,
};
