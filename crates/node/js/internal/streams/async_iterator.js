// Reading a stream with `for await`.

import { aggregateTwoErrors } from "../errors.js";
import { destroyStream } from "./destroy.js";
import { onceFinished } from "./end_of_stream.js";

/**
 * The chunks of a Readable.
 * @param {{destroyOnReturn?: boolean}} [options] whether leaving the loop early ends the stream; it does by default
 */
export function iterateReadable(stream, options) {
  const iterator = chunks(stream, options);
  iterator.stream = stream;
  return iterator;
}

async function* chunks(stream, options) {
  let wake = null;
  // undefined while it is open; null when it has ended well
  let outcome;
  const notify = () => {
    const waiting = wake;
    wake = null;
    waiting?.();
  };
  stream.on("readable", notify);
  const cleanup = onceFinished(stream, { writable: false }, (error) => {
    outcome = error ? aggregateTwoErrors(outcome, error) : null;
    notify();
  });
  try {
    for (;;) {
      const chunk = stream.destroyed ? null : stream.read();
      if (chunk !== null) {
        yield chunk;
      } else if (outcome) {
        throw outcome;
      } else if (outcome === null) {
        return;
      } else {
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
    }
  } catch (error) {
    outcome = aggregateTwoErrors(outcome, error);
    throw outcome;
  } finally {
    const mayDestroy = outcome || options?.destroyOnReturn !== false;
    if (mayDestroy && (outcome === undefined || stream._readableState.autoDestroy)) {
      destroyStream(stream, null);
    } else {
      stream.off("readable", notify);
      cleanup();
    }
  }
}
