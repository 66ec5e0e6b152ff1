// Values that arrived from another context.

import { makeDOMException } from "../../web/dom_exception.js";
import { makeServiceStub } from "../stub.js";
import { revivePlatform } from "./platform.js";
import { makeStub } from "./remote.js";

const { defineProperty, getPrototypeOf, keys: ObjectKeys } = Object;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const ObjectPrototype = Object.prototype;

/**
 * The value of a parcel that `pack` made.
 * @param handles what the parcel refers to, or undefined
 * @param {Array} channels takes the channels of the stubs in the value
 */
export function openParcel({ value, found, details, places, kinds }, handles, channels) {
  for (let i = 0; i < found.length; i++) {
    const { dom, name, message, properties } = details[i];
    if (dom) makeDOMException(found[i], name, message);
    else {
      for (const key of ObjectKeys(properties)) {
        defineProperty(found[i], key, { value: properties[key], configurable: true, enumerable: true, writable: true });
      }
    }
  }
  if (places.length === 0) return value;
  const revived = new Map();
  for (let i = 0; i < places.length; i++) revived.set(places[i], revive(kinds[i], handles, channels));
  return revived.get(value) ?? fill(value, revived, new Set());
}

function revive(kind, handles, channels) {
  switch (kind.kind) {
    case "stub": {
      const channel = handles[kind.at];
      channels.push(channel);
      return makeStub(channel);
    }
    case "service":
      return makeServiceStub(handles[kind.at]);
    default:
      return revivePlatform(kind, handles);
  }
}

// Puts what was revived into its places. Only containers are looked into: a parcel has nothing else.
function fill(container, revived, seen) {
  if (seen.has(container) || isView(container)) return container;
  seen.add(container);
  const look = (item) => {
    if (typeof item !== "object" || item === null) return item;
    return revived.get(item) ?? fill(item, revived, seen);
  };
  if (isArray(container) || getPrototypeOf(container) === ObjectPrototype) {
    for (const key of ObjectKeys(container)) {
      const item = container[key];
      const filled = look(item);
      if (filled !== item) container[key] = filled;
    }
  } else if (container instanceof Map) {
    const entries = [...container];
    container.clear();
    for (const [key, item] of entries) container.set(look(key), look(item));
  } else if (container instanceof Set) {
    const members = [...container];
    container.clear();
    for (const member of members) container.add(look(member));
  }
  return container;
}
