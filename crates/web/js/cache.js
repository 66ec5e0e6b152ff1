// The Cache API (https://developers.cloudflare.com/workers/runtime-apis/cache/), as much of the standard's as Workers have.
//
// Which responses are kept and what a request gets of one decides the host (src/cache); here are the rules that throw.

import { op_cache_delete, op_cache_match, op_cache_put } from "holdfast:ops";
import { bodyKind, bodySource, headerSourceOf, STREAM } from "./body.js";
import { console } from "./console.js";
import { sourceList } from "./headers.js";
import { isRequest, Request } from "./request.js";
import { isResponse, responseFromHost, responseToHost } from "./response.js";
import { readableStreamIsDisturbed, readableStreamIsLocked } from "./streams/index.js";
import { argumentError } from "./type_errors.js";
import { defineInterface, DOMString, illegalConstructor, internalToken, isObject } from "./webidl.js";

const NULL_BODY_STATUS = 304;

// The request of the first argument, which may be a URL.
function requestFrom(args, method) {
  if (args.length < 1) throw argumentError(method, "Cache", 1, "Request or string");
  const { 0: input } = args;
  return isRequest(input) ? input : new Request(input);
}

function ignoresMethod(options, method) {
  if (options === undefined || options === null) return false;
  if (!isObject(options)) throw argumentError(method, "Cache", 2, "CacheQueryOptions");
  return !!options.ignoreMethod;
}

// What a response is kept under.
function keyOf(request) {
  const { url } = request;
  if (!url.startsWith("http://") && !url.startsWith("https://")) {
    throw new TypeError("Invalid URL. Cache API keys must be fully-qualified, valid URLs.");
  }
  const key = request.cf?.cacheKey;
  if (key !== undefined && key !== null) return `${key}`;
  const hash = url.indexOf("#");
  return hash < 0 ? url : url.slice(0, hash);
}

function isLocked(response) {
  if (bodyKind(response) !== STREAM) return false;
  const stream = bodySource(response);
  return readableStreamIsLocked(stream) && !readableStreamIsDisturbed(stream);
}

function varies(headers) {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === "vary" && headers[i + 1].includes("*")) return true;
  }
  return false;
}

function notImplemented(method, interfaceName) {
  return new Error(`Failed to execute '${method}' on '${interfaceName}': the method is not implemented.`);
}

export class Cache {
  // What the host knows it by.
  #name;

  constructor(token, name) {
    if (token !== internalToken) throw illegalConstructor();
    this.#name = name;
  }

  async put(request, response) {
    if (!isResponse(response)) throw argumentError("put", "Cache", 2, "Response");
    const target = requestFrom(arguments, "put");
    const name = this.#name;
    if (target.method !== "GET") throw new TypeError("Cannot cache response to non-GET request.");
    if (response.type === "error") throw new TypeError("Cache is unable to store an error response");
    const { status } = response;
    if (status === 206) throw new TypeError("Cannot cache response to a range request (206 Partial Content).");
    if (varies(sourceList(headerSourceOf(response)))) throw new TypeError("Cannot cache response with 'Vary: *' header.");
    if (status === NULL_BODY_STATUS) {
      console.warn(
        "Ignoring attempt to Cache.put() a 304 status response. 304 responses are not meaningful to cache, and a potential " +
          "source of bugs. Consider validating that the response status is meaningful to cache before calling Cache.put().",
      );
      return;
    }
    if (response.webSocket !== null) {
      throw new TypeError(
        "Worker tried to return a WebSocket in a response to a request which did not contain the header \"Upgrade: websocket\".",
      );
    }
    if (isLocked(response)) throw new TypeError("The ReadableStream has been locked to a reader.");
    const key = keyOf(target);
    const { statusText, headers, body, encodeBody } = responseToHost(response);
    await op_cache_put(name, key, status, statusText, headers, body, encodeBody === "manual");
  }

  async match(request, options = undefined) {
    const target = requestFrom(arguments, "match");
    const name = this.#name;
    if (!ignoresMethod(options, "match") && target.method !== "GET") return undefined;
    const hit = await op_cache_match(name, keyOf(target), sourceList(headerSourceOf(target)));
    if (hit === null) return undefined;
    const { 0: status, 1: statusText, 2: headers, 3: body } = hit;
    return responseFromHost({ status, statusText, headers, body });
  }

  async delete(request, options = undefined) {
    const target = requestFrom(arguments, "delete");
    const name = this.#name;
    if (!ignoresMethod(options, "delete") && target.method !== "GET") return false;
    return op_cache_delete(name, keyOf(target));
  }

  add() {
    void this.#name; // whose method it is comes first
    throw notImplemented("add", "Cache");
  }

  addAll() {
    void this.#name; // whose method it is comes first
    throw notImplemented("addAll", "Cache");
  }

  matchAll() {
    void this.#name; // whose method it is comes first
    throw notImplemented("matchAll", "Cache");
  }

  keys() {
    void this.#name; // whose method it is comes first
    throw notImplemented("keys", "Cache");
  }
}

defineInterface(Cache);

export class CacheStorage {
  #default = new Cache(internalToken, "default");

  constructor(token) {
    if (token !== internalToken) throw illegalConstructor();
    // As in Workers, where it is a property of the object itself.
    Object.defineProperty(this, "default", {
      value: this.#default,
      enumerable: true,
      configurable: true,
    });
  }

  async open(cacheName) {
    if (arguments.length < 1) throw argumentError("open", "CacheStorage", 1, "string");
    return new Cache(internalToken, `named:${DOMString(cacheName)}`);
  }

  has() {
    void this.#default;
    throw notImplemented("has", "CacheStorage");
  }

  delete() {
    void this.#default;
    throw notImplemented("delete", "CacheStorage");
  }

  keys() {
    void this.#default;
    throw notImplemented("keys", "CacheStorage");
  }

  match() {
    void this.#default;
    throw notImplemented("match", "CacheStorage");
  }
}

defineInterface(CacheStorage);

export const caches = new CacheStorage(internalToken);
