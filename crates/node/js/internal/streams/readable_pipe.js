// readable.pipe() and unpipe().

import { nextTick } from "../process/next_tick.js";
import { errorOrDestroy } from "./destroy.js";
import { prependListener } from "./legacy.js";

/** The method `pipe`. */
export function pipe(destination, options) {
  const source = this;
  const state = source._readableState;
  if (state.pipes.length === 1 && !state.multiAwaitDrain) {
    state.multiAwaitDrain = true;
    state.awaitDrainWriters = new Set(state.awaitDrainWriters ? [state.awaitDrainWriters] : []);
  }
  state.pipes.push(destination);

  let onDrain;
  let isClean = false;

  function cleanup() {
    destination.removeListener("close", onClose);
    destination.removeListener("finish", onFinish);
    if (onDrain) destination.removeListener("drain", onDrain);
    destination.removeListener("error", onError);
    destination.removeListener("unpipe", onUnpipe);
    source.removeListener("end", endDestination);
    source.removeListener("end", unpipe);
    source.removeListener("data", onData);
    isClean = true;
    // The source must not wait for a "drain" that nobody hears any more.
    const { _writableState: writing } = destination;
    if (onDrain && state.awaitDrainWriters && (!writing || writing.needDrain)) onDrain();
  }
  function unpipe() {
    source.unpipe(destination);
  }
  function endDestination() {
    destination.end();
  }
  function wait() {
    // A write may have led to unpipe().
    if (!isClean) {
      if (state.pipes.length === 1 && state.pipes[0] === destination) {
        state.awaitDrainWriters = destination;
        state.multiAwaitDrain = false;
      } else if (state.pipes.length > 1 && state.pipes.includes(destination)) {
        state.awaitDrainWriters.add(destination);
      }
      source.pause();
    }
    if (!onDrain) {
      onDrain = () => drained(source, destination);
      destination.on("drain", onDrain);
    }
  }
  function onData(chunk) {
    if (destination.write(chunk) === false) wait();
  }
  function onError(error) {
    unpipe();
    destination.removeListener("error", onError);
    if (destination.listenerCount("error") > 0) return;
    const ends = destination._writableState || destination._readableState;
    if (ends && !ends.errorEmitted) errorOrDestroy(destination, error);
    else destination.emit("error", error);
  }
  function onClose() {
    destination.removeListener("finish", onFinish);
    unpipe();
  }
  function onFinish() {
    destination.removeListener("close", onClose);
    unpipe();
  }
  function onUnpipe(readable, info) {
    if (readable === source && info?.hasUnpiped === false) {
      info.hasUnpiped = true;
      cleanup();
    }
  }

  const isStdio = destination === globalThis.process?.stdout || destination === globalThis.process?.stderr;
  const atEnd = options?.end !== false && !isStdio ? endDestination : unpipe;
  if (state.endEmitted) nextTick(atEnd);
  else source.once("end", atEnd);
  destination.on("unpipe", onUnpipe);
  source.on("data", onData);
  prependListener(destination, "error", onError);
  destination.once("close", onClose);
  destination.once("finish", onFinish);
  destination.emit("pipe", source);

  if (destination.writableNeedDrain === true) wait();
  else if (!state.flowing) source.resume();
  return destination;
}

function drained(source, destination) {
  const state = source._readableState;
  if (state.awaitDrainWriters === destination) state.awaitDrainWriters = null;
  else if (state.multiAwaitDrain) state.awaitDrainWriters.delete(destination);
  const waiting = state.awaitDrainWriters && state.awaitDrainWriters.size !== 0;
  if (!waiting && source.listenerCount("data") > 0) source.resume();
}

/** The method `unpipe`: from one destination, or from all. */
export function unpipe(destination) {
  const state = this._readableState;
  if (state.pipes.length === 0) return this;
  if (!destination) {
    const all = state.pipes;
    state.pipes = [];
    this.pause();
    for (const one of all) one.emit("unpipe", this, { hasUnpiped: false });
    return this;
  }
  const index = state.pipes.indexOf(destination);
  if (index < 0) return this;
  state.pipes.splice(index, 1);
  if (state.pipes.length === 0) this.pause();
  destination.emit("unpipe", this, { hasUnpiped: false });
  return this;
}
