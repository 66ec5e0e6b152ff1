// Installs the Web platform on a global object.

import { AbortController, AbortSignal } from "./abort.js";
import { atob, btoa } from "./base64.js";
import { Blob } from "./blob.js";
import { Body } from "./body.js";
import { Cache, caches, CacheStorage } from "./cache.js";
import { CloseEvent } from "./close_event.js";
import { makeCloudflare } from "./cloudflare.js";
import { enabled } from "./compat.js";
import { CompressionStream, DecompressionStream } from "./compression_stream.js";
import { console } from "./console.js";
import { Crypto, crypto, CryptoKey, SubtleCrypto } from "./crypto/crypto.js";
import { CustomEvent } from "./custom_event.js";
import { DOMException } from "./dom_exception.js";
import { TextDecoder, TextEncoder } from "./encoding.js";
import { ErrorEvent } from "./error_event.js";
import { install as installErrorStack } from "./error_stack.js";
import { Event } from "./event.js";
import { EventSource } from "./event_source.js";
import { EventTarget, makeEventTarget } from "./event_target.js";
import { ExtendableEvent, FetchEvent, ScheduledEvent, TailEvent } from "./extendable_events.js";
import { fetch } from "./fetch.js";
import { File } from "./file.js";
import { FormData } from "./form_data.js";
import { expose, exposeFunctions, ServiceWorkerGlobalScope, WorkerGlobalScope } from "./global_scope.js";
import { Headers } from "./headers.js";
import { HTMLRewriter } from "./html_rewriter/html_rewriter.js";
import { MessageChannel, MessagePort } from "./message_channel.js";
import { MessageEvent } from "./message_event.js";
import { addLanguage, Navigator, navigator } from "./navigator.js";
import { keepClockOnly, Performance, performance } from "./performance.js";
import {
  PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceResourceTiming,
} from "./performance_entries.js";
import { PerformanceObserver, PerformanceObserverEntryList } from "./performance_timeline.js";
import { PromiseRejectionEvent } from "./promise_rejection_event.js";
import { reportError } from "./report_error.js";
import { Request } from "./request.js";
import { Response } from "./response.js";
import * as streams from "./streams/index.js";
import { structuredClone } from "./structured_clone.js";
import { clearInterval, clearTimeout, queueMicrotask, scheduler, setInterval, setTimeout } from "./timers.js";
import { URL } from "./url.js";
import { URLPattern } from "./url_pattern.js";
import { URLSearchParams } from "./url_search_params.js";
import { install as installWebAssembly } from "./web_assembly.js";
import { WebSocket, WebSocketPair } from "./websocket/websocket.js";

const interfaces = {
  AbortController,
  AbortSignal,
  Blob,
  Body,
  Cache,
  CacheStorage,
  ByteLengthQueuingStrategy: streams.ByteLengthQueuingStrategy,
  CloseEvent,
  CompressionStream,
  CountQueuingStrategy: streams.CountQueuingStrategy,
  Crypto,
  CryptoKey,
  CustomEvent,
  DecompressionStream,
  DOMException,
  ErrorEvent,
  Event,
  EventSource,
  ExtendableEvent,
  FetchEvent,
  File,
  FixedLengthStream: streams.FixedLengthStream,
  FormData,
  Headers,
  HTMLRewriter,
  IdentityTransformStream: streams.IdentityTransformStream,
  MessageEvent,
  PromiseRejectionEvent,
  ReadableByteStreamController: streams.ReadableByteStreamController,
  ReadableStream: streams.ReadableStream,
  ReadableStreamBYOBReader: streams.ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest: streams.ReadableStreamBYOBRequest,
  ReadableStreamDefaultController: streams.ReadableStreamDefaultController,
  ReadableStreamDefaultReader: streams.ReadableStreamDefaultReader,
  Request,
  Response,
  ScheduledEvent,
  SubtleCrypto,
  TailEvent,
  TextDecoder,
  TextDecoderStream: streams.TextDecoderStream,
  TextEncoder,
  TextEncoderStream: streams.TextEncoderStream,
  TraceEvent: TailEvent,
  TransformStream: streams.TransformStream,
  TransformStreamDefaultController: streams.TransformStreamDefaultController,
  URL,
  URLPattern,
  URLSearchParams,
  WebSocket,
  WebSocketPair,
  WritableStream: streams.WritableStream,
  WritableStreamDefaultController: streams.WritableStreamDefaultController,
  WritableStreamDefaultWriter: streams.WritableStreamDefaultWriter,
};

/** Interfaces that are there only with a compatibility flag. */
const flagged = {
  expose_global_message_channel: { MessageChannel, MessagePort },
  enable_global_performance_classes: {
    Performance,
    PerformanceEntry,
    PerformanceMark,
    PerformanceMeasure,
    PerformanceObserver,
    PerformanceObserverEntryList,
    PerformanceResourceTiming,
  },
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

const objects = { caches, crypto, performance, scheduler };

/** Defines properties that programs may replace. */
function define(object, values) {
  for (const name in values) {
    Object.defineProperty(object, name, { value: values[name], enumerable: true, writable: true, configurable: true });
  }
}

/**
 * @param global the realm's global object
 * @param {(file: string, line: number, column: number) => string | undefined} mapPosition gives a position of the
 *   user's source for one of the code that runs; `undefined` where they are the same
 */
export function install(global, mapPosition) {
  define(WorkerGlobalScope.prototype, { EventTarget });
  Object.defineProperty(global, "EventTarget", { value: EventTarget, writable: true, configurable: true });
  expose(global, { ...interfaces, WorkerGlobalScope });
  for (const flag in flagged) if (enabled(flag)) expose(global, flagged[flag]);
  exposeFunctions(global, functions);
  define(global, { ServiceWorkerGlobalScope, ...objects, Cloudflare: makeCloudflare(), self: global });
  if (enabled("global_navigator")) {
    expose(global, { Navigator });
    define(global, { navigator });
  }
  if (enabled("enable_navigator_language")) addLanguage();
  if (!enabled("enable_global_performance_classes")) keepClockOnly();
  Object.defineProperty(global, "console", { value: console, writable: true, configurable: true });
  Object.defineProperty(global, "origin", { value: "null", enumerable: true, configurable: true });
  Object.setPrototypeOf(global, ServiceWorkerGlobalScope.prototype);
  makeEventTarget(global);
  installWebAssembly();
  installErrorStack(global, mapPosition);
}
