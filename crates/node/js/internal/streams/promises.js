// node:stream/promises: the functions of streams that take a callback, with a promise instead.

import { validateBoolean } from "../validators.js";
import { finished as finishedCallback } from "./end_of_stream.js";
import { isIterable, isNodeStream, isWebStream } from "./kinds.js";
import { runPipeline } from "./pipeline.js";

export function pipeline(...streams) {
  return new Promise((resolve, reject) => {
    let signal;
    let end;
    const last = streams.at(-1);
    if (last && typeof last === "object" && !isNodeStream(last) && !isIterable(last) && !isWebStream(last)) {
      ({ signal, end } = streams.pop());
    }
    const done = (error, value) => (error ? reject(error) : resolve(value));
    runPipeline(streams, done, { signal, end });
  });
}

/** With the option `cleanup` no listener is left when it is fulfilled. */
export function finished(stream, options) {
  let takesListenersAway = false;
  if (options?.cleanup) {
    validateBoolean(options.cleanup, "cleanup");
    takesListenersAway = options.cleanup;
  }
  return new Promise((resolve, reject) => {
    const cleanup = finishedCallback(stream, options, (error) => {
      if (takesListenersAway) cleanup();
      if (error) reject(error);
      else resolve();
    });
  });
}
