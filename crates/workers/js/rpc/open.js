// Values that arrived from another context.

import { makeDOMException } from "../../web/dom_exception.js";
import { fillPlaces } from "../../web/places.js";
import { makeObjectClass } from "../object_class.js";
import { makeServiceStub } from "../stub.js";
import { revivePlatform } from "./platform.js";
import { makeStub } from "./remote.js";

const { defineProperty, keys: ObjectKeys } = Object;

/**
 * The value of a parcel that `pack` made.
 * @param handles what the parcel refers to, or undefined
 * @param {Array} channels takes the channels of the stubs in the value
 */
export function openParcel({ value, found, details, places, kinds }, handles, channels) {
  const revived = new Map();
  for (let i = 0; i < places.length; i++) revived.set(places[i], revive(kinds[i], handles, channels));
  if (places.length > 0) fillPlaces(details, revived);
  for (let i = 0; i < found.length; i++) {
    const { dom, name, message, properties } = details[i];
    if (dom) makeDOMException(found[i], name, message);
    else {
      for (const key of ObjectKeys(properties)) {
        defineProperty(found[i], key, { __proto__: null, value: properties[key], configurable: true, enumerable: true, writable: true });
      }
    }
  }
  if (places.length === 0) return value;
  return revived.get(value) ?? fillPlaces(value, revived);
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
    case "class":
      return makeObjectClass({ worker: kind.worker, name: kind.name, props: kind.props });
    default:
      return revivePlatform(kind, handles);
  }
}
