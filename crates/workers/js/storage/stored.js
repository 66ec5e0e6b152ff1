// Platform objects in storage: what is stored in their place, and how they are made anew.
//
// A value that holds any is stored as an array that begins with a mark. A program's own array that begins so is wrapped
// as well, so that nothing which it stores is ever taken for ours.

import { blobBytes, blobType, createBlob, isBlob } from "../../web/blob.js";
import { checkClonable, holdsPlatformObjects } from "../../web/clonable.js";
import { copyRequest, copyResponse } from "../../web/clone_platform.js";
import { DOMException, isDOMException } from "../../web/dom_exception.js";
import { headerListOf, Headers, isHeaders } from "../../web/headers.js";
import { copyWithPlaces, openPlaces } from "../../web/places.js";
import { isRequest, Request } from "../../web/request.js";
import { isResponse, Response } from "../../web/response.js";

const { defineProperty } = Object;
const { isArray } = Array;

const MARK = "holdfast: platform objects";

/** What to store of a value. @throws {DOMException} DataCloneError */
export function toStored(value) {
  if (typeof value === "function") checkClonable(value);
  if (!holdsPlatformObjects(value)) {
    return isArray(value) && value[0] === MARK ? [MARK, { value, places: [], errors: [], properties: [] }, []] : value;
  }
  const { parcel, made } = copyWithPlaces(value, describe);
  return [MARK, parcel, made];
}

/** The value of what was stored. */
export function fromStored(stored) {
  if (!isArray(stored) || stored[0] !== MARK) return stored;
  const { 1: parcel, 2: kinds } = stored;
  return openPlaces(parcel, kinds.map(revive));
}

function pairs(headers) {
  const list = headerListOf(headers);
  const all = [];
  for (let i = 0; i < list.length; i += 2) all.push([list[i], list[i + 1]]);
  return all;
}

function describe(value) {
  if (isHeaders(value)) return { kind: "headers", list: pairs(value) };
  if (isBlob(value)) return { kind: "blob", bytes: blobBytes(value), type: blobType(value) };
  if (isDOMException(value)) {
    return { kind: "exception", message: value.message, name: value.name, stack: value.stack };
  }
  if (isRequest(value)) {
    const { url, method, redirect, cache, cf, headers } = copyRequest(value);
    return { kind: "request", url, init: { method, redirect, cache, cf, headers: pairs(headers) } };
  }
  if (isResponse(value)) {
    const { status, statusText, cf, headers } = copyResponse(value);
    return { kind: "response", init: { status, statusText, cf, headers: pairs(headers) } };
  }
  return undefined;
}

function revive({ kind, ...parts }) {
  switch (kind) {
    case "headers":
      return new Headers(parts.list);
    case "blob":
      return createBlob(parts.bytes, parts.type);
    case "exception": {
      const exception = new DOMException(parts.message, parts.name);
      defineProperty(exception, "stack", { __proto__: null, value: parts.stack, writable: true, configurable: true });
      return exception;
    }
    case "request":
      return new Request(parts.url, parts.init);
    case "response":
      return parts.init.status === 0 ? Response.error() : new Response(null, parts.init);
  }
  throw new TypeError(`A stored object is of the kind "${kind}", which this version of Holdfast does not know.`);
}
