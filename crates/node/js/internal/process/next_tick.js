// process.nextTick().
//
// Workers have no queue of ticks: what is put off is a microtask among the others, in the order in which it came.

import { queueMicrotask } from "holdfast:web/timers";

export function nextTick(callback, ...args) {
  queueMicrotask(() => {
    callback(...args);
  });
}
