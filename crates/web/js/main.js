// Installs the Web platform on a global object.

import { AbortController, AbortSignal } from "./abort.js";
import { atob, btoa } from "./base64.js";
import { Blob } from "./blob.js";
import { Body } from "./body.js";
import { CloseEvent } from "./close_event.js";
import { console } from "./console.js";
import { Crypto, crypto, CryptoKey, SubtleCrypto } from "./crypto.js";
import { CustomEvent } from "./custom_event.js";
import { DOMException } from "./dom_exception.js";
import { TextDecoder, TextEncoder } from "./encoding.js";
import { ErrorEvent } from "./error_event.js";
import { install as installErrorStack } from "./error_stack.js";
import { Event } from "./event.js";
import { EventTarget, makeEventTarget } from "./event_target.js";
import { fetch } from "./fetch.js";
import { File } from "./file.js";
import { FormData } from "./form_data.js";
import { Headers } from "./headers.js";
import { MessageEvent } from "./message_event.js";
import { Navigator, navigator } from "./navigator.js";
import { Performance, performance } from "./performance.js";
import { PromiseRejectionEvent } from "./promise_rejection_event.js";
import { reportError } from "./report_error.js";
import { Request } from "./request.js";
import { Response } from "./response.js";
import * as streams from "./streams/index.js";
import { structuredClone } from "./structured_clone.js";
import { clearInterval, clearTimeout, queueMicrotask, Scheduler, scheduler, setInterval, setTimeout } from "./timers.js";
import { URL } from "./url.js";
import { URLSearchParams } from "./url_search_params.js";
import { WebSocket, WebSocketPair } from "./websocket/websocket.js";

const interfaces = {
  AbortController,
  AbortSignal,
  Blob,
  Body,
  ByteLengthQueuingStrategy: streams.ByteLengthQueuingStrategy,
  CloseEvent,
  CountQueuingStrategy: streams.CountQueuingStrategy,
  Crypto,
  CryptoKey,
  CustomEvent,
  DOMException,
  ErrorEvent,
  Event,
  EventTarget,
  File,
  FixedLengthStream: streams.FixedLengthStream,
  FormData,
  Headers,
  IdentityTransformStream: streams.IdentityTransformStream,
  MessageEvent,
  Navigator,
  Performance,
  PromiseRejectionEvent,
  ReadableByteStreamController: streams.ReadableByteStreamController,
  ReadableStream: streams.ReadableStream,
  ReadableStreamBYOBReader: streams.ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest: streams.ReadableStreamBYOBRequest,
  ReadableStreamDefaultController: streams.ReadableStreamDefaultController,
  ReadableStreamDefaultReader: streams.ReadableStreamDefaultReader,
  Request,
  Response,
  Scheduler,
  SubtleCrypto,
  TextDecoder,
  TextDecoderStream: streams.TextDecoderStream,
  TextEncoder,
  TextEncoderStream: streams.TextEncoderStream,
  TransformStream: streams.TransformStream,
  TransformStreamDefaultController: streams.TransformStreamDefaultController,
  URL,
  URLSearchParams,
  WebSocket,
  WebSocketPair,
  WritableStream: streams.WritableStream,
  WritableStreamDefaultController: streams.WritableStreamDefaultController,
  WritableStreamDefaultWriter: streams.WritableStreamDefaultWriter,
};

const functions = {
  atob,
  btoa,
  clearInterval,
  clearTimeout,
  fetch,
  queueMicrotask,
  reportError,
  setInterval,
  setTimeout,
  structuredClone,
};

const objects = { console, crypto, navigator, performance, scheduler };

/**
 * @param global the realm's global object
 * @param {(file: string, line: number, column: number) => string | undefined} mapPosition gives a position of the
 *   user's source for one of the code that runs; `undefined` where they are the same
 */
export function install(global, mapPosition) {
  const define = (name, value, enumerable) =>
    Object.defineProperty(global, name, { value, enumerable, writable: true, configurable: true });
  for (const [name, value] of Object.entries(interfaces)) define(name, value, false);
  for (const [name, value] of Object.entries(functions)) define(name, value, true);
  for (const [name, value] of Object.entries(objects)) define(name, value, true);
  define("self", global, true);
  define("origin", "null", true);
  Object.setPrototypeOf(global, EventTarget.prototype);
  makeEventTarget(global);
  installErrorStack(global, mapPosition);
}
