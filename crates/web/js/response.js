// Response (https://fetch.spec.whatwg.org/#response-class), with the members of Workers: `cf`, `webSocket`, `encodeBody`.
//
// For the code that moves responses between JavaScript and the host:
// - responseToHost(response) → { status, statusText, headers, body, webSocket, cf, encodeBody }: an outgoing response.
//   `headers` is a flat list [name, value, …]; `body` is null, a string, a Uint8Array or a body handle; the Response's
//   body is used from then on. `status` 0 is Response.error(). `encodeBody` is "automatic" (the host compresses the
//   body as Content-Encoding says) or "manual" (the Worker did).
// - responseFromHost({ status, statusText, headers, body, url, redirected, webSocket, cf }) → Response: a response that
//   arrived. `headers` is a handle (`op_headers_read`) or a flat list, `body` as above; missing members have their
//   defaults. Its headers are immutable.
// - isResponse(value): the brand check for what a handler returns.
// - setWebSocketClass(isWebSocket, fromHandle): told by the module that defines WebSocket.

import { op_url_parse } from "holdfast:ops";
import {
  Body, bodyHeaders, bodyToHost, BYTES, cloneBody, extractBody, headerSourceOf, hostBodyKind, NONE, TEXT,
  TEXT_TYPE,
} from "./body.js";
import { headerListFrom, listFirst, sourceList } from "./headers.js";
import { copyCf } from "./request.js";
import { defaultStatusText } from "./status_text.js";
import { argumentError, constructorArgumentError, fieldError } from "./type_errors.js";
import { defineInterface, isObject } from "./webidl.js";

const INIT = "InitializerDict";
const FROM_HOST = Symbol("host");
const FROM_PARTS = Symbol("parts");

/** What few responses have; the others share this object. */
const NO_EXTRAS = {
  url: "", redirected: false, type: "default", webSocket: null, cf: undefined, encodeBody: "automatic", immutable: false,
};

const urlOffsets = new Uint32Array(12);

let isWebSocket = () => false;
let socketFromHandle;

export function setWebSocketClass(brand, fromHandle) {
  isWebSocket = brand;
  socketFromHandle = fromHandle;
}

let isResponse, makeParts, toHost;

function isNullBodyStatus(status) {
  return status === 101 || status === 204 || status === 205 || status === 304;
}

function defaultParts() {
  return { status: 200, statusText: "OK", headers: null, extras: NO_EXTRAS, kind: NONE, source: null };
}

// The fields of a ResponseInit; headers become a list of the new response's own.
function partsFromInit(init, wrongType = constructorArgumentError) {
  if (!isObject(init)) throw wrongType("Response", 2, `${INIT} or Response`);
  const parts = defaultParts();
  const { cf, encodeBody, status, statusText, webSocket } = init;
  if (isResponse(init)) {
    // The same as reading `init.headers`, but for not waking that Headers object up.
    parts.headers = sourceList(headerSourceOf(init)).slice();
  } else {
    const { headers } = init;
    if (headers !== undefined) {
      parts.headers = headerListFrom(headers, () => fieldError("headers", INIT, "Headers or Sequence or object"));
    }
  }
  if (statusText !== undefined) {
    parts.statusText = `${statusText}`;
    if (/[\0\n\r]/.test(parts.statusText)) throw new TypeError("Invalid statusText");
  }
  const hasSocket = webSocket !== undefined && webSocket !== null;
  if (hasSocket && !isWebSocket(webSocket)) throw fieldError("webSocket", INIT, "WebSocket");
  if (cf !== undefined || encodeBody !== undefined || hasSocket) {
    parts.extras = { ...NO_EXTRAS };
    if (hasSocket) parts.extras.webSocket = webSocket;
    if (cf !== undefined) {
      if (!isObject(cf)) throw fieldError("cf", INIT, "Object");
      parts.extras.cf = copyCf(cf);
    }
    if (encodeBody !== undefined) {
      const mode = `${encodeBody}`;
      if (mode !== "automatic" && mode !== "manual") throw new TypeError(`encodeBody: unexpected value: ${mode}`);
      parts.extras.encodeBody = mode;
    }
  }
  if (status !== undefined) parts.status = Math.trunc(+status) || 0;
  checkStatus(parts.status, hasSocket);
  if (statusText === undefined) parts.statusText = defaultStatusText(parts.status);
  return parts;
}

function checkStatus(status, hasSocket) {
  if (hasSocket) {
    if (status !== 101) throw new RangeError("Responses with a WebSocket must have status code 101.");
  } else if (status < 200 || status > 599) {
    throw new RangeError("Responses may only be constructed with status codes in the range 200 to 599, inclusive.");
  }
}

// "Initialize a response", body part.
function addBody(parts, body) {
  const { kind, source, type } = extractBody(body);
  if (isNullBodyStatus(parts.status)) {
    // Workers let a body pass that is known to be empty, and drop it.
    if ((kind === TEXT || kind === BYTES) && source.length === 0) return;
    throw new TypeError("Response with null body status (101, 204, 205, or 304) cannot have a body.");
  }
  parts.kind = kind;
  parts.source = source;
  if (type !== null) {
    parts.headers ??= [];
    if (listFirst(parts.headers, "content-type") === undefined) parts.headers.push("content-type", type);
  }
}

function partsFrom(body, init) {
  const parts = init === undefined || init === null
    ? defaultParts()
    : partsFromInit(init);
  if (body !== undefined && body !== null) addBody(parts, body);
  return parts;
}

export class Response extends Body {
  #status;
  #statusText;
  #extras;

  constructor(body = null, init = undefined) {
    if (body === FROM_HOST) {
      super(hostBodyKind(init.body), init.body ?? null, init.headers);
      this.#status = init.status;
      this.#statusText = init.statusText ?? "";
      this.#extras = {
        url: init.url ?? "",
        redirected: init.redirected ?? false,
        type: "default",
        webSocket: init.webSocket ? socketFromHandle(init.webSocket) : null,
        cf: init.cf,
        encodeBody: "automatic",
        immutable: true,
      };
      return;
    }
    // The shortest way for the commonest response of all.
    if (typeof body === "string" && init === undefined) {
      super(TEXT, body, ["content-type", TEXT_TYPE]);
      this.#status = 200;
      this.#statusText = "OK";
      this.#extras = NO_EXTRAS;
      return;
    }
    const parts = body === FROM_PARTS ? init : partsFrom(body, init);
    super(parts.kind, parts.source, parts.headers ?? []);
    this.#status = parts.status;
    this.#statusText = parts.statusText;
    this.#extras = parts.extras;
  }

  static error() {
    const extras = { ...NO_EXTRAS, type: "error" };
    return new Response(FROM_PARTS, { status: 0, statusText: "", headers: null, extras, kind: NONE, source: null });
  }

  static redirect(url, status = 302) {
    if (arguments.length < 1) throw argumentError("redirect", "Response", 1, "string");
    const text = `${url}`;
    const location = op_url_parse(text, undefined, urlOffsets);
    if (location === undefined) throw new TypeError(`Unable to parse URL: ${text}`);
    const code = Math.trunc(+status) || 0;
    if (code !== 301 && code !== 302 && code !== 303 && code !== 307 && code !== 308) {
      throw new RangeError(`${code} is not a redirect status code. It must be one of: 301, 302, 303, 307, or 308.`);
    }
    return new Response(FROM_PARTS, {
      status: code,
      statusText: defaultStatusText(code),
      headers: ["location", location],
      extras: { ...NO_EXTRAS, immutable: true },
      kind: NONE,
      source: null,
    });
  }

  static json(data, init = undefined) {
    if (arguments.length < 1) throw argumentError("json", "Response", 1, "Value");
    // What JSON cannot express (undefined, functions) becomes the text "undefined", as in Workers.
    const text = `${JSON.stringify(data)}`;
    const parts = init === undefined || init === null
      ? defaultParts()
      : partsFromInit(init, (interfaceName, parameter, type) => argumentError("json", interfaceName, parameter, type));
    parts.headers ??= [];
    if (listFirst(parts.headers, "content-type") === undefined) parts.headers.push("content-type", "application/json");
    addBody(parts, text);
    return new Response(FROM_PARTS, parts);
  }

  clone() {
    if (this.#extras.webSocket !== null) throw new TypeError("Cannot clone a response to a WebSocket handshake.");
    const parts = makeParts(this);
    const { kind, source } = cloneBody(this);
    parts.kind = kind;
    parts.source = source;
    return new Response(FROM_PARTS, parts);
  }

  get status() {
    return this.#status;
  }

  get statusText() {
    return this.#statusText;
  }

  get headers() {
    return bodyHeaders(this, this.#extras.immutable);
  }

  get ok() {
    const status = this.#status;
    return status >= 200 && status <= 299;
  }

  get redirected() {
    return this.#extras.redirected;
  }

  get url() {
    return this.#extras.url;
  }

  get webSocket() {
    return this.#extras.webSocket;
  }

  get cf() {
    return this.#extras.cf;
  }

  get type() {
    return this.#extras.type;
  }

  static {
    isResponse = (value) => typeof value === "object" && value !== null && #status in value;
    makeParts = (response) => ({
      status: response.#status,
      statusText: response.#statusText,
      headers: sourceList(headerSourceOf(response)).slice(),
      extras: response.#extras.cf === undefined
        ? response.#extras
        : { ...response.#extras, cf: copyCf(response.#extras.cf) },
      kind: NONE,
      source: null,
    });
    toHost = (response) => {
      const extras = response.#extras;
      return {
        status: response.#status,
        statusText: response.#statusText,
        headers: sourceList(headerSourceOf(response)),
        body: bodyToHost(response),
        webSocket: extras.webSocket,
        cf: extras.cf,
        encodeBody: extras.encodeBody,
      };
    };
  }
}

defineInterface(Response);

export function responseFromHost(response) {
  return new Response(FROM_HOST, response);
}

/** What `new Response(body, response)` gives, for a body in one of the kinds of body.js. */
export function responseWithBody(response, kind, source) {
  const parts = partsFromInit(response);
  parts.kind = kind;
  parts.source = source;
  return new Response(FROM_PARTS, parts);
}

export { isResponse, toHost as responseToHost };
