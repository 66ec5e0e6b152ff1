// Streams for the rest of the platform: made, read, written and taken apart without anything user code could observe.
// Users never see these functions. "Stream" means the public object everywhere in this file; it is not checked.

import { PromisePrototypeThen, PromiseReject, PromiseResolve, ReflectApply, ReflectGetOwnPropertyDescriptor,
  TypedArrayPrototypeGetByteLength } from "../primordials.js";
import { ByteController } from "./byte_controller_record.js";
import { invokeForPromise } from "./callbacks.js";
import { Deferred, markHandled, PromiseOnDemand, RESOLVED } from "./promises.js";
import { cancelByReader, cancelReadable, CLOSED, ERRORED, ReadableRecord, releaseReader } from "./readable_core.js";
import { DefaultController, startController } from "./readable_default_controller.js";
import { acquireDefaultReader, readFromReader } from "./readable_default_reader.js";
import { isReadableStream, readableRecord, ReadableStream, wrapReadable } from "./readable_stream.js";
import { teeReadable } from "./tee.js";
import { SinkController, startSinkController } from "./writable_controller.js";
import { abortWritable, closeWritable, WritableRecord } from "./writable_core.js";
import { wrapWritable, writableRecord } from "./writable_stream.js";
import { acquireWriter, releaseWriter, writeToWriter } from "./writable_writer.js";

// Options of the functions below are plain literals; what users put on Object.prototype is not an option.
function own(options, name) {
  return ReflectGetOwnPropertyDescriptor(options, name)?.value;
}

// --- making --------------------------------------------------------------------------------------

/** Source and sink algorithms made of optional functions, which may throw. */
class Algorithms {
  #options;
  #pull;
  #cancel;
  #write;
  #close;
  #abort;

  constructor(options) {
    this.#options = options;
    this.#pull = own(options, "pull");
    this.#cancel = own(options, "cancel");
    this.#write = own(options, "write");
    this.#close = own(options, "close");
    this.#abort = own(options, "abort");
  }

  pull(controller) {
    return this.#call(this.#pull, [controller]);
  }

  cancel(reason) {
    return this.#call(this.#cancel, [reason]);
  }

  write(chunk, controller) {
    return this.#call(this.#write, [chunk, controller]);
  }

  close(controller) {
    return this.#call(this.#close, [controller]);
  }

  abort(reason) {
    return this.#call(this.#abort, [reason]);
  }

  #call(algorithm, args) {
    return algorithm === undefined ? undefined : invokeForPromise(algorithm, this.#options, args);
  }
}

/**
 * A ReadableStream of arbitrary chunks (CreateReadableStream).
 *
 * `start(controller)` runs before this function returns and may throw; `pull(controller)` and `cancel(reason)` may
 * throw or return promises. `controller` has `enqueue(chunk)`, `close()`, `error(reason)`, `desiredSize` and
 * `canCloseOrEnqueue`. `size` undefined means that all chunks count 1; `highWaterMark` defaults to 1.
 */
export function createReadableStream(options) {
  const stream = new ReadableRecord();
  const highWaterMark = own(options, "highWaterMark") ?? 1;
  const controller = new DefaultController(stream, new Algorithms(options), highWaterMark, own(options, "size"));
  startController(controller, runStart(options, controller));
  return wrapReadable(stream);
}

/**
 * A readable byte stream that asks for one chunk at a time.
 *
 * `pull()` returns the next chunk — a Uint8Array that nobody else holds, over all of its buffer or a part — or null at
 * the end, or a promise of that; what it throws is the stream's error. It is not called again before its promise is
 * settled. `cancel(reason)` may throw or return a promise. `length` is the number of bytes to come, if known. Nothing
 * is read ahead unless `highWaterMark` (bytes, default 0) says so. BYOB reads end as on Workers: a read that needs more
 * than is left gives what is left, with `done` false.
 */
export function createReadableByteStream(options) {
  const stream = new ReadableRecord();
  stream.expectedLength = own(options, "length");
  const source = new ChunkSource(stream, options, own(options, "pull"), own(options, "cancel"));
  startController(new ByteController(stream, source, own(options, "highWaterMark") ?? 0, undefined, true));
  return wrapReadable(stream);
}

/** The source of createReadableByteStream. */
class ChunkSource {
  #stream;
  #options;
  #pull;
  #cancel;
  #deliver = (chunk) => this.#deliverChunk(chunk);

  constructor(stream, options, pull, cancel) {
    this.#stream = stream;
    this.#options = options;
    this.#pull = pull;
    this.#cancel = cancel;
  }

  pull() {
    return PromisePrototypeThen(invokeForPromise(this.#pull, this.#options, []), this.#deliver);
  }

  #deliverChunk(chunk) {
    const { controller } = this.#stream;
    if (chunk === null) {
      controller.finish();
    } else if (TypedArrayPrototypeGetByteLength(chunk) > 0) {
      controller.enqueueOwned(chunk);
    } else {
      // Nothing for whoever waits: ask again.
      controller.pullAgain = true;
    }
  }

  cancel(reason) {
    return this.#cancel === undefined ? undefined : invokeForPromise(this.#cancel, this.#options, [reason]);
  }
}

/**
 * A WritableStream (CreateWritableStream): `start(controller)`, `write(chunk)`, `close()` and `abort(reason)` may throw
 * or return promises. `highWaterMark` defaults to 1; `size` undefined means that all chunks count 1.
 */
export function createWritableStream(options) {
  const stream = new WritableRecord();
  const highWaterMark = own(options, "highWaterMark") ?? 1;
  const controller = new SinkController(stream, new Algorithms(options), highWaterMark, own(options, "size"));
  startSinkController(controller, runStart(options, controller));
  return wrapWritable(stream);
}

// The start promise; undefined, which means at once, unless there is a start function.
function runStart(options, controller) {
  const start = own(options, "start");
  if (start === undefined) return undefined;
  const result = ReflectApply(start, options, [controller]);
  return result === undefined ? RESOLVED : PromiseResolve(result);
}

/** What `ReadableStream.from(iterable)` gives. TypeError if the value is not iterable. */
export const readableStreamFromIterable = ReadableStream.from;

// --- looking -------------------------------------------------------------------------------------

export function readableStreamIsLocked(stream) {
  return readableRecord(stream).reader !== undefined;
}

/** Whether the stream was ever read from or cancelled. */
export function readableStreamIsDisturbed(stream) {
  return readableRecord(stream).disturbed;
}

export function writableStreamIsLocked(stream) {
  return writableRecord(stream).writer !== undefined;
}

/** How many bytes the stream gives in all (FixedLengthStream, bodies of known length), else undefined. */
export function expectedLength(stream) {
  return readableRecord(stream).expectedLength;
}

/** Remembers the native body that the stream was made from. */
export function setNativeSource(stream, handle) {
  readableRecord(stream).nativeSource = handle;
}

/**
 * The native body that the stream was made from, for passing it on without reading it here. Undefined if there is none
 * or if somebody has read from the stream or holds its lock. Whoever takes it must lock the stream.
 */
export function nativeSource(stream) {
  const { nativeSource: handle, disturbed, reader } = readableRecord(stream);
  return disturbed || reader !== undefined ? undefined : handle;
}

/** Like `nativeSource`, for who reads all of it: the stream is locked for good and counts as read from. */
export function takeNativeSource(stream) {
  const handle = nativeSource(stream);
  if (handle === undefined) return undefined;
  const record = readableRecord(stream);
  acquireDefaultReader(record);
  record.disturbed = true;
  return handle;
}

/** A promise of the end of a ReadableStream or WritableStream, rejected with its error; its lock stays as it is. */
export function whenStreamEnds(stream) {
  const record = isReadableStream(stream) ? readableRecord(stream) : writableRecord(stream);
  if (record.state === CLOSED) return PromiseResolve(undefined);
  if (record.state === ERRORED) return PromiseReject(record.storedError);
  if (record.ended === undefined) {
    record.ended = new Deferred();
    markHandled(record.ended.promise);
  }
  return record.ended.promise;
}

/** Makes a ReadableStream or WritableStream fail, whoever holds its lock. */
export function failStream(stream, error) {
  const record = isReadableStream(stream) ? readableRecord(stream) : writableRecord(stream);
  if (isReadableStream(stream)) record.controller.error(error);
  else record.controller.errorIfNeeded(error);
}

// --- reading -------------------------------------------------------------------------------------

/** The read request of InternalReader: its results have no prototype, so that no `then` is found on them. */
class InternalReadRequest extends PromiseOnDemand {
  chunkSteps(chunk) {
    this.resolve({ __proto__: null, value: chunk, done: false });
  }

  closeSteps() {
    this.resolve({ __proto__: null, value: undefined, done: true });
  }

  errorSteps(error) {
    this.reject(error);
  }
}

class InternalReader {
  #reader;

  constructor(stream) {
    this.#reader = acquireDefaultReader(readableRecord(stream));
  }

  /** A promise of { value, done }. */
  read() {
    const request = new InternalReadRequest();
    readFromReader(this.#reader, request);
    return request.take();
  }

  /**
   * Reads without a promise: calls, perhaps before it returns, one of `chunkSteps(chunk)`, `closeSteps()` and
   * `errorSteps(error)` of the request. These must not throw.
   */
  request(request) {
    readFromReader(this.#reader, request);
  }

  /** Cancels the stream; the lock stays. */
  cancel(reason) {
    return cancelByReader(this.#reader, reason);
  }

  /** Reads that wait are rejected. The reader must not be used any more. */
  releaseLock() {
    releaseReader(this.#reader);
  }
}

/** Locks the stream: TypeError if it is locked already. */
export function getInternalReader(stream) {
  return new InternalReader(stream);
}

/**
 * Cancels a stream nobody holds the lock of. The promise is that of the source's cancel; its rejection counts as
 * handled, so it may be dropped.
 */
export function cancelStream(stream, reason) {
  const promise = cancelReadable(readableRecord(stream), reason);
  markHandled(promise);
  return promise;
}

/** "Clone a body": two streams of the same chunks, bytes being copied for the second. TypeError if it is locked. */
export function teeForBody(stream) {
  const record = readableRecord(stream);
  const [branch1, branch2] = teeReadable(record, true);
  branch1.expectedLength = branch2.expectedLength = record.expectedLength;
  return [wrapReadable(branch1), wrapReadable(branch2)];
}

// --- writing -------------------------------------------------------------------------------------

class InternalWriter {
  #writer;

  constructor(stream) {
    this.#writer = acquireWriter(writableRecord(stream));
  }

  /** A promise that is fulfilled when there is room, and rejected when the stream fails. */
  get ready() {
    return this.#writer.ready.promise;
  }

  /** A promise of the end of the stream. */
  get closed() {
    return this.#writer.closed.promise;
  }

  write(chunk) {
    const request = new Deferred();
    writeToWriter(this.#writer, chunk, request);
    return request.promise;
  }

  close() {
    return closeWritable(this.#writer.stream);
  }

  abort(reason) {
    return abortWritable(this.#writer.stream, reason);
  }

  /** The writer must not be used any more. */
  releaseLock() {
    releaseWriter(this.#writer);
  }
}

/** Locks the stream: TypeError if it is locked already. */
export function getInternalWriter(stream) {
  return new InternalWriter(stream);
}
