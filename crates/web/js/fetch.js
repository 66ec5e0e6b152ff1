// fetch() (https://fetch.spec.whatwg.org/#fetch-method), with the redirect rules of Workers.
//
// `fetchThrough(send, input, init)` is fetch() over any transport: a stub's fetch() passes a `send` that reaches its
// object, and every hop of a redirect goes there again.
// `send(request)` takes what requestToHost (request.js) makes and resolves with what responseFromHost (response.js) takes
// (`url` and `redirected` are set here). When `request.signal` aborts, `send` should stop; fetch() does not wait for it.

import { op_body_cancel, op_data_url, op_fetch, op_fetch_abort, op_fetch_call, op_url_parse } from "holdfast:ops";
import { addAlgorithm, removeAlgorithm } from "./abort.js";
import { hostBodyKind, HOST } from "./body.js";
import { listDelete, listGet, sourceList } from "./headers.js";
import { failHostBody, whenHostBodyEnds } from "./host_body.js";
import { isRepeatable, requestForFetch, requestToHost } from "./request.js";
import { responseFromHost } from "./response.js";
import { argumentError, GLOBAL_SCOPE } from "./type_errors.js";
import { isObject } from "./webidl.js";

const REDIRECTS_MAX = 20;

const urlOffsets = new Uint32Array(12);

/** The global function. */
export async function fetch(input, init = undefined) {
  if (arguments.length < 1) throw argumentError("fetch", GLOBAL_SCOPE, 1, "Request or string");
  return start(sendToNetwork, "fetch", GLOBAL_SCOPE, input, init);
}

/** fetch() over another transport, for the method `fetch` of `interfaceName`. */
export async function fetchThrough(send, interfaceName, input, init) {
  return start(send, "fetch", interfaceName, input, init);
}

function start(send, method, interfaceName, input, init) {
  if (init !== undefined && init !== null && !isObject(init)) {
    throw argumentError(method, interfaceName, 2, "RequestInitializerDict or Request");
  }
  const request = requestForFetch(input, init);
  if (request.fetcher !== null && send === sendToNetwork) return request.fetcher.fetch(request);
  const outgoing = requestToHost(request);
  outgoing.url = withoutFragment(outgoing.url);
  if (send === sendToNetwork && outgoing.url.startsWith("data:")) return fetchData(outgoing);
  checkScheme(outgoing.url);
  return outgoing.signal === undefined ? follow(send, outgoing) : followUntilAborted(send, outgoing);
}

function withoutFragment(url) {
  const hash = url.indexOf("#");
  return hash < 0 ? url : url.slice(0, hash);
}

function checkScheme(url) {
  if (!url.startsWith("http:") && !url.startsWith("https:")) throw new TypeError(`Fetch API cannot load: ${url}`);
}

// --- redirects ------------------------------------------------------------------------------------

function isRedirect(status) {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

// "HTTP fetch", as far as redirects go. As Workers do, the headers of the request stay but for Authorization,
// which does not leave its origin.
async function follow(send, request) {
  const urls = [request.url];
  for (;;) {
    const response = await send(request);
    const location = request.redirect === "follow" && isRedirect(response.status)
      ? listGet(sourceList(response.headers), "location")
      : null;
    if (location === null) {
      response.url = request.url;
      response.redirected = urls.length > 1;
      return responseFromHost(response);
    }
    discard(response.body);
    redirect(request, response.status, location, urls);
  }
}

function discard(body) {
  if (hostBodyKind(body) === HOST) op_body_cancel(body);
}

// Makes `request` the one for the next hop.
function redirect(request, status, location, urls) {
  const target = op_url_parse(location, request.url, urlOffsets);
  if (target === undefined) throw new TypeError("Invalid Location header; unable to follow redirect.");
  const url = withoutFragment(target);
  checkScheme(url);
  urls.push(url);
  if (urls.length > REDIRECTS_MAX + 1) throw new TypeError(`Too many redirects.${urls.slice(0, -1).join(", ")}`);
  const { method } = request;
  const becomesGet = status === 303
    ? method !== "GET" && method !== "HEAD"
    : (status === 301 || status === 302) && method === "POST";
  if (becomesGet) {
    request.method = "GET";
    request.body = null;
  } else if (!isRepeatable(request.body)) {
    throw new TypeError(
      "A request with a one-time-use body (it was initialized from a stream, not a buffer) encountered a redirect " +
        "requiring the body to be retransmitted. To avoid this error in the future, construct this request from a " +
        "buffer-like body initializer.",
    );
  }
  if (origin(url) !== origin(request.url)) listDelete(request.headers, "authorization");
  request.url = url;
}

// Of an http(s) URL; credentials do not belong to it.
function origin(url) {
  const authorityStart = url.indexOf("//") + 2;
  let end = url.indexOf("/", authorityStart);
  if (end < 0) end = url.length;
  const authority = url.slice(authorityStart, end);
  return url.slice(0, authorityStart) + authority.slice(authority.lastIndexOf("@") + 1);
}

// --- abort ----------------------------------------------------------------------------------------

function followUntilAborted(send, request) {
  const { signal } = request;
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      discard(request.body);
      reject(signal.reason);
      return;
    }
    const abort = () => reject(signal.reason);
    addAlgorithm(signal, abort);
    const responded = (response) => {
      removeAlgorithm(signal, abort);
      resolve(response);
    };
    const failed = (error) => {
      removeAlgorithm(signal, abort);
      reject(error);
    };
    follow(bindBodyToSignal(send, signal), request).then(responded, failed);
  });
}

// A signal also ends a response whose body is still arriving.
function bindBodyToSignal(send, signal) {
  return async (request) => {
    const response = await send(request);
    const { body } = response;
    if (hostBodyKind(body) !== HOST) return response;
    if (signal.aborted) {
      failHostBody(body, signal.reason);
      return response;
    }
    // A signal may outlive thousands of responses that nobody reads to their end: it must not keep their bodies.
    const weak = new WeakRef(body);
    const abort = () => {
      const target = weak.deref();
      if (target !== undefined) failHostBody(target, signal.reason);
    };
    addAlgorithm(signal, abort);
    whenHostBodyEnds(body, () => removeAlgorithm(signal, abort));
    return response;
  };
}

// --- transports -----------------------------------------------------------------------------------

// What op_fetch resolves with: [status, status text, headers handle, body handle or null, WebSocket handle or null].
async function sendToNetwork(request) {
  const { signal, method, url, headers, body } = request;
  if (signal === undefined) return fromNetwork(await op_fetch(null, method, url, headers, body));
  const call = op_fetch_call();
  const abort = () => op_fetch_abort(call);
  addAlgorithm(signal, abort);
  try {
    return fromNetwork(await op_fetch(call, method, url, headers, body));
  } finally {
    removeAlgorithm(signal, abort);
  }
}

function fromNetwork(result) {
  const { 0: status, 1: statusText, 2: headers, 3: body, 4: webSocket } = result;
  return { status, statusText, headers, body, webSocket };
}

// https://fetch.spec.whatwg.org/#scheme-fetch, data:
function fetchData({ method, url }) {
  const data = op_data_url(url);
  if (data === undefined) throw new TypeError(`Fetch API cannot load: ${url}`);
  const { 0: type, 1: bytes } = data;
  const body = method === "GET" ? bytes : new Uint8Array(0);
  return responseFromHost({ status: 200, statusText: "OK", headers: ["content-type", type], body });
}
