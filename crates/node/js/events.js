// node:events (https://nodejs.org/api/events.html). The module itself is the class EventEmitter.

import { AsyncResource } from "./async_hooks.js";
import { ERR_INVALID_ARG_TYPE } from "./internal/errors.js";
import {
  captureRejectionSymbol, countListeners, defaultMaxListeners, errorMonitor, EventEmitter, kCapture,
  maxListenersOf, requireListenerLimit, setDefaultMaxListeners,
} from "./internal/events/emitter.js";
import { addAbortListener, on, once } from "./internal/events/waiting.js";
import { validateBoolean } from "./internal/validators.js";

const { apply } = Reflect;
const kMaxEventTargetListeners = Symbol("events.maxEventTargetListeners");
const kMaxEventTargetListenersWarned = Symbol("events.maxEventTargetListenersWarned");

class EventEmitterReferencingAsyncResource extends AsyncResource {
  #eventEmitter;

  constructor(emitter) {
    super("");
    this.#eventEmitter = emitter;
  }

  get eventEmitter() {
    return this.#eventEmitter;
  }
}

/** An emitter whose listeners run in the async context in which it was made. */
class EventEmitterAsyncResource extends EventEmitter {
  #asyncResource;

  constructor(options) {
    super(options);
    this.#asyncResource = new EventEmitterReferencingAsyncResource(this);
  }

  get asyncResource() {
    return this.#asyncResource;
  }

  emit(name, ...args) {
    return this.#asyncResource.runInAsyncScope(super.emit, this, name, ...args);
  }
}

function setMaxListeners(n = defaultMaxListeners, ...targets) {
  requireListenerLimit(n, "n");
  if (targets.length === 0) {
    setDefaultMaxListeners(n, "n");
    return;
  }
  for (const target of targets) {
    if (target instanceof EventTarget) {
      target[kMaxEventTargetListeners] = n;
      target[kMaxEventTargetListenersWarned] = false;
    } else if (typeof target.setMaxListeners === "function") {
      target.setMaxListeners(n);
    } else {
      throw new ERR_INVALID_ARG_TYPE("eventTargets", ["EventEmitter", "EventTarget"], target);
    }
  }
}

function listenerCount(emitter, name) {
  return typeof emitter.listenerCount === "function" ? emitter.listenerCount(name) : countListeners(emitter, name);
}

/** Workers do not tell who listens to an EventTarget: of one, the answer is empty. */
function getEventListeners(emitter, name) {
  if (typeof emitter.listeners === "function") return emitter.listeners(name);
  if (emitter instanceof EventTarget) return [];
  throw new ERR_INVALID_ARG_TYPE("emitter", ["EventEmitter", "EventTarget"], emitter);
}

const { _getMaxListeners } = {
  _getMaxListeners(emitter) {
    return maxListenersOf(emitter);
  },
};

Object.assign(EventEmitter, {
  on,
  once,
  getEventListeners,
  getMaxListeners: _getMaxListeners,
  setMaxListeners,
  listenerCount,
  EventEmitter,
  usingDomains: false,
  captureRejectionSymbol,
  errorMonitor,
  EventEmitterAsyncResource,
});

Object.defineProperties(EventEmitter, {
  captureRejections: {
    enumerable: true,
    get() {
      return EventEmitter.prototype[kCapture];
    },
    set(value) {
      validateBoolean(value, "EventEmitter.captureRejections");
      EventEmitter.prototype[kCapture] = value;
    },
  },
  defaultMaxListeners: {
    enumerable: true,
    get() {
      return defaultMaxListeners;
    },
    set(value) {
      setDefaultMaxListeners(value, "defaultMaxListeners");
    },
  },
  kMaxEventTargetListeners: { value: kMaxEventTargetListeners },
  kMaxEventTargetListenersWarned: { value: kMaxEventTargetListenersWarned },
});

EventEmitter.addAbortListener = addAbortListener;

const { captureRejections, usingDomains } = EventEmitter;
const getMaxListeners = _getMaxListeners;

export {
  addAbortListener, captureRejections, captureRejectionSymbol, defaultMaxListeners, errorMonitor, EventEmitter,
  EventEmitterAsyncResource, getEventListeners, getMaxListeners, listenerCount, on, once, setMaxListeners, usingDomains,
};
export default EventEmitter;
