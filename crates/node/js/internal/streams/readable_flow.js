// The events by which a Readable gives its data: "readable", and "data" while it flows.

import { nextTick } from "../process/next_tick.js";

/** Emits "readable" when the code that runs now is done. */
export function emitReadable(stream) {
  const state = stream._readableState;
  state.needReadable = false;
  if (state.emittedReadable) return;
  state.emittedReadable = true;
  nextTick(emitReadableNow, stream);
}

export function emitReadableNow(stream) {
  const state = stream._readableState;
  if (!state.destroyed && !state.errored && (state.length > 0 || state.ended)) {
    stream.emit("readable");
    state.emittedReadable = false;
  }
  // A reader that stops before it reaches the mark wants to hear of more.
  if (!state.flowing && !state.ended && state.length <= state.highWaterMark) state.needReadable = true;
  flow(stream);
}

function flow(stream) {
  const state = stream._readableState;
  while (state.flowing && stream.read() !== null);
}

/** The method `resume`. */
export function resume() {
  const state = this._readableState;
  if (!state.flowing) {
    // Who listens to "readable" reads for himself.
    state.flowing = !state.readableListening;
    if (!state.resumeScheduled) {
      state.resumeScheduled = true;
      nextTick(resumeNow, this, state);
    }
  }
  state.paused = false;
  return this;
}

function resumeNow(stream, state) {
  if (!state.reading) stream.read(0);
  state.resumeScheduled = false;
  stream.emit("resume");
  flow(stream);
  if (state.flowing && !state.reading) stream.read(0);
}

/** The method `pause`. */
export function pause() {
  const state = this._readableState;
  if (state.flowing !== false) {
    state.flowing = false;
    this.emit("pause");
  }
  state.paused = true;
  return this;
}

/** What a new listener of "data" or "readable" means. */
export function listenerAdded(stream, event) {
  const state = stream._readableState;
  if (event === "data") {
    state.readableListening = stream.listenerCount("readable") > 0;
    if (state.flowing !== false) stream.resume();
  } else if (event === "readable" && !state.endEmitted && !state.readableListening) {
    state.readableListening = state.needReadable = true;
    state.flowing = false;
    state.emittedReadable = false;
    if (state.length > 0) emitReadable(stream);
    else if (!state.reading) nextTick(() => stream.read(0));
  }
}

/** The same for one that is removed: looked at later, as it may be put back at once. */
export function listenersRemoved(stream) {
  nextTick(() => {
    const state = stream._readableState;
    state.readableListening = stream.listenerCount("readable") > 0;
    if (state.resumeScheduled && state.paused === false) state.flowing = true;
    else if (stream.listenerCount("data") > 0) stream.resume();
    else if (!state.readableListening) state.flowing = null;
  });
}
