// Channel (https://nodejs.org/api/diagnostics_channel.html#class-channel).

import { enabled } from "holdfast:web/compat";
import { argumentError } from "holdfast:web/type_errors";
import { defineInterface, illegalConstructor, internalToken } from "holdfast:web/webidl";
import { AsyncLocalStorage } from "../../async_hooks.js";

const { apply } = Reflect;

/** Channels by name; they are for the whole program. */
const channels = new Map();

let isHeard;

export class Channel {
  #name;
  /** Replaced when it changes: a message under way goes to those that were there. @type {Set<Function>} */
  #subscribers = new Set();
  /** AsyncLocalStorage → what makes the store from the message. */
  #stores = new Map();

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
    this.#name = arguments[1];
  }

  get hasSubscribers() {
    return isHeard(this);
  }

  /** `(message)` */
  publish() {
    const [message] = arguments;
    for (const subscriber of this.#subscribers) apply(subscriber, globalThis, [message, this.#name]);
  }

  /** `(function (message, name))` */
  subscribe() {
    const [subscriber] = arguments;
    if (typeof subscriber !== "function") throw argumentError("subscribe", "Channel", 1, "function");
    this.#subscribers = new Set(this.#subscribers).add(subscriber);
  }

  unsubscribe() {
    const [subscriber] = arguments;
    if (typeof subscriber !== "function") throw argumentError("unsubscribe", "Channel", 1, "function");
    this.#subscribers = new Set(this.#subscribers);
    this.#subscribers.delete(subscriber);
  }

  /** `(storage, transform)`: while `runStores` runs, `storage` is set to the message, as `transform` changes it. */
  bindStore() {
    const [storage, transform] = arguments;
    if (!(storage instanceof AsyncLocalStorage)) throw argumentError("bindStore", "Channel", 1, "AsyncLocalStorage");
    if (transform !== undefined && typeof transform !== "function") {
      throw argumentError("bindStore", "Channel", 2, "function");
    }
    this.#stores.set(storage, transform);
  }

  unbindStore() {
    const [storage] = arguments;
    if (!(storage instanceof AsyncLocalStorage)) throw argumentError("unbindStore", "Channel", 1, "AsyncLocalStorage");
    this.#stores.delete(storage);
  }

  /** `(message, function, receiver, ...args)`: publishes and calls with all bound stores set. */
  runStores(...given) {
    if (given.length === 0) throw argumentError("runStores", "Channel", 1, "Value");
    const [message, callback, receiver, ...args] = given;
    if (typeof callback !== "function") throw argumentError("runStores", "Channel", 2, "function");
    let run = () => {
      this.publish(message);
      return apply(callback, receiver ?? globalThis, args);
    };
    for (const [storage, transform] of this.#stores) {
      const next = run;
      run = () => {
        const store = transform === undefined ? message : apply(transform, globalThis, [message]);
        return storage.run(store, next);
      };
    }
    return run();
  }

  static {
    isHeard = (channel) => channel.#subscribers.size > 0;
  }
}

// It was a method first.
if (!enabled("diagnostics_channel_has_subscribers_getter")) {
  const { hasSubscribers: value } = {
    hasSubscribers() {
      return isHeard(this);
    },
  };
  Object.defineProperty(Channel.prototype, "hasSubscribers", { value, writable: true, configurable: true });
}

defineInterface(Channel);

export { isHeard };

const key = (name) => (typeof name === "symbol" ? name : `${name}`);

export function channel(name) {
  const known = channels.get(key(name));
  if (known !== undefined) return known;
  const made = new Channel(internalToken, key(name));
  channels.set(key(name), made);
  return made;
}

export function hasSubscribers(name) {
  const known = channels.get(key(name));
  return known !== undefined && isHeard(known);
}
