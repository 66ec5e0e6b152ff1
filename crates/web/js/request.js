// Request (https://fetch.spec.whatwg.org/#request-class), with the members and the rules of Workers: no modes, credentials
// or referrers; `cf`, `fetcher`.
//
// For the code that moves requests between JavaScript and the host:
// - requestFromHost({ method, url, headers, body, cf, signal }) → Request: an incoming request. `headers` is a handle
//   (`op_headers_read`) or a flat list; `body` is null, a string, a Uint8Array or a body handle. Nothing of either is
//   read before the Worker asks. Its headers are immutable and its redirect mode is "manual".
// - requestToHost(request) → { method, url, headers, body, cf, redirect, signal }: an outgoing request. `headers` is a flat
//   list, `body` as above; the Request's body is used from then on. A body that is a handle can be sent once,
//   a string or Uint8Array any number of times. `signal` is an AbortSignal or undefined.

import { op_url_parse } from "holdfast:ops";
import { createSignal, isSignal } from "./abort.js";
import {
  Body, bodyHeaders, bodyKind, bodyToHost, BYTES, cloneBody, extractBody, headerSourceOf, hostBodyKind,
  isUnusable, moveBody, NONE, TEXT,
} from "./body.js";
import { headerListFrom, listFirst, sourceList } from "./headers.js";
import { LOCAL_CF, makeLocalCf } from "./local_cf.js";
import { constructorArgumentError, fieldError } from "./type_errors.js";
import { defineInterface, isObject } from "./webidl.js";

const INIT = "RequestInitializerDict";
const FROM_HOST = Symbol("host");
const FROM_PARTS = Symbol("parts");

const METHODS = new Set([
  "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "PURGE", "OPTIONS", "TRACE", "COPY", "LOCK", "MKCOL", "MOVE", "PROPFIND",
  "PROPPATCH", "SEARCH", "UNLOCK", "ACL", "REPORT", "MKACTIVITY", "CHECKOUT", "MERGE", "MSEARCH", "NOTIFY", "SUBSCRIBE",
  "UNSUBSCRIBE", "QUERY",
]);

const urlOffsets = new Uint32Array(12);

function parseUrl(input) {
  const url = op_url_parse(input, undefined, urlOffsets);
  if (url === undefined) throw new TypeError(`Invalid URL: ${input}`);
  return url;
}

function normalizeMethod(value) {
  const method = `${value}`;
  if (METHODS.has(method)) return method;
  const upper = method.toUpperCase();
  if (!METHODS.has(upper)) throw new TypeError(`Invalid HTTP method string: ${method}`);
  return upper;
}

function normalizeRedirect(value) {
  const mode = `${value}`;
  if (mode !== "follow" && mode !== "manual") {
    throw new TypeError(
      'Invalid redirect value, must be one of "follow" or "manual" ("error" won\'t be implemented since it does not make ' +
        'sense at the edge; use "manual" and check the response status code).',
    );
  }
  return mode;
}

function normalizeCache(value) {
  const mode = `${value}`;
  if (mode !== "no-store" && mode !== "no-cache") throw new TypeError(`Unsupported cache mode: ${mode}`);
  return mode;
}

/** A `cf` object is data: what JSON keeps of it, at this moment. */
export function copyCf(cf) {
  return cf === undefined ? undefined : JSON.parse(JSON.stringify(cf));
}

let isRequest, makeParts, toHost;

/** What few requests have; most share one empty object. */
const NO_EXTRAS = { redirect: "follow", cache: undefined, cf: undefined, fetcher: null };
const INCOMING = { redirect: "manual", cache: undefined, cf: undefined, fetcher: null };
const FROM_EDGE = { ...INCOMING, cf: LOCAL_CF };

// The steps of the constructor, before there is an object: everything that it is made of.
function partsFrom(input, init) {
  let parts;
  if (isRequest(input)) {
    parts = makeParts(input);
    parts.from = input;
  } else {
    parts = {
      method: "GET", url: parseUrl(`${input}`), headers: null, signal: undefined, extras: NO_EXTRAS, kind: NONE,
      source: null, from: null,
    };
  }
  let namesMethod = false;
  if (init !== undefined && init !== null) {
    if (!isObject(init)) throw constructorArgumentError("Request", 2, `${INIT} or Request`);
    namesMethod = applyInit(init, parts);
  }
  const { from } = parts;
  if (from !== null) {
    if (isUnusable(from)) throw new TypeError("Cannot reconstruct a Request with a used body.");
    if (bodyKind(from) !== NONE) {
      // A client's GET may have a body, and then has it in copies that are a GET because it was one.
      if (namesMethod) mayHaveBody(parts.method);
      const moved = moveBody(from);
      parts.kind = moved.kind;
      parts.source = moved.source;
    }
  }
  return parts;
}

function mayHaveBody(method) {
  if (method === "GET" || method === "HEAD") throw new TypeError("Request with a GET or HEAD method cannot have a body.");
}

/** Gives whether `init` says which method it is to be; another request only passes its own on. */
function applyInit(init, parts) {
  const isCopy = isRequest(init);
  const { body, cache, cf, fetcher, headers, integrity, method, redirect, signal } = init;
  if (method !== undefined) parts.method = normalizeMethod(method);
  if (headers !== undefined) {
    parts.headers = headerListFrom(headers, () => fieldError("headers", INIT, "Headers or Sequence or object"));
  }
  if (integrity !== undefined && `${integrity}` !== "") {
    throw new TypeError(
      "Subrequest integrity checking is not implemented. The integrity option must be either undefined or an empty string.",
    );
  }
  if (signal !== undefined) {
    if (signal !== null && !isSignal(signal)) throw fieldError("signal", INIT, "AbortSignal");
    parts.signal = signal === null ? undefined : signal;
  }
  if (redirect !== undefined || cache !== undefined || cf !== undefined || fetcher !== undefined) {
    const extras = { ...parts.extras };
    if (redirect !== undefined) extras.redirect = normalizeRedirect(redirect);
    if (cache !== undefined) extras.cache = normalizeCache(cache);
    if (cf !== undefined) {
      if (!isObject(cf)) throw fieldError("cf", INIT, "Object");
      extras.cf = copyCf(cf);
    }
    if (fetcher !== undefined) {
      if (fetcher !== null && typeof fetcher.fetch !== "function") throw fieldError("fetcher", INIT, "Fetcher");
      extras.fetcher = fetcher;
    }
    parts.extras = extras;
  }
  const namesMethod = method !== undefined && !isCopy;
  if (body === undefined) return namesMethod;
  // The body of the Request that this one is made from stays with it.
  parts.from = null;
  if (body === null) return namesMethod;
  if (!isCopy) mayHaveBody(parts.method);
  const { kind, source, type } = extractBody(body);
  parts.kind = kind;
  parts.source = source;
  if (type !== null) {
    parts.headers ??= [];
    if (listFirst(parts.headers, "content-type") === undefined) parts.headers.push("content-type", type);
  }
  return namesMethod;
}

export class Request extends Body {
  #method;
  #url;
  /** @type {AbortSignal | undefined} made when first asked for, if none was given */
  #signal;
  #extras;
  #immutable;

  constructor(input, init = undefined) {
    if (input === FROM_HOST) {
      super(hostBodyKind(init.body), init.body, init.headers);
      this.#method = init.method;
      this.#url = init.url;
      this.#signal = init.signal;
      this.#extras = incomingExtras(init.cf);
      this.#immutable = true;
      return;
    }
    if (arguments.length < 1) throw constructorArgumentError("Request", 1, "Request or string");
    const parts = input === FROM_PARTS ? init : partsFrom(input, init);
    super(parts.kind, parts.source, parts.headers ?? []);
    this.#method = parts.method;
    this.#url = parts.url;
    this.#signal = parts.signal;
    this.#extras = parts.extras;
    this.#immutable = false;
  }

  clone() {
    const parts = makeParts(this);
    const { kind, source } = cloneBody(this);
    parts.kind = kind;
    parts.source = source;
    return new Request(FROM_PARTS, parts);
  }

  get method() {
    return this.#method;
  }

  get url() {
    return this.#url;
  }

  get headers() {
    return bodyHeaders(this, this.#immutable);
  }

  get redirect() {
    return this.#extras.redirect;
  }

  get fetcher() {
    return this.#extras.fetcher;
  }

  get signal() {
    return (this.#signal ??= createSignal());
  }

  get cf() {
    if (this.#extras.cf === LOCAL_CF) this.#extras = { ...this.#extras, cf: makeLocalCf() };
    return this.#extras.cf;
  }

  get integrity() {
    this.#url;
    return "";
  }

  get keepalive() {
    this.#url;
    return false;
  }

  get cache() {
    return this.#extras.cache;
  }

  static {
    isRequest = (value) => typeof value === "object" && value !== null && #url in value;
    makeParts = (request) => ({
      method: request.#method,
      url: request.#url,
      headers: sourceList(headerSourceOf(request)).slice(),
      // A copy has the same signal, which must exist for that.
      signal: request.signal,
      extras: copyExtras(request.#extras),
      kind: NONE,
      source: null,
      from: null,
    });
    toHost = (request) => ({
      method: request.#method,
      url: request.#url,
      headers: sourceList(headerSourceOf(request)).slice(),
      body: bodyToHost(request),
      cf: request.#extras.cf,
      redirect: request.#extras.redirect,
      signal: request.#signal,
    });
  }
}

function incomingExtras(cf) {
  if (cf === undefined) return INCOMING;
  return cf === LOCAL_CF ? FROM_EDGE : { ...INCOMING, cf };
}

function copyExtras(extras) {
  return extras.cf === undefined ? extras : { ...extras, cf: copyCf(extras.cf) };
}

defineInterface(Request);

export function requestFromHost(request) {
  return new Request(FROM_HOST, request);
}

/** What fetch() makes of its arguments; a Request without init is used itself instead of copied. */
export function requestForFetch(input, init) {
  if (isRequest(input) && (init === undefined || init === null)) {
    if (isUnusable(input)) throw new TypeError("Cannot reconstruct a Request with a used body.");
    return input;
  }
  return new Request(input, init);
}

/** Whether a body given to the host can be sent again after a redirect. */
export function isRepeatable(hostBody) {
  const kind = hostBodyKind(hostBody);
  return kind === NONE || kind === TEXT || kind === BYTES;
}

export { isRequest, toHost as requestToHost };
