// Tee of a stream that is not a byte stream (https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaulttee),
// and the choice between the two kinds. Byte streams: tee_bytes.js.

import { ArrayBufferIsView, PromisePrototypeThen } from "../primordials.js";
import { isArrayBuffer } from "../webidl.js";
import { bufferByteLength, cloneBuffer, cloneView } from "./bytes.js";
import { queueMicrotaskSteps, RESOLVED } from "./promises.js";
import { ReadableRecord } from "./readable_core.js";
import { DefaultController, startController } from "./readable_default_controller.js";
import { acquireDefaultReader, readFromReader } from "./readable_default_reader.js";
import { teeByteStream } from "./tee_bytes.js";
import { TeeCancellation } from "./tee_cancellation.js";

/**
 * ReadableStreamTee on a record: two new records. With `cloneForBranch2` chunks of bytes are copied for the second
 * branch; other chunks are shared. TypeError if the stream is locked.
 */
export function teeReadable(stream, cloneForBranch2) {
  if (stream.controller.isByte) return teeByteStream(stream);
  return new DefaultTee(stream, cloneForBranch2).branches;
}

class DefaultTee {
  branches;
  #reader;
  #cancellation;
  #cloneForBranch2;
  #reading = false;
  #readAgain = false;
  #deliver = () => this.#deliverChunk();
  #chunk = undefined;

  constructor(stream, cloneForBranch2) {
    this.#reader = acquireDefaultReader(stream);
    this.#cancellation = new TeeCancellation(stream);
    this.#cloneForBranch2 = cloneForBranch2;
    this.branches = [this.#branch((reason) => this.#cancellation.cancel1(reason)),
      this.#branch((reason) => this.#cancellation.cancel2(reason))];
    PromisePrototypeThen(this.#reader.closed.promise, undefined, (error) => {
      this.#controller1.error(error);
      this.#controller2.error(error);
      this.#cancellation.finish();
    });
  }

  get #controller1() {
    return this.branches[0].controller;
  }

  get #controller2() {
    return this.branches[1].controller;
  }

  #branch(cancel) {
    const branch = new ReadableRecord();
    const source = { pull: () => this.#pull(), cancel };
    startController(new DefaultController(branch, source, 1, undefined), RESOLVED);
    return branch;
  }

  // The pull algorithm of both branches.
  #pull() {
    if (this.#reading) {
      this.#readAgain = true;
      return undefined;
    }
    this.#reading = true;
    readFromReader(this.#reader, this);
    return undefined;
  }

  // This object is its own read request: there is one at a time.

  chunkSteps(chunk) {
    // A microtask later, so that errors of the stream reach the branches before chunks read ahead of them.
    this.#chunk = chunk;
    queueMicrotaskSteps(this.#deliver);
  }

  #deliverChunk() {
    const chunk = this.#chunk;
    this.#chunk = undefined;
    this.#readAgain = false;
    const { canceled1, canceled2 } = this.#cancellation;
    let chunk2 = chunk;
    if (!canceled2 && this.#cloneForBranch2) {
      try {
        chunk2 = cloneBytes(chunk);
      } catch (error) {
        this.#controller1.error(error);
        this.#controller2.error(error);
        this.#cancellation.cancelStream(error);
        return;
      }
    }
    if (!canceled1) this.#controller1.enqueue(chunk);
    if (!canceled2) this.#controller2.enqueue(chunk2);
    this.#reading = false;
    if (this.#readAgain) this.#pull();
  }

  closeSteps() {
    this.#reading = false;
    if (!this.#cancellation.canceled1) this.#controller1.close();
    if (!this.#cancellation.canceled2) this.#controller2.close();
    this.#cancellation.finish();
  }

  errorSteps() {
    this.#reading = false;
  }
}

// The part of StructuredClone that matters for bodies: only bytes can be changed behind the other branch's back.
function cloneBytes(chunk) {
  if (ArrayBufferIsView(chunk)) return cloneView(chunk);
  return isArrayBuffer(chunk) ? cloneBuffer(chunk, 0, bufferByteLength(chunk)) : chunk;
}
