// How large an attachment is: its bytes in V8's serialization format, in which Workers keep and limit it.
//
// Attachments are kept in the engine's own format, whose sizes differ. Were those the measure, what fits on Workers
// might not fit here. So the format of V8 is counted through, without being written.

import { ArrayBufferIsView, uncurryThis } from "../primordials.js";
import { bytesOfBuffer } from "../blob.js";
import { isArrayBuffer, isObject, viewBuffer } from "../webidl.js";

const { isArray } = Array;
const { is, keys: ObjectKeys, prototype: ObjectPrototype } = Object;
const ObjectPrototypeToString = uncurryThis(ObjectPrototype.toString);
const BigIntPrototypeToString = uncurryThis(BigInt.prototype.toString);
const MapPrototypeForEach = uncurryThis(Map.prototype.forEach);
const SetPrototypeForEach = uncurryThis(Set.prototype.forEach);
const getter = (prototype, name) => uncurryThis(Object.getOwnPropertyDescriptor(prototype, name).get);
const MapPrototypeGetSize = getter(Map.prototype, "size");
const SetPrototypeGetSize = getter(Set.prototype, "size");
const { isError } = Error;
const MapConstructor = Map;
const MapPrototypeGet = uncurryThis(Map.prototype.get);
const MapPrototypeSet = uncurryThis(Map.prototype.set);

/** Two bytes say which version of the format it is. */
const HEADER_BYTES = 2;
/** Small integers have 31 bits. */
const SMALL_MAX = 2 ** 30 - 1;
const SMALL_MIN = -(2 ** 30);
const DOUBLE_BYTES = 8;
const INDEX = /^(?:0|[1-9][0-9]{0,9})$/;
const INDEX_MAX = 2 ** 32 - 2;

function isSmall(value) {
  return value >= SMALL_MIN && value <= SMALL_MAX && value % 1 === 0 && !is(value, -0);
}

function varint(value) {
  let bytes = 1;
  while (value >= 128) {
    value /= 128;
    bytes++;
  }
  return bytes;
}

class Counter {
  bytes = HEADER_BYTES;
  #seen = new MapConstructor();

  value(value) {
    switch (typeof value) {
      case "string":
        return this.string(value);
      case "number":
        return this.number(value);
      case "bigint":
        return this.bigint(value);
      case "object":
        if (value !== null) return this.object(value);
      // falls through
      default:
        // undefined, null, true, false; what has no clone is refused by who makes it.
        this.bytes += 1;
    }
  }

  number(value) {
    this.bytes += 1 + (isSmall(value) ? varint(value < 0 ? -value * 2 - 1 : value * 2) : DOUBLE_BYTES);
  }

  bigint(value) {
    const digits = BigIntPrototypeToString(value < 0n ? -value : value, 16);
    const bytes = value === 0n ? 0 : Math.ceil(digits.length / 16) * 8;
    this.bytes += 1 + varint(bytes * 2 + 1) + bytes;
  }

  string(text) {
    const { length } = text;
    let wide = false;
    for (let i = 0; i < length && !wide; i++) wide = text.charCodeAt(i) > 255;
    if (!wide) {
      this.bytes += 1 + varint(length) + length;
      return;
    }
    const bytes = length * 2;
    // Characters of two bytes begin at an even place.
    if ((this.bytes + 1 + varint(bytes)) % 2 === 1) this.bytes += 1;
    this.bytes += 1 + varint(bytes) + bytes;
  }

  object(object) {
    // An object that is there already is named by its number.
    const known = MapPrototypeGet(this.#seen, object);
    if (known !== undefined) {
      this.bytes += 1 + varint(known);
      return;
    }
    if (ArrayBufferIsView(object)) {
      const buffer = viewBuffer(object);
      if (MapPrototypeGet(this.#seen, buffer) === undefined) this.object(buffer);
    }
    MapPrototypeSet(this.#seen, object, this.#seen.size);
    if (isArray(object)) return this.array(object);
    if (isArrayBuffer(object)) {
      const { length } = bytesOfBuffer(object);
      this.bytes += 1 + varint(length) + length;
      return;
    }
    if (ArrayBufferIsView(object)) {
      const view = bytesOfBuffer(object);
      this.bytes += 2 + varint(view.byteOffset) + varint(view.length) + 1;
      return;
    }
    if (isError(object)) return this.error(object);
    switch (ObjectPrototypeToString(object)) {
      case "[object Date]":
      case "[object Number]":
        this.bytes += 1 + DOUBLE_BYTES;
        return;
      case "[object Boolean]":
        this.bytes += 1;
        return;
      case "[object String]":
        this.bytes += 1;
        return this.string(`${object}`);
      case "[object Map]":
        return this.map(object);
      case "[object Set]":
        return this.set(object);
      case "[object RegExp]":
        this.bytes += 2;
        return this.string(object.source);
      default:
        this.bytes += 1;
        this.properties(object, ObjectKeys(object));
    }
  }

  properties(object, keys) {
    for (const key of keys) {
      if (INDEX.test(key) && +key <= INDEX_MAX) this.number(+key);
      else this.string(key);
      this.value(object[key]);
    }
    this.bytes += 1 + varint(keys.length);
  }

  array(array) {
    const { length } = array;
    this.bytes += 1 + varint(length);
    const keys = ObjectKeys(array);
    let elements = 0;
    while (elements < keys.length && INDEX.test(keys[elements])) elements++;
    // With holes, each element has its index beside it.
    if (elements < length) {
      this.properties(array, keys);
    } else {
      this.elements(array, length);
      this.properties(array, keys.slice(elements));
    }
    this.bytes += varint(length);
  }

  // Where all are numbers and one is no small integer, V8 keeps and writes all of them as doubles.
  elements(array, length) {
    let numbers = true;
    let small = true;
    for (let i = 0; i < length && numbers; i++) {
      numbers = typeof array[i] === "number";
      small &&= isSmall(array[i]);
    }
    if (numbers && !small) this.bytes += length * (1 + DOUBLE_BYTES);
    else for (let i = 0; i < length; i++) this.value(array[i]);
  }

  map(map) {
    this.bytes += 1;
    MapPrototypeForEach(map, (value, key) => {
      this.value(key);
      this.value(value);
    });
    this.bytes += 1 + varint(MapPrototypeGetSize(map) * 2);
  }

  set(set) {
    this.bytes += 1;
    SetPrototypeForEach(set, (member) => this.value(member));
    this.bytes += 1 + varint(SetPrototypeGetSize(set));
  }

  // About: which of its own properties are kept is a matter of flags.
  error(error) {
    this.bytes += 4;
    for (const part of [error.message, error.stack, error.cause]) {
      this.bytes += 1;
      if (typeof part === "string" || isObject(part)) this.value(part);
    }
  }
}

/** The bytes that a value would have in V8's serialization format. */
export function serializedBytes(value) {
  const counter = new Counter();
  counter.value(value);
  return counter.bytes;
}
