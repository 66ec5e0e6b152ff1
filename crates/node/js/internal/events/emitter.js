// EventEmitter (https://nodejs.org/api/events.html#class-eventemitter).
//
// `_events`, `_eventsCount` and `_maxListeners` are plain properties because packages read and write them: streams
// prepend to `_events[name]`, and classes that never call the constructor work on what the prototype says.
// `_events[name]` is one listener, or an array of several, which has `warned` once it grew too long.

import { inspect } from "holdfast:web/inspect";
import { ERR_OUT_OF_RANGE, ERR_UNHANDLED_ERROR } from "../errors.js";
import { nextTick } from "../process/next_tick.js";
import { emitWarning } from "../process/warning.js";
import { validateBoolean, validateFunction } from "../validators.js";

const { apply, ownKeys } = Reflect;
const { create, getPrototypeOf } = Object;

export const captureRejectionSymbol = Symbol.for("nodejs.rejection");
export const errorMonitor = Symbol("events.errorMonitor");
/** Whether an emitter looks after what its listeners' promises are rejected with. */
export const kCapture = Symbol("kCapture");

/** Limit of the emitters that set none of their own. */
export let defaultMaxListeners = 10;

export function requireListenerLimit(value, name) {
  // The comparison is false for NaN as well.
  if (typeof value !== "number" || !(value >= 0)) throw new ERR_OUT_OF_RANGE(name, "a non-negative number", value);
  return value;
}

export function setDefaultMaxListeners(value, name) {
  defaultMaxListeners = requireListenerLimit(value, name);
}

export function EventEmitter(options) {
  EventEmitter.init.call(this, options);
}

const { prototype } = EventEmitter;

prototype._events = undefined;
prototype._eventsCount = 0;
prototype._maxListeners = undefined;
Object.defineProperty(prototype, kCapture, { value: false, writable: true });

// What the constructor does; frameworks that build emitters from plain objects call or replace it. It has no name.
EventEmitter.init = (0, function (options) {
  if (this._events === undefined || this._events === getPrototypeOf(this)._events) {
    this._events = create(null);
    this._eventsCount = 0;
  }
  this._maxListeners ??= undefined;
  // There are no domains, but packages ask.
  this.domain = null;
  if (options?.captureRejections) {
    validateBoolean(options.captureRejections, "options.captureRejections");
    this[kCapture] = true;
  } else {
    this[kCapture] = prototype[kCapture];
  }
});

export function maxListenersOf(emitter) {
  return emitter._maxListeners === undefined ? defaultMaxListeners : emitter._maxListeners;
}

prototype.setMaxListeners = function setMaxListeners(n) {
  this._maxListeners = requireListenerLimit(n, "n");
  return this;
};

prototype.getMaxListeners = function getMaxListeners() {
  return maxListenersOf(this);
};

function unhandled(error) {
  if (error instanceof Error) return error;
  let text;
  try {
    text = inspect(error);
  } catch {
    text = error;
  }
  const wrapped = new ERR_UNHANDLED_ERROR(text);
  wrapped.context = error;
  return wrapped;
}

// A listener's promise was rejected; deferred, so that what this throws is not one more rejection of that promise.
function rejected(emitter, error, name, args) {
  if (typeof emitter[captureRejectionSymbol] === "function") {
    emitter[captureRejectionSymbol](error, name, ...args);
    return;
  }
  // An asynchronous listener for `error` that fails must not come back here for ever.
  const before = emitter[kCapture];
  try {
    emitter[kCapture] = false;
    emitter.emit("error", error);
  } finally {
    emitter[kCapture] = before;
  }
}

function watch(emitter, result, name, args) {
  if (!emitter[kCapture]) return;
  try {
    // Read once: any object with a `then` will do, and the second look may be at something else.
    const { then } = result;
    if (typeof then === "function") {
      apply(then, result, [undefined, (error) => nextTick(rejected, emitter, error, name, args)]);
    }
  } catch (error) {
    emitter.emit("error", error);
  }
}

prototype.emit = function emit(name, ...args) {
  const events = this._events;
  if (name === "error") {
    if (events !== undefined && events[errorMonitor] !== undefined) this.emit(errorMonitor, ...args);
    if (events === undefined || events.error === undefined) throw unhandled(args[0]);
  } else if (events === undefined) {
    return false;
  }
  const handler = events[name];
  if (handler === undefined) return false;
  if (typeof handler === "function") {
    const result = apply(handler, this, args);
    if (result !== undefined && result !== null) watch(this, result, name, args);
    return true;
  }
  // Those that are there now are called, whatever the first ones add or remove.
  const listeners = [...handler];
  for (let i = 0; i < listeners.length; i++) {
    const result = apply(listeners[i], this, args);
    if (result !== undefined && result !== null) watch(this, result, name, args);
  }
  return true;
};

function warnAboutLeak(emitter, name, listeners) {
  listeners.warned = true;
  const start = `Possible EventEmitter memory leak detected. ${listeners.length} ${String(name)} listeners added to`;
  const end = "Use emitter.setMaxListeners() to increase limit";
  console.log(`${start} an EventEmitter. ${end}`);
  const warning = new Error(`${start} ${inspect(emitter, { depth: -1 })}. ${end}`);
  warning.name = "MaxListenersExceededWarning";
  warning.emitter = emitter;
  warning.type = name;
  warning.count = listeners.length;
  emitWarning(warning);
}

function add(emitter, name, listener, first) {
  validateFunction(listener, "listener");
  let events = emitter._events;
  if (events === undefined) {
    events = emitter._events = create(null);
    emitter._eventsCount = 0;
  } else if (events.newListener !== undefined) {
    emitter.emit("newListener", name, listener.listener ?? listener);
    // Its listener may have replaced the table.
    events = emitter._events;
  }
  const present = events[name];
  if (present === undefined) {
    events[name] = listener;
    emitter._eventsCount++;
    return emitter;
  }
  let listeners = present;
  if (typeof present === "function") {
    listeners = events[name] = first ? [listener, present] : [present, listener];
  } else if (first) {
    present.unshift(listener);
  } else {
    present.push(listener);
  }
  const limit = maxListenersOf(emitter);
  if (limit > 0 && listeners.length > limit && !listeners.warned) warnAboutLeak(emitter, name, listeners);
  return emitter;
}

prototype.addListener = function addListener(name, listener) {
  return add(this, name, listener, false);
};

prototype.on = prototype.addListener;

prototype.prependListener = function prependListener(name, listener) {
  return add(this, name, listener, true);
};

/** `listener` as it stands in the table until its first call, where `rawListeners` shows it with the original. */
function onceOnly(emitter, name, listener) {
  validateFunction(listener, "listener");
  let fired = false;
  const wrapper = (...args) => {
    if (fired) return undefined;
    emitter.removeListener(name, wrapper);
    fired = true;
    return apply(listener, emitter, args);
  };
  wrapper.listener = listener;
  return wrapper;
}

prototype.once = function once(name, listener) {
  this.on(name, onceOnly(this, name, listener));
  return this;
};

prototype.prependOnceListener = function prependOnceListener(name, listener) {
  this.prependListener(name, onceOnly(this, name, listener));
  return this;
};

function dropName(emitter, name) {
  if (--emitter._eventsCount === 0) emitter._events = create(null);
  else delete emitter._events[name];
}

prototype.removeListener = function removeListener(name, listener) {
  validateFunction(listener, "listener");
  const events = this._events;
  const present = events?.[name];
  if (present === undefined) return this;
  const matches = (candidate) => candidate === listener || candidate.listener === listener;
  if (matches(present)) {
    dropName(this, name);
    // With the last name of all goes whoever would be told.
    if (this._eventsCount > 0 && events.removeListener) {
      this.emit("removeListener", name, present.listener || listener);
    }
    return this;
  }
  if (typeof present === "function") return this;
  // The one added last.
  const index = present.findLastIndex(matches);
  if (index < 0) return this;
  present.splice(index, 1);
  if (present.length === 1) events[name] = present[0];
  if (events.removeListener !== undefined) this.emit("removeListener", name, listener);
  return this;
};

prototype.off = prototype.removeListener;

prototype.removeAllListeners = function removeAllListeners(name) {
  const events = this._events;
  if (events === undefined) return this;
  const all = arguments.length === 0;
  if (events.removeListener === undefined) {
    // Nobody is to be told.
    if (all) {
      this._events = create(null);
      this._eventsCount = 0;
    } else if (events[name] !== undefined) {
      dropName(this, name);
    }
    return this;
  }
  if (all) {
    for (const key of ownKeys(events)) {
      if (key !== "removeListener") this.removeAllListeners(key);
    }
    this.removeAllListeners("removeListener");
    this._events = create(null);
    this._eventsCount = 0;
    return this;
  }
  const present = events[name];
  if (typeof present === "function") {
    this.removeListener(name, present);
  } else if (present !== undefined) {
    for (let i = present.length - 1; i >= 0; i--) this.removeListener(name, present[i]);
  }
  return this;
};

function listenersOf(emitter, name) {
  const present = emitter._events?.[name];
  if (present === undefined) return [];
  return typeof present === "function" ? [present] : [...present];
}

prototype.listeners = function listeners(name) {
  return listenersOf(this, name).map((listener) => listener.listener || listener);
};

prototype.rawListeners = function rawListeners(name) {
  return listenersOf(this, name);
};

export function countListeners(emitter, name) {
  const present = emitter._events?.[name];
  if (present === undefined) return 0;
  return typeof present === "function" ? 1 : present.length;
}

prototype.listenerCount = function listenerCount(name) {
  return countListeners(this, name);
};

prototype.eventNames = function eventNames() {
  return this._eventsCount > 0 ? ownKeys(this._events) : [];
};
