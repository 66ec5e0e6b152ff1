// Queuing strategies (https://streams.spec.whatwg.org/#qs): the two classes, and what streams take from a strategy.

import { NumberIsNaN } from "../primordials.js";
import { constructorArgumentError } from "../type_errors.js";
import { callbackField, defineInterface, dictionary, illegalInvocation, isObject, toUnrestrictedDouble }
  from "../webidl.js";

// https://streams.spec.whatwg.org/#dictdef-queuingstrategy
const queuingStrategy = {
  __proto__: null,
  highWaterMark: toUnrestrictedDouble,
  size: callbackField("StreamQueuingStrategy", "size"),
};

/** Converts a strategy, which is the constructor argument `position` of `Class`. */
export function strategyFrom(value, Class, position) {
  return dictionary(value, queuingStrategy, () => constructorArgumentError(Class, position, "StreamQueuingStrategy"));
}

/** ExtractHighWaterMark: RangeError if it is NaN or negative */
export function highWaterMarkOf(highWaterMark, standard) {
  if (highWaterMark === undefined) return standard;
  if (NumberIsNaN(highWaterMark) || highWaterMark < 0) {
    throw new RangeError("The highWaterMark must be a non-negative number.");
  }
  return highWaterMark;
}

function highWaterMarkFrom(init, Class) {
  if (!isObject(init)) throw constructorArgumentError(Class, 1, "QueuingStrategyInit");
  const { highWaterMark } = init;
  if (highWaterMark === undefined) {
    throw new TypeError(`Failed to construct '${Class}': the member 'highWaterMark' of parameter 1 is required.`);
  }
  return +highWaterMark;
}

// One function each for the whole realm, without `prototype`
// (https://streams.spec.whatwg.org/#byte-length-queuing-strategy-size-function).
const sizeFunctions = {
  byteLength: { size: (chunk) => chunk.byteLength }.size,
  count: { size: () => 1 }.size,
};

let isByteLength, isCount;

export class ByteLengthQueuingStrategy {
  #highWaterMark;

  static {
    isByteLength = (value) => isObject(value) && #highWaterMark in value;
  }

  constructor(init) {
    this.#highWaterMark = highWaterMarkFrom(init, "ByteLengthQueuingStrategy");
  }

  get highWaterMark() {
    if (!isByteLength(this)) throw illegalInvocation();
    return this.#highWaterMark;
  }

  get size() {
    if (!isByteLength(this)) throw illegalInvocation();
    return sizeFunctions.byteLength;
  }
}

export class CountQueuingStrategy {
  #highWaterMark;

  static {
    isCount = (value) => isObject(value) && #highWaterMark in value;
  }

  constructor(init) {
    this.#highWaterMark = highWaterMarkFrom(init, "CountQueuingStrategy");
  }

  get highWaterMark() {
    if (!isCount(this)) throw illegalInvocation();
    return this.#highWaterMark;
  }

  get size() {
    if (!isCount(this)) throw illegalInvocation();
    return sizeFunctions.count;
  }
}

defineInterface(ByteLengthQueuingStrategy);
defineInterface(CountQueuingStrategy);
