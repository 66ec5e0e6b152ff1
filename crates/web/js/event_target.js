// EventTarget (https://dom.spec.whatwg.org/#interface-eventtarget).
//
// Two behaviours follow Workers rather than the DOM standard:
// - a handler property `on<type>` of any event target is called, before the listeners;
// - an exception of a listener ends the dispatch and leaves dispatchEvent(), instead of being reported aside.

import { DOMException } from "./dom_exception.js";
import {
  begin, end, isDispatching, isEventObject, isStopped, isStoppedNow, setPassive, setTrusted,
} from "./event.js";
import { argumentError, fieldError } from "./type_errors.js";
import { defineInterface, illegalInvocation } from "./webidl.js";

const { apply } = Reflect;

/**
 * How this module learns of AbortSignal, which is itself an EventTarget; abort.js sets it when it loads.
 * @type {{ isSignal(value): boolean, isAborted(signal): boolean, onAbort(signal, algorithm): void } | undefined}
 */
let signals;
export function setSignalHooks(hooks) {
  signals = hooks;
}

class Stamped {
  constructor(object) {
    return object;
  }
}

/** The event listener list, stamped on every event target; the global object becomes one this way too. */
class Listeners extends Stamped {
  /** @type {Map<string, Array<Listener>> | null} made when the first listener comes */
  #byType = null;
  #observer = null;

  static of(target) {
    return target.#byType;
  }
  static orNew(target) {
    return (target.#byType ??= new Map());
  }
  static has(target) {
    return #byType in target;
  }
  static observe(target, observer) {
    target.#observer = observer;
  }
  static changed(target, type) {
    if (target.#observer !== null) apply(target.#observer, target, [type]);
  }
}

/** Turns any object, such as the global one, into an event target. */
export function makeEventTarget(object) {
  new Listeners(object);
}

/** Calls `observer(type)` with `target` as this whenever a listener of `target` was added or removed. */
export function observeListeners(target, observer) {
  Listeners.observe(target, observer);
}

/** Number of listeners for `type`, the handler property not counted. */
export function listenerCount(target, type) {
  return Listeners.of(target)?.get(type)?.length ?? 0;
}

// "Flatten more": `options` is a dictionary or the capture flag.
function flatten(options) {
  if (typeof options === "object" && options !== null) return !!options.capture;
  return !!options;
}

function findListener(list, callback, capture) {
  for (let i = 0; i < list.length; i++) {
    if (list[i].callback === callback && list[i].capture === capture) return i;
  }
  return -1;
}

function removeListener(target, type, callback, capture) {
  const list = Listeners.of(target)?.get(type);
  if (list === undefined) return;
  const index = findListener(list, callback, capture);
  if (index < 0) return;
  list[index].removed = true;
  // A dispatch under way walks the array it started with: replace it instead of changing it.
  if (list.length === 1) Listeners.of(target).delete(type);
  else Listeners.of(target).set(type, list.toSpliced(index, 1));
  Listeners.changed(target, type);
}

export class EventTarget {
  constructor() {
    new Listeners(this);
  }

  addEventListener(type, callback, options = undefined) {
    const target = receiver(this);
    if (arguments.length === 0) throw argumentError("addEventListener", "EventTarget", 1, "string");
    type = `${type}`;
    if (typeof callback !== "function" && (typeof callback !== "object" || arguments.length < 2)) {
      throw argumentError("addEventListener", "EventTarget", 2, "function or HandlerObject");
    }
    const capture = flatten(options);
    let once = false;
    let passive = false;
    let signal;
    if (typeof options === "object" && options !== null) {
      once = !!options.once;
      passive = !!options.passive;
      signal = options.signal;
      if (signal !== undefined) {
        if (!signals?.isSignal(signal)) throw fieldError("signal", "AddEventListenerOptions", "AbortSignal");
        if (signals.isAborted(signal)) return;
      }
    }
    if (callback === null) return;
    const byType = Listeners.orNew(target);
    const list = byType.get(type);
    const listener = { callback, capture, once, passive, removed: false };
    if (list === undefined) byType.set(type, [listener]);
    else if (findListener(list, callback, capture) >= 0) return;
    else byType.set(type, [...list, listener]);
    if (signal !== undefined) signals.onAbort(signal, () => removeListener(target, type, callback, capture));
    Listeners.changed(target, type);
  }

  removeEventListener(type, callback, options = undefined) {
    const target = receiver(this);
    if (arguments.length === 0) throw argumentError("removeEventListener", "EventTarget", 1, "string");
    if (typeof callback !== "function" && (typeof callback !== "object" || arguments.length < 2)) {
      throw argumentError("removeEventListener", "EventTarget", 2, "function or HandlerObject");
    }
    removeListener(target, `${type}`, callback, flatten(options));
  }

  dispatchEvent(event) {
    const target = receiver(this);
    if (!isEventObject(event)) throw argumentError("dispatchEvent", "EventTarget", 1, "Event");
    if (isDispatching(event)) throw new DOMException("The event is already being dispatched.", "InvalidStateError");
    setTrusted(event, false);
    return dispatch(target, event);
  }
}

defineInterface(EventTarget);

// A bare `addEventListener(…)` has no receiver and means the global object.
function receiver(target) {
  target ??= globalThis;
  if ((typeof target !== "object" && typeof target !== "function") || !Listeners.has(target)) {
    throw illegalInvocation();
  }
  return target;
}

/**
 * Dispatches `event` to `target` without touching its trust.
 * @returns {boolean} false when the event was cancelled
 * @throws what a listener throws; the event is then out of dispatch all the same
 */
export function dispatch(target, event) {
  begin(event, target);
  try {
    const { type } = event;
    const handler = target[`on${type}`];
    if (typeof handler === "function") apply(handler, target, [event]);
    const list = Listeners.of(target)?.get(type);
    if (list !== undefined && !isStoppedNow(event)) {
      // Capturing listeners come first even at the target, and stopPropagation() in one of them keeps the others out.
      const captures = list.some((listener) => listener.capture);
      if (captures) invoke(target, event, list, true);
      if (!captures || !isStopped(event)) invoke(target, event, list, false);
    }
  } finally {
    setPassive(event, false);
    end(event);
  }
  return !event.defaultPrevented;
}

/** Dispatches an event that the platform made (`isTrusted` is true). */
export function dispatchTrusted(target, event) {
  setTrusted(event, true);
  return dispatch(target, event);
}

// "Inner invoke".
function invoke(target, event, list, capture) {
  for (let i = 0; i < list.length; i++) {
    const listener = list[i];
    if (listener.capture !== capture || listener.removed) continue;
    const { callback } = listener;
    if (listener.once) removeListener(target, event.type, callback, capture);
    setPassive(event, listener.passive);
    if (typeof callback === "function") {
      apply(callback, target, [event]);
    } else {
      const { handleEvent } = callback;
      if (typeof handleEvent !== "function") throw fieldError("handleEvent", "HandlerObject", "function");
      apply(handleEvent, callback, [event]);
    }
    setPassive(event, false);
    if (isStoppedNow(event)) return;
  }
}
