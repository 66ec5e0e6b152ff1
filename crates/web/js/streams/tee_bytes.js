// Tee of a byte stream (https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamtee).

import { PromisePrototypeThen } from "../primordials.js";
import { ByteController } from "./byte_controller_record.js";
import { cloneAsUint8Array, describeView } from "./bytes.js";
import { queueMicrotaskSteps, RESOLVED } from "./promises.js";
import { acquireByobReader, readIntoFromReader } from "./readable_byob_reader.js";
import { ReadableRecord, releaseReader } from "./readable_core.js";
import { startController } from "./readable_default_controller.js";
import { acquireDefaultReader, readFromReader } from "./readable_default_reader.js";
import { TeeCancellation } from "./tee_cancellation.js";

/** Two records that both give the bytes of `stream`. TypeError if it is locked. */
export function teeByteStream(stream) {
  const tee = new ByteTee(stream);
  return [tee.branch1, tee.branch2];
}

class ByteTee {
  branch1;
  branch2;
  stream;
  /** Default or BYOB reader record: whichever the last read needed. */
  reader;
  cancellation;
  reading = false;
  readAgainForBranch1 = false;
  readAgainForBranch2 = false;

  constructor(stream) {
    this.stream = stream;
    this.reader = acquireDefaultReader(stream);
    this.cancellation = new TeeCancellation(stream);
    const { cancellation } = this;
    this.branch1 = this.#branch(() => this.pull1(), (reason) => cancellation.cancel1(reason));
    this.branch2 = this.#branch(() => this.pull2(), (reason) => cancellation.cancel2(reason));
    this.#forwardReaderError();
  }

  #branch(pull, cancel) {
    const branch = new ReadableRecord();
    const { partialAtEnd } = this.stream.controller;
    startController(new ByteController(branch, { pull, cancel }, 0, undefined, partialAtEnd), RESOLVED);
    return branch;
  }

  // The forwardReaderError steps, for the current reader.
  #forwardReaderError() {
    const { reader } = this;
    PromisePrototypeThen(reader.closed.promise, undefined, (error) => {
      if (this.reader !== reader) return;
      this.errorBranches(error);
      this.cancellation.finish();
    });
  }

  errorBranches(error) {
    this.branch1.controller.error(error);
    this.branch2.controller.error(error);
  }

  /** Copies the chunk, or fails the whole tee and returns undefined. */
  cloneOrFail(chunk) {
    try {
      return cloneAsUint8Array(chunk);
    } catch (error) {
      this.errorBranches(error);
      this.cancellation.cancelStream(error);
      return undefined;
    }
  }

  pull1() {
    if (this.reading) {
      this.readAgainForBranch1 = true;
      return undefined;
    }
    this.reading = true;
    const request = this.branch1.controller.getByobRequest();
    if (request === null) this.#pullWithDefaultReader();
    else this.#pullWithByobReader(request.view, false);
    return undefined;
  }

  pull2() {
    if (this.reading) {
      this.readAgainForBranch2 = true;
      return undefined;
    }
    this.reading = true;
    const request = this.branch2.controller.getByobRequest();
    if (request === null) this.#pullWithDefaultReader();
    else this.#pullWithByobReader(request.view, true);
    return undefined;
  }

  /** The last steps after a chunk was delivered. */
  endRead() {
    this.reading = false;
    if (this.readAgainForBranch1) this.pull1();
    else if (this.readAgainForBranch2) this.pull2();
  }

  #useReader(acquire) {
    releaseReader(this.reader);
    this.reader = acquire(this.stream);
    this.#forwardReaderError();
  }

  #pullWithDefaultReader() {
    if (this.reader.isByob) this.#useReader(acquireDefaultReader);
    readFromReader(this.reader, new TeeReadRequest(this));
  }

  #pullWithByobReader(view, forBranch2) {
    if (!this.reader.isByob) this.#useReader(acquireByobReader);
    readIntoFromReader(this.reader, describeView(view), 1, new TeeReadIntoRequest(this, forBranch2), false);
  }
}

/** The read request of pullWithDefaultReader. */
class TeeReadRequest {
  #tee;

  constructor(tee) {
    this.#tee = tee;
  }

  chunkSteps(chunk) {
    queueMicrotaskSteps(() => this.#deliver(chunk));
  }

  #deliver(chunk) {
    const tee = this.#tee;
    tee.readAgainForBranch1 = false;
    tee.readAgainForBranch2 = false;
    const { canceled1, canceled2 } = tee.cancellation;
    let chunk2 = chunk;
    if (!canceled1 && !canceled2) {
      chunk2 = tee.cloneOrFail(chunk);
      if (chunk2 === undefined) return;
    }
    if (!canceled1) tee.branch1.controller.enqueue(chunk);
    if (!canceled2) tee.branch2.controller.enqueue(chunk2);
    tee.endRead();
  }

  closeSteps() {
    const tee = this.#tee;
    const controller1 = tee.branch1.controller;
    const controller2 = tee.branch2.controller;
    tee.reading = false;
    if (!tee.cancellation.canceled1) controller1.close();
    if (!tee.cancellation.canceled2) controller2.close();
    if (controller1.pendingPullIntos.length > 0) controller1.respond(0);
    if (controller2.pendingPullIntos.length > 0) controller2.respond(0);
    tee.cancellation.finish();
  }

  errorSteps() {
    this.#tee.reading = false;
  }
}

/** The read-into request of pullWithBYOBReader: the view of one branch is filled, the other gets a copy. */
class TeeReadIntoRequest {
  #tee;
  #forBranch2;

  constructor(tee, forBranch2) {
    this.#tee = tee;
    this.#forBranch2 = forBranch2;
  }

  // The branch whose view is filled and the other one.
  #sides() {
    const { branch1, branch2, cancellation } = this.#tee;
    const first = { controller: branch1.controller, isCanceled: cancellation.canceled1 };
    const second = { controller: branch2.controller, isCanceled: cancellation.canceled2 };
    return this.#forBranch2 ? { byob: second, other: first } : { byob: first, other: second };
  }

  chunkSteps(chunk) {
    queueMicrotaskSteps(() => this.#deliver(chunk));
  }

  #deliver(chunk) {
    const tee = this.#tee;
    tee.readAgainForBranch1 = false;
    tee.readAgainForBranch2 = false;
    const { byob, other } = this.#sides();
    if (!other.isCanceled) {
      const copy = tee.cloneOrFail(chunk);
      if (copy === undefined) return;
      if (!byob.isCanceled) byob.controller.respondWithNewView(chunk);
      other.controller.enqueue(copy);
    } else if (!byob.isCanceled) {
      byob.controller.respondWithNewView(chunk);
    }
    tee.endRead();
  }

  closeSteps(chunk) {
    const tee = this.#tee;
    tee.reading = false;
    const { byob, other } = this.#sides();
    if (!byob.isCanceled) byob.controller.close();
    if (!other.isCanceled) other.controller.close();
    if (chunk !== undefined) {
      // close() has already answered a read that may end below its minimum.
      if (!byob.isCanceled && byob.controller.pendingPullIntos.length > 0) byob.controller.respondWithNewView(chunk);
      if (!other.isCanceled && other.controller.pendingPullIntos.length > 0) other.controller.respond(0);
    }
    if (!byob.isCanceled || !other.isCanceled) tee.cancellation.finish();
  }

  errorSteps() {
    this.#tee.reading = false;
  }
}
