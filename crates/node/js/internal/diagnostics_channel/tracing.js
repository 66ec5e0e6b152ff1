// TracingChannel (https://nodejs.org/api/diagnostics_channel.html#class-tracingchannel): the channels of one operation.

import { ERR_INVALID_ARG_TYPE } from "../errors.js";
import { validateFunction, validateObject } from "../validators.js";
import { Channel, channel, isHeard } from "./channel.js";

const { apply } = Reflect;
const { prototype: { then } } = Promise;

const kStart = Symbol("kStart");
const kEnd = Symbol("kEnd");
const kAsyncStart = Symbol("kAsyncStart");
const kAsyncEnd = Symbol("kAsyncEnd");
const kError = Symbol("kError");

const parts = [
  ["start", kStart], ["end", kEnd], ["asyncStart", kAsyncStart], ["asyncEnd", kAsyncEnd], ["error", kError],
];

const token = Symbol("token");

export class TracingChannel {
  constructor() {
    if (arguments[0] !== token) throw new Error("Use diagnostic_channel.tracingChannels() to create TracingChannel");
    for (const [name, key] of parts) this[key] = arguments[1][name];
  }

  get start() {
    return this[kStart];
  }

  get end() {
    return this[kEnd];
  }

  get asyncStart() {
    return this[kAsyncStart];
  }

  get asyncEnd() {
    return this[kAsyncEnd];
  }

  get error() {
    return this[kError];
  }

  /** @param subscriptions a function for each of the channels, where one is wanted */
  subscribe(subscriptions) {
    for (const [name, key] of parts) {
      if (subscriptions[name] !== undefined) this[key].subscribe(subscriptions[name]);
    }
  }

  unsubscribe(subscriptions) {
    for (const [name, key] of parts) {
      if (subscriptions[name] !== undefined) this[key].unsubscribe(subscriptions[name]);
    }
  }

  /** `(function, message, receiver, ...args)` → what the function returns */
  traceSync(callback, ...[message = {}, receiver, ...args]) {
    return this[kStart].runStores(message, () => {
      try {
        const result = apply(callback, receiver, args);
        message.result = result;
        return result;
      } catch (error) {
        message.error = error;
        this[kError].publish(message);
        throw error;
      } finally {
        this[kEnd].publish(message);
      }
    });
  }

  /** The same for a function that gives a promise; anything else is made one. */
  tracePromise(callback, ...[message = {}, receiver, ...args]) {
    const settled = () => {
      this[kAsyncStart].publish(message);
      this[kAsyncEnd].publish(message);
    };
    const fulfilled = (result) => {
      message.result = result;
      settled();
      return result;
    };
    const rejected = (error) => {
      message.error = error;
      this[kError].publish(message);
      settled();
      throw error;
    };
    return this[kStart].runStores(message, () => {
      try {
        const result = apply(callback, receiver, args);
        const promise = result instanceof Promise ? result : Promise.resolve(result);
        return apply(then, promise, [fulfilled, rejected]);
      } catch (error) {
        message.error = error;
        this[kError].publish(message);
        throw error;
      } finally {
        this[kEnd].publish(message);
      }
    });
  }

  /** The same for a function whose argument at `position`, from the end if negative, is called with error and result. */
  traceCallback(callback, ...[position = -1, message = {}, receiver, ...args]) {
    const original = args.at(position);
    validateFunction(original, "callback");
    const traced = (...given) => {
      const [error, result] = given;
      if (error) {
        message.error = error;
        this[kError].publish(message);
      } else {
        message.result = result;
      }
      return this[kAsyncStart].runStores(message, () => {
        try {
          return apply(original, receiver, given);
        } finally {
          this[kAsyncEnd].publish(message);
        }
      });
    };
    args[position < 0 ? args.length + position : position] = traced;
    return this[kStart].runStores(message, () => {
      try {
        return apply(callback, receiver, args);
      } catch (error) {
        message.error = error;
        this[kError].publish(message);
        throw error;
      } finally {
        this[kEnd].publish(message);
      }
    });
  }

  get hasSubscribers() {
    return parts.some(([, key]) => isHeard(this[key]));
  }
}

/** The channels `tracing:<name>:start` and so on, or those given. */
export function tracingChannel(nameOrChannels) {
  const channels = {};
  if (typeof nameOrChannels === "string" || typeof nameOrChannels === "symbol") {
    for (const [part] of parts) channels[part] = channel(`tracing:${String(nameOrChannels)}:${part}`);
  } else {
    validateObject(nameOrChannels, "channels");
    for (const [part] of parts) {
      const given = nameOrChannels[part];
      if (!(given instanceof Channel)) throw new ERR_INVALID_ARG_TYPE(`channels.${part}`, "Channel", given);
      channels[part] = given;
    }
  }
  return new TracingChannel(token, channels);
}
