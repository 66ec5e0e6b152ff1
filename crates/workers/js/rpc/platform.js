// The platform's own classes on their way to another context: taken apart there, and made anew here.

import { op_call_method, op_encode, op_rpc_dispose } from "holdfast:ops";
import { HOST, hostBodyKind, isUnusable } from "../../web/body.js";
import { blobBytes, blobType, Blob, bytesOfBuffer, createBlob, isBlob } from "../../web/blob.js";
import { DOMException } from "../../web/dom_exception.js";
import { awake, Headers, headerListOf, isHeaders } from "../../web/headers.js";
import { streamOfHost, streamToHost } from "../../web/host_body.js";
import { setHostFailure } from "../../web/host_handle.js";
import { isRequest, Request, requestToHost } from "../../web/request.js";
import { isResponse, Response, responseToHost } from "../../web/response.js";
import {
  createWritableStream, getInternalWriter, isReadableStream, isWritableStream, readableStreamIsDisturbed,
  readableStreamIsLocked, writableStreamIsLocked,
} from "../../web/streams/index.js";
import { RpcTarget } from "./target.js";

const { getPrototypeOf } = Object;

/** Headers of one message. */
const HEADERS_MAX = 1024;

/** Whether describePlatform() knows what to do with it. */
export function isPlatform(value) {
  return (
    isHeaders(value) || isRequest(value) || isResponse(value) || isReadableStream(value) || isWritableStream(value) ||
    (isBlob(value) && getPrototypeOf(value) === Blob.prototype)
  );
}

/**
 * What a platform object is made of, as data; undefined for everything else.
 * @param packing takes handles of the host: `handle(handle)` and `export(target, wantsDisposal)` give their numbers
 */
export function describePlatform(value, packing) {
  if (isHeaders(value)) return { kind: "headers", list: checked(headerListOf(value)) };
  if (isRequest(value)) return describeRequest(value, packing);
  if (isResponse(value)) return describeResponse(value, packing);
  if (isReadableStream(value)) return describeReadable(value, packing);
  if (isWritableStream(value)) return describeWritable(value, packing);
  if (isBlob(value) && getPrototypeOf(value) === Blob.prototype) {
    return { kind: "blob", bytes: blobBytes(value), type: blobType(value) };
  }
  return undefined;
}

export function revivePlatform(kind, handles) {
  switch (kind.kind) {
    case "headers":
      return awake(kind.list, false);
    case "request":
      return reviveRequest(kind, handles);
    case "response":
      return reviveResponse(kind, handles);
    case "readable":
      return receivedStream(handles[kind.at]);
    case "writable":
      return receivedWritable(handles[kind.at]);
    case "blob":
      return createBlob(kind.bytes, kind.type);
  }
  throw new TypeError(`no such kind of value: ${kind.kind}`);
}

function checked(list) {
  if (list.length > 2 * HEADERS_MAX) throw new TypeError("Headers with more than 1024 entries cannot be sent.");
  return list.slice();
}

function pairs(list) {
  const all = [];
  for (let i = 0; i < list.length; i += 2) all.push([list[i], list[i + 1]]);
  return all;
}

// --- messages -------------------------------------------------------------------------------------

// A body that is text or bytes is data; one that arrives over time is a handle.
function describeBody(body, packing) {
  if (hostBodyKind(body) !== HOST) return { data: body ?? null, at: -1 };
  return { data: null, at: packing.handle(body) };
}

function reviveBody({ data, at }, handles) {
  return at < 0 ? data : receivedStream(handles[at]);
}

const LOCKED = "The ReadableStream has been locked to a reader.";

function describeRequest(request, packing) {
  if (isUnusable(request)) throw new TypeError(LOCKED);
  const { method, url, headers, body, cf, redirect } = requestToHost(request);
  return { kind: "request", method, url, headers: checked(headers), cf, redirect, body: describeBody(body, packing) };
}

function reviveRequest({ method, url, headers, cf, redirect, body }, handles) {
  const init = { method, headers: pairs(headers), redirect, cf };
  const content = reviveBody(body, handles);
  if (content !== null) init.body = content;
  return new Request(url, init);
}

function describeResponse(response, packing) {
  if (response.webSocket !== null) {
    throw new DOMException(
      'Could not serialize object of type "WebSocket". This type does not support serialization.', "DataCloneError",
    );
  }
  if (isUnusable(response)) throw new TypeError(LOCKED);
  const { status, statusText, headers, body, cf, encodeBody } = responseToHost(response);
  const list = checked(headers);
  return { kind: "response", status, statusText, headers: list, cf, encodeBody, body: describeBody(body, packing) };
}

function reviveResponse({ status, statusText, headers, cf, encodeBody, body }, handles) {
  if (status === 0) return Response.error();
  const init = { status, statusText, headers: pairs(headers), encodeBody };
  if (cf !== undefined) init.cf = cf;
  return new Response(reviveBody(body, handles), init);
}

// --- readable streams -----------------------------------------------------------------------------

function describeReadable(stream, packing) {
  if (readableStreamIsLocked(stream)) throw new TypeError(LOCKED);
  if (readableStreamIsDisturbed(stream)) throw new TypeError("The ReadableStream has already been read from.");
  return { kind: "readable", at: packing.handle(streamToHost(stream)) };
}

function receivedStream(handle) {
  // Why it broke off stays at the sender.
  setHostFailure(handle, new Error("ReadableStream received over RPC disconnected prematurely."));
  return streamOfHost(handle);
}

// --- writable streams -----------------------------------------------------------------------------
//
// The stream stays where it is. What the other side gets writes to it by calls, one at a time, so that a slow sink
// slows the writer.

class WritableTarget extends RpcTarget {
  #writer;
  #isOver = false;

  constructor(writer) {
    super();
    this.#writer = writer;
  }

  // As in Workers, the sink gets an ArrayBuffer, whatever was written.
  write(bytes) {
    return this.#writer.write(bytes.buffer);
  }

  close() {
    this.#isOver = true;
    return this.#writer.close();
  }

  abort(reason) {
    this.#isOver = true;
    return this.#writer.abort(reason);
  }

  [Symbol.dispose]() {
    if (this.#isOver) return;
    this.#writer.abort(
      new Error("WritableStream received over RPC was disconnected because the remote execution context has ended."),
    ).then(undefined, () => {});
  }
}

function describeWritable(stream, packing) {
  if (writableStreamIsLocked(stream)) throw new TypeError("This WritableStream is currently locked to a writer.");
  return { kind: "writable", at: packing.export(new WritableTarget(getInternalWriter(stream)), true) };
}

const NOT_BYTES =
  "This TransformStream is being used as a byte stream, but received an object of non-ArrayBuffer/ArrayBufferView type " +
  "on its writable side. If you wish to write a string, you'll probably want to explicitly UTF-8-encode it with " +
  "TextEncoder.";

function receivedWritable(channel) {
  const operate = (name, args) => op_call_method(channel, [name], args, undefined, false, true);
  const end = async (name, args) => {
    try {
      await operate(name, args);
    } finally {
      op_rpc_dispose(channel);
    }
  };
  return createWritableStream({
    write(chunk) {
      const bytes = typeof chunk === "string" ? op_encode(chunk) : bytesOfBuffer(chunk);
      if (bytes === undefined) throw new TypeError(NOT_BYTES);
      return operate("write", [bytes.slice()]);
    },
    close: () => end("close", []),
    abort: (reason) => end("abort", [reason]),
  });
}
