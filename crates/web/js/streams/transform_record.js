// The machinery of transform streams (https://streams.spec.whatwg.org/#ts-all-abstract-ops): the slots of a
// TransformStream and of its controller in one record, since each stream has exactly one controller.

import { PromisePrototypeThen } from "../primordials.js";
import { Deferred, RESOLVED } from "./promises.js";
import { ERRORED as READABLE_ERRORED, ReadableRecord } from "./readable_core.js";
import { DefaultController, startController } from "./readable_default_controller.js";
import { createTransformController } from "./transform_controller.js";
import { SinkController, startSinkController } from "./writable_controller.js";
import { ERRORED as WRITABLE_ERRORED, ERRORING, WritableRecord } from "./writable_core.js";

export class TransformRecord {
  readable = new ReadableRecord();
  writable = new WritableRecord();
  /** UserTransformer or what stands in for it: transform(chunk, record), flush(record), cancel(reason) */
  #transformer;
  #backpressure = true;
  /** Deferred of the next change of backpressure; made when somebody waits */
  #backpressureChange = undefined;
  /** Deferred of the one of cancel, abort and close that came first */
  #finish = undefined;
  #public = undefined;

  /** InitializeTransformStream and SetUpTransformStreamDefaultController, up to the start algorithm; see `start`. */
  constructor(transformer, forWritable, forReadable) {
    this.#transformer = transformer;
    new SinkController(this.writable, new TransformSink(this), forWritable.highWaterMark, forWritable.size);
    new DefaultController(this.readable, new TransformSource(this), forReadable.highWaterMark, forReadable.size);
  }

  /** Both sides begin when the promise is fulfilled. */
  start(startPromise) {
    startSinkController(this.writable.controller, startPromise);
    startController(this.readable.controller, startPromise);
  }

  /** The object that user code sees. */
  get publicController() {
    this.#public ??= createTransformController(this);
    return this.#public;
  }

  // --- https://streams.spec.whatwg.org/#ts-default-controller-abstract-ops ---

  /** TransformStreamDefaultControllerEnqueue: TypeError if the readable side takes no more */
  enqueue(chunk) {
    const { controller } = this.readable;
    if (!controller.canCloseOrEnqueue) {
      throw new TypeError("The readable side of this TransformStream is no longer readable.");
    }
    try {
      controller.enqueue(chunk);
    } catch (error) {
      this.#errorWritableAndUnblockWrite(error);
      throw this.readable.storedError;
    }
    if (controller.hasBackpressure !== this.#backpressure) this.#setBackpressure(true);
  }

  /** TransformStreamDefaultControllerError and TransformStreamError */
  error(reason) {
    this.readable.controller.error(reason);
    this.#errorWritableAndUnblockWrite(reason);
  }

  /** TransformStreamDefaultControllerTerminate */
  terminate() {
    this.readable.controller.close();
    this.#errorWritableAndUnblockWrite(new TypeError("The transform stream has been terminated"));
  }

  // TransformStreamDefaultControllerPerformTransform
  #performTransform(chunk) {
    const result = this.#transformer.transform(chunk, this);
    if (result === undefined) return undefined;
    return PromisePrototypeThen(result, undefined, (error) => {
      this.error(error);
      throw error;
    });
  }

  // --- https://streams.spec.whatwg.org/#ts-abstract-ops ---

  // TransformStreamErrorWritableAndUnblockWrite
  #errorWritableAndUnblockWrite(reason) {
    this.#transformer = undefined;
    this.writable.controller.errorIfNeeded(reason);
    this.#unblockWrite();
  }

  // TransformStreamUnblockWrite
  #unblockWrite() {
    if (this.#backpressure) this.#setBackpressure(false);
  }

  // TransformStreamSetBackpressure
  #setBackpressure(backpressure) {
    if (this.#backpressureChange !== undefined) {
      this.#backpressureChange.resolve(undefined);
      this.#backpressureChange = undefined;
    }
    this.#backpressure = backpressure;
  }

  #waitForBackpressureChange() {
    this.#backpressureChange ??= new Deferred();
    return this.#backpressureChange.promise;
  }

  // --- https://streams.spec.whatwg.org/#ts-default-sink-abstract-ops ---

  /** TransformStreamDefaultSinkWriteAlgorithm */
  sinkWrite(chunk) {
    if (this.#finish !== undefined) return this.#rejectWriteAfterFinish();
    if (!this.#backpressure) return this.#performTransform(chunk);
    return PromisePrototypeThen(this.#waitForBackpressureChange(), () => {
      if (this.writable.state === ERRORING) throw this.writable.storedError;
      return this.#performTransform(chunk);
    });
  }

  // A write while the transformer's cancel is running, for which the specification has no steps: the algorithms are
  // cleared already. It is rejected with what the cancel makes of the writable side.
  #rejectWriteAfterFinish() {
    const reject = () => {
      throw this.writable.storedError;
    };
    return PromisePrototypeThen(this.#finish.promise, reject, reject);
  }

  /** TransformStreamDefaultSinkAbortAlgorithm */
  sinkAbort(reason) {
    return this.#finishOnce(
      (transformer) => transformer.cancel(reason),
      () => {
        this.#throwIfReadableErrored();
        this.readable.controller.error(reason);
      },
      (error) => this.readable.controller.error(error),
    );
  }

  /** TransformStreamDefaultSinkCloseAlgorithm */
  sinkClose() {
    return this.#finishOnce(
      (transformer) => transformer.flush(this),
      () => {
        this.#throwIfReadableErrored();
        this.readable.controller.close();
      },
      (error) => this.readable.controller.error(error),
    );
  }

  // --- https://streams.spec.whatwg.org/#ts-default-source-abstract-ops ---

  /** TransformStreamDefaultSourceCancelAlgorithm */
  sourceCancel(reason) {
    const fail = (error) => {
      this.writable.controller.errorIfNeeded(error);
      this.#unblockWrite();
    };
    return this.#finishOnce(
      (transformer) => transformer.cancel(reason),
      () => {
        if (this.writable.state === WRITABLE_ERRORED) throw this.writable.storedError;
        fail(reason);
      },
      fail,
    );
  }

  /** TransformStreamDefaultSourcePullAlgorithm */
  sourcePull() {
    this.#setBackpressure(false);
    return this.#waitForBackpressureChange();
  }

  #throwIfReadableErrored() {
    if (this.readable.state === READABLE_ERRORED) throw this.readable.storedError;
  }

  // The frame of the three algorithms that end a transform stream. The first of them runs `algorithm` of the
  // transformer and then `succeed`, which throws what the end is to be rejected with, or `fail`; others wait for it.
  #finishOnce(algorithm, succeed, fail) {
    if (this.#finish !== undefined) return this.#finish.promise;
    const finish = new Deferred();
    this.#finish = finish;
    const transformer = this.#transformer;
    const result = transformer === undefined ? undefined : algorithm(transformer);
    this.#transformer = undefined;
    PromisePrototypeThen(
      result ?? RESOLVED,
      () => {
        try {
          succeed();
          finish.resolve(undefined);
        } catch (error) {
          finish.reject(error);
        }
      },
      (error) => {
        fail(error);
        finish.reject(error);
      },
    );
    return finish.promise;
  }
}

/** The sink algorithms of the writable side. */
class TransformSink {
  #stream;

  constructor(stream) {
    this.#stream = stream;
  }

  write(chunk) {
    return this.#stream.sinkWrite(chunk);
  }

  close() {
    return this.#stream.sinkClose();
  }

  abort(reason) {
    return this.#stream.sinkAbort(reason);
  }
}

/** The source algorithms of the readable side. */
class TransformSource {
  #stream;

  constructor(stream) {
    this.#stream = stream;
  }

  pull() {
    return this.#stream.sourcePull();
  }

  cancel(reason) {
    return this.#stream.sourceCancel(reason);
  }
}
