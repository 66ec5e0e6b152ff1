// Stream, the base class: an event emitter that can be piped, as streams were before they had buffers.
//
// Streams are functions and not classes: packages call them without `new` (`Readable.call(this)`, util.inherits).

import { EventEmitter } from "../../events.js";

export function Stream(options) {
  EventEmitter.call(this, options);
}
inherit(Stream, EventEmitter);

/** Makes `Class` a subclass, also of the statics, without a `prototype` property that is not writable. */
export function inherit(Class, Parent) {
  Object.setPrototypeOf(Class.prototype, Parent.prototype);
  Object.setPrototypeOf(Class, Parent);
}

// The pipe of old-style streams: they push data whether or not anybody is ready, but they can be paused.
Stream.prototype.pipe = function pipe(destination, options) {
  const source = this;
  let ended = false;

  function onData(chunk) {
    if (destination.writable && destination.write(chunk) === false) source.pause?.();
  }
  function onDrain() {
    if (source.readable) source.resume?.();
  }
  function onEnd() {
    if (ended) return;
    ended = true;
    destination.end();
  }
  function onClose() {
    if (ended) return;
    ended = true;
    if (typeof destination.destroy === "function") destination.destroy();
  }
  function onError(error) {
    cleanup();
    // Nobody else listens: fail as an emitter does.
    if (this.listenerCount("error") === 0) this.emit("error", error);
  }
  function cleanup() {
    source.removeListener("data", onData);
    destination.removeListener("drain", onDrain);
    source.removeListener("end", onEnd);
    source.removeListener("close", onClose);
    source.removeListener("error", onError);
    destination.removeListener("error", onError);
    source.removeListener("end", cleanup);
    source.removeListener("close", cleanup);
    destination.removeListener("close", cleanup);
  }

  source.on("data", onData);
  destination.on("drain", onDrain);
  if (!destination._isStdio && options?.end !== false) {
    source.on("end", onEnd);
    source.on("close", onClose);
  }
  prependListener(source, "error", onError);
  prependListener(destination, "error", onError);
  source.on("end", cleanup);
  source.on("close", cleanup);
  destination.on("close", cleanup);
  destination.emit("pipe", source);
  return destination;
};

/** Adds a listener before those that are there, also to emitters that are not Node's own. */
export function prependListener(emitter, event, listener) {
  if (typeof emitter.prependListener === "function") {
    emitter.prependListener(event, listener);
    return;
  }
  const listeners = emitter._events?.[event];
  if (!listeners) emitter.on(event, listener);
  else if (Array.isArray(listeners)) listeners.unshift(listener);
  else emitter._events[event] = [listener, listeners];
}
