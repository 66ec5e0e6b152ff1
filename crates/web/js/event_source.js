// EventSource (https://html.spec.whatwg.org/#server-sent-events), with what Workers have beside it: `from()` reads any
// stream, and `fetcher` goes through a binding.

import { AbortController } from "./abort.js";
import { refuseToClone } from "./clonable.js";
import { DOMException } from "./dom_exception.js";
import { ErrorEvent } from "./error_event.js";
import { Event } from "./event.js";
import { dispatchTrusted, EventTarget } from "./event_target.js";
import { EventStreamParser } from "./event_stream.js";
import { fetch } from "./fetch.js";
import { MessageEvent } from "./message_event.js";
import { PromisePrototypeThen, PromiseResolve } from "./primordials.js";
import { reportException } from "./report_error.js";
import { isReadableStream } from "./streams/index.js";
import { cancelPlatformTimer, startPlatformTimer } from "./timers.js";
import { argumentError, constructorArgumentError, fieldError } from "./type_errors.js";
import { URL } from "./url.js";
import { defineInterface, internalToken, isObject } from "./webidl.js";

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 2;

const RECONNECTION_MS = 2_000;
/** What a server may ask for is kept between these. */
const RECONNECTION_MS_MIN = 1_000;
const RECONNECTION_MS_MAX = 10_000;

/** The class of the event `open`. */
class OpenEvent extends Event {}
defineInterface(OpenEvent);

export class EventSource extends EventTarget {
  static from(stream) {
    if (!isReadableStream(stream)) throw argumentError("from", "EventSource", 1, "JsReadableStream");
    const source = new EventSource(internalToken);
    source.#readyState = OPEN;
    source.#read(stream);
    return source;
  }

  #url = null;
  #fetcher = null;
  #readyState = CONNECTING;
  #lastEventId = "";
  #reconnectionMs = RECONNECTION_MS;
  #controller = new AbortController();
  #reader = null;
  #timer = null;
  #onopen = null;
  #onmessage = null;
  #onerror = null;

  constructor(url, init = undefined) {
    if (arguments.length === 0) throw constructorArgumentError("EventSource", 1, "string");
    super();
    if (url === internalToken) return;
    const text = `${url}`;
    const { withCredentials, fetcher } = options(init);
    if (withCredentials) {
      throw new DOMException(
        "The init.withCredentials option is not supported. It must be false or undefined.",
        "NotSupportedError",
      );
    }
    if (!URL.canParse(text)) {
      throw new DOMException(`Cannot open an EventSource to '${text}'. The URL is invalid.`, "SyntaxError");
    }
    this.#url = new URL(text);
    this.#fetcher = fetcher ?? null;
    PromisePrototypeThen(PromiseResolve(undefined), () => this.#connect());
  }

  get url() {
    return this.#url === null ? "" : this.#url.href;
  }

  get withCredentials() {
    this.#url;
    return false;
  }

  get readyState() {
    return this.#readyState;
  }

  get onopen() {
    return this.#onopen;
  }

  set onopen(handler) {
    this.#onopen = isObject(handler) ? handler : null;
  }

  get onmessage() {
    return this.#onmessage;
  }

  set onmessage(handler) {
    this.#onmessage = isObject(handler) ? handler : null;
  }

  get onerror() {
    return this.#onerror;
  }

  set onerror(handler) {
    this.#onerror = isObject(handler) ? handler : null;
  }

  close() {
    this.#stop(undefined);
  }

  [Symbol.dispose]() {
    this.#stop(undefined);
  }

  #stop(reason) {
    if (this.#readyState === CLOSED) return;
    this.#readyState = CLOSED;
    if (this.#timer !== null) cancelPlatformTimer(this.#timer);
    this.#controller.abort(reason);
    const reader = this.#reader;
    this.#reader = null;
    if (reader !== null) PromisePrototypeThen(reader.cancel(reason), undefined, () => {});
  }

  // "Fail the connection".
  #fail(error) {
    if (this.#readyState === CLOSED) return;
    this.#stop(error);
    this.#fireError(error);
  }

  #fireError(error) {
    this.#fire(new ErrorEvent("error", { error }));
  }

  #fire(event) {
    try {
      dispatchTrusted(this, event);
    } catch (error) {
      reportException(error);
    }
  }

  async #connect() {
    if (this.#readyState !== CONNECTING) return;
    let response;
    try {
      response = await this.#request();
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.#readyState !== CONNECTING) return;
    const problem = refusal(response);
    if (problem !== undefined) {
      this.#fail(new DOMException(problem, "AbortError"));
      return;
    }
    this.#readyState = OPEN;
    this.#fire(new OpenEvent("open"));
    if (this.#readyState !== OPEN) return;
    // The origin of the events is where the stream came from in the end.
    await this.#read(response.body, new URL(response.url || this.#url.href).origin);
  }

  #request() {
    const headers = { accept: "text/event-stream", "cache-control": "no-cache" };
    if (this.#lastEventId !== "") headers["last-event-id"] = this.#lastEventId;
    const init = { headers, signal: this.#controller.signal };
    return this.#fetcher === null ? fetch(this.#url.href, init) : this.#fetcher.fetch(this.#url.href, init);
  }

  async #read(stream, origin = null) {
    const parser = new EventStreamParser({
      event: (type, data, lastEventId) => {
        if (this.#readyState === OPEN) this.#fire(new MessageEvent(type, { data, origin, lastEventId }));
      },
      id: (lastEventId) => {
        this.#lastEventId = lastEventId;
      },
      retry: (ms) => {
        this.#reconnectionMs = Math.min(Math.max(ms, RECONNECTION_MS_MIN), RECONNECTION_MS_MAX);
      },
    }, this.#lastEventId);
    try {
      if (stream !== null) await this.#feed(parser, stream);
    } catch (error) {
      if (this.#url === null) {
        this.#fail(error);
        return;
      }
    }
    this.#reader = null;
    if (this.#readyState !== CLOSED) this.#disconnected();
  }

  async #feed(parser, stream) {
    const reader = stream.getReader();
    this.#reader = reader;
    for (;;) {
      const { done, value } = await reader.read();
      if (done || this.#readyState !== OPEN) return;
      parser.push(value);
    }
  }

  // "Reestablish the connection"; a stream that was given cannot be had again.
  #disconnected() {
    const error = new Error("The server disconnected.");
    if (this.#url === null) {
      this.#fail(error);
      return;
    }
    this.#readyState = CONNECTING;
    this.#fireError(error);
    if (this.#readyState !== CONNECTING) return;
    this.#timer = startPlatformTimer(this.#reconnectionMs, () => {
      this.#timer = null;
      this.#connect();
    });
  }
}

function options(init) {
  if (init === undefined || init === null) return {};
  if (!isObject(init)) throw constructorArgumentError("EventSource", 2, "EventSourceInit");
  const { fetcher } = init;
  if (fetcher !== undefined && fetcher !== null && typeof fetcher.fetch !== "function") {
    throw fieldError("fetcher", "EventSourceInit", "Fetcher");
  }
  return init;
}

/** Why a response is no stream of events, if it is none. */
function refusal(response) {
  if (response.status !== 200) return `The response status code was ${response.status}.`;
  const type = response.headers.get("content-type");
  if (type === null) return "No content type header was present in the response.";
  if (type.split(";")[0].trim().toLowerCase() !== "text/event-stream") return `The content type '${type}' is invalid.`;
  return undefined;
}

defineInterface(EventSource, { constants: { CONNECTING, OPEN, CLOSED } });
refuseToClone(EventSource);
