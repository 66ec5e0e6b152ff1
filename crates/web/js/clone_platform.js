// Copies of values that hold platform objects: structuredClone() and message ports. The engine's structured clone knows
// nothing of private fields; see places.js.

import { op_structured_clone } from "holdfast:ops";
import { blobBytes, blobType, createBlob, isBlob } from "./blob.js";
import { holdsPlatformObjects } from "./clonable.js";
import { DOMException, isDOMException } from "./dom_exception.js";
import { copyHeaders, isHeaders } from "./headers.js";
import { copyWithPlaces, openPlaces } from "./places.js";
import { isRequest, Request, requestToHost } from "./request.js";
import { isResponse, Response } from "./response.js";

const { defineProperty } = Object;

/**
 * "StructuredSerializeWithTransfer" and "StructuredDeserializeWithTransfer".
 * @param {boolean} shared whether a SharedArrayBuffer has a copy, which is another one over the same memory
 */
export function cloneValue(value, transfer, shared = true) {
  if (!holdsPlatformObjects(value)) return op_structured_clone(value, transfer, shared);
  const { parcel, made } = copyWithPlaces(value, copyPlatform);
  return openPlaces(op_structured_clone(parcel, transfer, shared), made);
}

/** A copy of a platform object; undefined for everything else. */
function copyPlatform(value) {
  if (isHeaders(value)) return copyHeaders(value);
  if (isBlob(value)) return createBlob(blobBytes(value), blobType(value));
  if (isDOMException(value)) return copyDOMException(value);
  if (isRequest(value)) return copyRequest(value);
  if (isResponse(value)) return copyResponse(value);
  return undefined;
}

function copyDOMException(exception) {
  const copy = new DOMException(exception.message, exception.name);
  defineProperty(copy, "stack", { value: exception.stack, writable: true, configurable: true });
  return copy;
}

/** What has no copy. */
function refuse(message) {
  return new DOMException(message, "DataCloneError");
}

const STREAM = "ReadableStream can only be serialized for RPC.";

export function copyRequest(request) {
  if (request.body !== null) throw refuse(STREAM);
  const { method, url, cf, redirect, signal } = requestToHost(request);
  if (signal !== undefined) throw refuse("AbortSignal serialization is not enabled.");
  const { cache, headers } = request;
  return new Request(url, { method, headers, cf, redirect, cache });
}

export function copyResponse(response) {
  if (response.webSocket !== null) {
    throw refuse('Could not serialize object of type "WebSocket". This type does not support serialization.');
  }
  if (response.body !== null) throw refuse(STREAM);
  const { cf, headers, status, statusText } = response;
  if (status === 0) return Response.error();
  return new Response(null, { status, statusText, headers, cf });
}
