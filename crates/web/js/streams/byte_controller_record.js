// The record behind a ReadableByteStreamController (https://streams.spec.whatwg.org/#rbs-controller-abstract-ops).

import { ArrayBufferConstructor, MathMin, PromisePrototypeThen, Uint8ArrayConstructor } from "../primordials.js";
import { internalToken } from "../webidl.js";
import { bufferByteLength, cloneBuffer, copyBytes, describeView, detachedError, isDetached, transferBuffer, uint8 }
  from "./bytes.js";
import { Fifo } from "./fifo.js";
import { noteRead } from "./first_read.js";
import { RESOLVED } from "./promises.js";
import { FOR_BYOB, FOR_DEFAULT, FOR_NOBODY, PullInto } from "./pull_into.js";
import { createByobRequest, invalidateByobRequest } from "./readable_byob_request.js";
import { ReadableByteStreamController } from "./readable_byte_controller.js";
import { CLOSED, closeReadable, ERRORED, errorReadable, fulfillRead, hasByobReader, hasDefaultReader, pendingReads,
  READABLE } from "./readable_core.js";

/** Bytes in the queue: readable byte stream queue entry. */
class QueuedBytes {
  constructor(buffer, byteOffset, byteLength) {
    this.buffer = buffer;
    this.byteOffset = byteOffset;
    this.byteLength = byteLength;
  }
}

/**
 * The slots of a byte controller. `source` is as for DefaultController. `partialAtEnd` makes every BYOB read behave as
 * readAtLeast() does at the end of the stream, which is what Workers do for the bodies the platform provides.
 */
export class ByteController {
  stream;
  source;
  highWaterMark;
  autoAllocateChunkSize;
  partialAtEnd;
  queue = new Fifo();
  queueTotalSize = 0;
  pendingPullIntos = new Fifo();
  byobRequest = null;
  started = false;
  closeRequested = false;
  pullAgain = false;
  pulling = false;
  /** Whether there is a start callback, and who read before it was done: see `first_read.js`. */
  hasStart = false;
  firstRead = undefined;
  isByte = true;
  #public = undefined;
  #onPulled = undefined;
  #onPullFailed = undefined;

  /** SetUpReadableByteStreamController up to the start algorithm; `startController` does the rest. */
  constructor(stream, source, highWaterMark, autoAllocateChunkSize, partialAtEnd = false) {
    this.stream = stream;
    this.source = source;
    this.highWaterMark = highWaterMark;
    this.autoAllocateChunkSize = autoAllocateChunkSize;
    this.partialAtEnd = partialAtEnd;
    stream.controller = this;
  }

  /** The object that user code sees. */
  get publicController() {
    this.#public ??= new ReadableByteStreamController(internalToken, this);
    return this.#public;
  }

  /** ReadableByteStreamControllerGetDesiredSize */
  get desiredSize() {
    const { state } = this.stream;
    if (state === ERRORED) return null;
    if (state === CLOSED) return 0;
    return this.highWaterMark - this.queueTotalSize;
  }

  get canCloseOrEnqueue() {
    return !this.closeRequested && this.stream.state === READABLE;
  }

  // --- what the stream asks ---

  /** [[CancelSteps]] */
  cancelSteps(reason) {
    this.#clearPendingPullIntos();
    this.#resetQueue();
    const { source } = this;
    this.source = undefined;
    return source.cancel(reason, this) ?? RESOLVED;
  }

  /** [[PullSteps]] */
  pullSteps(request) {
    if (this.queueTotalSize > 0) {
      this.#fillReadRequestFromQueue(request);
      return;
    }
    if (this.autoAllocateChunkSize !== undefined) {
      let buffer;
      try {
        buffer = new ArrayBufferConstructor(this.autoAllocateChunkSize);
      } catch (error) {
        request.errorSteps(error);
        return;
      }
      this.pendingPullIntos.push(
        new PullInto(buffer, 0, this.autoAllocateChunkSize, 1, uint8, FOR_DEFAULT, false),
      );
    }
    this.stream.reader.requests.push(request);
    noteRead(this);
    this.callPullIfNeeded();
  }

  /** [[ReleaseSteps]] */
  releaseSteps() {
    if (this.pendingPullIntos.length === 0) return;
    const first = this.pendingPullIntos.peek();
    first.readerType = FOR_NOBODY;
    this.pendingPullIntos.clear();
    this.pendingPullIntos.push(first);
  }

  /** ReadableByteStreamControllerPullInto; `view` is what `describeView` returned, `minimum` counts its elements */
  pullInto(view, minimum, request, partialAtEnd) {
    const { stream } = this;
    const { construct, elementSize } = view.type;
    let buffer;
    try {
      buffer = transferBuffer(view.buffer);
    } catch (error) {
      request.errorSteps(error);
      return;
    }
    const pullInto = new PullInto(buffer, view.byteOffset, view.byteLength, minimum * elementSize, view.type, FOR_BYOB,
      partialAtEnd || this.partialAtEnd);
    if (this.pendingPullIntos.length > 0) {
      this.pendingPullIntos.push(pullInto);
      stream.reader.requests.push(request);
      return;
    }
    if (stream.state === CLOSED) {
      request.closeSteps(new construct(buffer, view.byteOffset, 0));
      return;
    }
    if (this.queueTotalSize > 0) {
      if (this.#fillFromQueue(pullInto) || (this.closeRequested && endsPartially(pullInto))) {
        const filled = pullInto.toView();
        this.#handleQueueDrain();
        request.chunkSteps(filled);
        return;
      }
      if (this.closeRequested) {
        const error = partialReadError();
        this.error(error);
        request.errorSteps(error);
        return;
      }
    }
    this.pendingPullIntos.push(pullInto);
    stream.reader.requests.push(request);
    noteRead(this);
    this.callPullIfNeeded();
  }

  // --- what the source asks ---

  /** ReadableByteStreamControllerCallPullIfNeeded */
  callPullIfNeeded() {
    if (!this.#shouldCallPull()) return;
    if (this.pulling) {
      this.pullAgain = true;
      return;
    }
    this.pulling = true;
    if (this.#onPulled === undefined) {
      this.#onPulled = () => {
        this.pulling = false;
        if (this.pullAgain) {
          this.pullAgain = false;
          this.callPullIfNeeded();
        }
      };
      this.#onPullFailed = (error) => this.error(error);
    }
    PromisePrototypeThen(this.source.pull(this) ?? RESOLVED, this.#onPulled, this.#onPullFailed);
  }

  /** ReadableByteStreamControllerShouldCallPull */
  #shouldCallPull() {
    if (!this.canCloseOrEnqueue || !this.started) return false;
    return pendingReads(this.stream) > 0 || this.desiredSize > 0;
  }

  /** ReadableByteStreamControllerClose: TypeError, also as the stream's error, if a read stops inside an element */
  close() {
    if (!this.canCloseOrEnqueue) return;
    if (this.queueTotalSize > 0) {
      this.closeRequested = true;
      return;
    }
    if (this.pendingPullIntos.length > 0 && this.pendingPullIntos.peek().remainder !== 0) {
      const error = partialReadError();
      this.error(error);
      throw error;
    }
    if (this.pendingPullIntos.length > 0 && endsPartially(this.pendingPullIntos.peek())) {
      invalidateByobRequest(this);
      this.#commit(this.pendingPullIntos.shift());
    }
    this.source = undefined;
    closeReadable(this.stream);
  }

  /** Close for sources of the platform: answers the reads that wait, as respond(0) does for a user's source. */
  finish() {
    this.close();
    if (this.pendingPullIntos.length > 0 && this.stream.state === CLOSED) this.respond(0);
  }

  /** ReadableByteStreamControllerEnqueue */
  enqueue(chunk) {
    if (!this.canCloseOrEnqueue) return;
    const { buffer, byteOffset, byteLength } = describeView(chunk);
    if (isDetached(buffer)) throw detachedError();
    const transferred = transferBuffer(buffer);
    if (this.pendingPullIntos.length > 0) {
      const first = this.pendingPullIntos.peek();
      if (isDetached(first.buffer)) throw detachedError();
      invalidateByobRequest(this);
      first.buffer = transferBuffer(first.buffer);
      if (first.readerType === FOR_NOBODY) this.#enqueueDetachedPullInto(first);
    }
    this.#deliver(transferred, byteOffset, byteLength);
  }

  /**
   * Enqueue for sources of the platform: takes a Uint8Array that nobody else holds, so its buffer need not be moved.
   * Must not be empty.
   */
  enqueueOwned(bytes) {
    if (!this.canCloseOrEnqueue) return;
    const isReadWaiting = hasDefaultReader(this.stream) && this.stream.reader.requests.length > 0;
    if (!isReadWaiting || this.pendingPullIntos.length > 0) {
      this.enqueue(bytes);
      return;
    }
    // A default read waits, so the queue is empty: the chunk goes to it as it is.
    fulfillRead(this.stream, bytes, false);
    this.callPullIfNeeded();
  }

  // The second half of ReadableByteStreamControllerEnqueue.
  #deliver(buffer, byteOffset, byteLength) {
    const { stream } = this;
    if (hasDefaultReader(stream)) {
      this.#processReadRequestsUsingQueue();
      if (pendingReads(stream) === 0) {
        this.#enqueueChunk(buffer, byteOffset, byteLength);
      } else {
        if (this.pendingPullIntos.length > 0) this.pendingPullIntos.shift();
        fulfillRead(stream, new Uint8ArrayConstructor(buffer, byteOffset, byteLength), false);
      }
    } else {
      this.#enqueueChunk(buffer, byteOffset, byteLength);
      if (hasByobReader(stream)) this.#processPullIntosUsingQueue();
    }
    this.callPullIfNeeded();
  }

  /** ReadableByteStreamControllerError */
  error(error) {
    if (this.stream.state !== READABLE) return;
    this.#clearPendingPullIntos();
    this.#resetQueue();
    this.source = undefined;
    errorReadable(this.stream, error);
  }

  // --- answering a pull-into ---

  /** ReadableByteStreamControllerGetBYOBRequest: the public request object or null */
  getByobRequest() {
    if (this.byobRequest === null && this.pendingPullIntos.length > 0) {
      const { buffer, byteOffset, byteLength, bytesFilled, minimumFill } = this.pendingPullIntos.peek();
      const view = new Uint8ArrayConstructor(buffer, byteOffset + bytesFilled, byteLength - bytesFilled);
      this.byobRequest = createByobRequest(this, view, minimumFill - bytesFilled);
    }
    return this.byobRequest;
  }

  /** ReadableByteStreamControllerRespond */
  respond(bytesWritten) {
    const first = this.pendingPullIntos.peek();
    if (this.stream.state === CLOSED) {
      if (bytesWritten !== 0) throw new TypeError("The bytesWritten must be zero after the stream is closed.");
    } else {
      if (bytesWritten === 0) {
        throw new TypeError("The bytesWritten must be more than zero while the stream is open.");
      }
      if (first.bytesFilled + bytesWritten > first.byteLength) throw tooManyBytesError(bytesWritten);
    }
    first.buffer = transferBuffer(first.buffer);
    this.#respondInternal(bytesWritten);
  }

  /** ReadableByteStreamControllerRespondWithNewView */
  respondWithNewView(view) {
    const first = this.pendingPullIntos.peek();
    const { buffer, byteOffset, byteLength } = describeView(view);
    if (this.stream.state === CLOSED) {
      if (byteLength !== 0) throw new TypeError("The view must be empty after the stream is closed.");
    } else if (byteLength === 0) {
      throw new TypeError("The view must not be empty while the stream is open.");
    }
    if (first.byteOffset + first.bytesFilled !== byteOffset) {
      throw new RangeError("The view does not start where the bytes already filled end.");
    }
    if (first.bufferByteLength !== bufferByteLength(buffer)) {
      throw new RangeError("The underlying ArrayBuffer is not the correct length.");
    }
    if (first.bytesFilled + byteLength > first.byteLength) throw tooManyBytesError(byteLength);
    first.buffer = transferBuffer(buffer);
    this.#respondInternal(byteLength);
  }

  // ReadableByteStreamControllerRespondInternal
  #respondInternal(bytesWritten) {
    invalidateByobRequest(this);
    if (this.stream.state === CLOSED) this.#respondInClosedState();
    else this.#respondInReadableState(bytesWritten);
    this.callPullIfNeeded();
  }

  // ReadableByteStreamControllerRespondInClosedState
  #respondInClosedState() {
    const { stream } = this;
    if (this.pendingPullIntos.peek().readerType === FOR_NOBODY) this.pendingPullIntos.shift();
    if (!hasByobReader(stream)) return;
    // As many as there are requests; all are taken before the first is answered.
    const filled = new Fifo();
    while (filled.length < pendingReads(stream)) filled.push(this.pendingPullIntos.shift());
    while (filled.length > 0) this.#commit(filled.shift());
  }

  // ReadableByteStreamControllerRespondInReadableState
  #respondInReadableState(bytesWritten) {
    const first = this.pendingPullIntos.peek();
    first.bytesFilled += bytesWritten;
    if (first.readerType === FOR_NOBODY) {
      this.#enqueueDetachedPullInto(first);
      this.#processPullIntosUsingQueue();
      // Not in the specification, where a read without a buffer of its own would wait for the next enqueue() although
      // its bytes are there, for ever if the source closes now.
      if (hasDefaultReader(this.stream)) this.#processReadRequestsUsingQueue();
      return;
    }
    if (first.bytesFilled < first.minimumFill) return;
    this.pendingPullIntos.shift();
    const { remainder } = first;
    if (remainder > 0) {
      const end = first.byteOffset + first.bytesFilled;
      this.#enqueueClonedChunk(first.buffer, end - remainder, remainder);
      first.bytesFilled -= remainder;
    }
    const filled = this.#takeFilledPullIntos();
    this.#commit(first);
    while (filled.length > 0) this.#commit(filled.shift());
  }

  // ReadableByteStreamControllerCommitPullIntoDescriptor
  #commit(pullInto) {
    fulfillRead(this.stream, pullInto.toView(), this.stream.state === CLOSED);
  }

  // --- the queue ---

  // ReadableByteStreamControllerEnqueueChunkToQueue
  #enqueueChunk(buffer, byteOffset, byteLength) {
    this.queue.push(new QueuedBytes(buffer, byteOffset, byteLength));
    this.queueTotalSize += byteLength;
  }

  // ReadableByteStreamControllerEnqueueClonedChunkToQueue
  #enqueueClonedChunk(buffer, byteOffset, byteLength) {
    let clone;
    try {
      clone = cloneBuffer(buffer, byteOffset, byteLength);
    } catch (error) {
      this.error(error);
      throw error;
    }
    this.#enqueueChunk(clone, 0, byteLength);
  }

  // ReadableByteStreamControllerEnqueueDetachedPullIntoToQueue
  #enqueueDetachedPullInto(pullInto) {
    if (pullInto.bytesFilled > 0) {
      this.#enqueueClonedChunk(pullInto.buffer, pullInto.byteOffset, pullInto.bytesFilled);
    }
    this.pendingPullIntos.shift();
  }

  // ReadableByteStreamControllerFillPullIntoDescriptorFromQueue: whether the minimum is reached
  #fillFromQueue(pullInto) {
    const bytesMax = MathMin(this.queueTotalSize, pullInto.byteLength - pullInto.bytesFilled);
    const filledMax = pullInto.bytesFilled + bytesMax;
    const filledAligned = filledMax - (filledMax % pullInto.type.elementSize);
    const isReady = filledAligned >= pullInto.minimumFill;
    let remaining = isReady ? filledAligned - pullInto.bytesFilled : bytesMax;
    while (remaining > 0) {
      const head = this.queue.peek();
      const count = MathMin(remaining, head.byteLength);
      copyBytes(pullInto.buffer, pullInto.byteOffset + pullInto.bytesFilled, head.buffer, head.byteOffset, count);
      if (head.byteLength === count) {
        this.queue.shift();
      } else {
        head.byteOffset += count;
        head.byteLength -= count;
      }
      this.queueTotalSize -= count;
      pullInto.bytesFilled += count;
      remaining -= count;
    }
    return isReady;
  }

  // ReadableByteStreamControllerFillReadRequestFromQueue
  #fillReadRequestFromQueue(request) {
    const { buffer, byteOffset, byteLength } = this.queue.shift();
    this.queueTotalSize -= byteLength;
    this.#handleQueueDrain();
    request.chunkSteps(new Uint8ArrayConstructor(buffer, byteOffset, byteLength));
  }

  // ReadableByteStreamControllerHandleQueueDrain
  #handleQueueDrain() {
    if (this.queueTotalSize === 0 && this.closeRequested) {
      this.source = undefined;
      closeReadable(this.stream);
    } else {
      this.callPullIfNeeded();
    }
  }

  // ReadableByteStreamControllerProcessPullIntoDescriptorsUsingQueue
  #takeFilledPullIntos() {
    const filled = new Fifo();
    while (this.pendingPullIntos.length > 0 && this.queueTotalSize > 0) {
      const first = this.pendingPullIntos.peek();
      if (this.#fillFromQueue(first)) {
        this.pendingPullIntos.shift();
        filled.push(first);
      }
    }
    return filled;
  }

  #processPullIntosUsingQueue() {
    const filled = this.#takeFilledPullIntos();
    while (filled.length > 0) this.#commit(filled.shift());
  }

  // ReadableByteStreamControllerProcessReadRequestsUsingQueue
  #processReadRequestsUsingQueue() {
    const { requests } = this.stream.reader;
    while (requests.length > 0 && this.queueTotalSize > 0) this.#fillReadRequestFromQueue(requests.shift());
  }

  // ReadableByteStreamControllerClearPendingPullIntos
  #clearPendingPullIntos() {
    invalidateByobRequest(this);
    this.pendingPullIntos.clear();
  }

  #resetQueue() {
    this.queue.clear();
    this.queueTotalSize = 0;
  }
}

// Whether the end of the stream completes this read although less than its minimum arrived.
function endsPartially({ partialAtEnd, readerType, bytesFilled, remainder }) {
  return partialAtEnd && readerType === FOR_BYOB && bytesFilled > 0 && remainder === 0;
}

function partialReadError() {
  return new TypeError("This ReadableStream was closed with a partial read pending.");
}


function tooManyBytesError(count) {
  return new RangeError(`Too many bytes [${count}] in response to a BYOB read request.`);
}
