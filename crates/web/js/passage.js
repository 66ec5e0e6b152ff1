// What both sides of a transform have while the host lets a body through it, without JavaScript seeing the bytes.
//
// For the pipe it looks like any other: it ends when all has gone through, and the errors of each side reach the other.
// Who reads the readable side here gets the bytes chunk by chunk, one of them read ahead, as a pipe reads ahead.

import { op_pipe_fail, op_pipe_hold } from "holdfast:ops";
import { cancelHost, failHostBody, hostBodyEnded, readHostChunk, setHostFailure, setHostSuccessor }
  from "./host_handle.js";
import { PromisePrototypeThen } from "./primordials.js";
import { markHandled } from "./streams/promises.js";
import { cancelReadable, READABLE } from "./streams/readable_core.js";

// How the host says that a pipe has ended, see `passage_to_js` of crates/web/src/body.
const WHOLE = 0;
const SOURCE_FAILED = 1;
const TRANSFORM_FAILED = 2;

// The passages that bodies come out of, by the bodies' handles.
const passages = new WeakMap();

/** The body is on its way out: the context goes on until the end of the pipe that it comes out of, if it does. */
export function holdPassage(handle) {
  passages.get(handle)?.hold();
}

export class Passage {
  #source;
  #body;
  #pipe;
  #readable;
  #writable;
  /** The promise of the chunk that was read ahead. */
  #ahead = undefined;
  /** Why it was made to fail from outside: { error } */
  #failure = undefined;
  /** What a read here failed with: { error } */
  #readFailure = undefined;
  /** What the pipe waits for: rejected with the source's error, fulfilled with undefined otherwise. */
  sourceEnd;

  /** `source` is the handle of a body that went into `made`, which is what the host's operation gave. */
  constructor(source, made, readable, writable) {
    this.#source = source;
    this.#readable = readable;
    this.#writable = writable;
    const { 0: body, 1: pipe, 2: end } = made;
    this.#body = body;
    this.#pipe = pipe;
    passages.set(body, this);
    setHostSuccessor(source, (reason) => this.fail(reason));
    // What waits for a reader here comes first.
    if (readable.controller.queueTotalSize === 0) readable.nativeSource = body;
    this.sourceEnd = PromisePrototypeThen(end, (how) => this.#ended(how[0], how[1]));
  }

  hold() {
    op_pipe_hold(this.#pipe);
  }

  /** The next chunk is wanted, and will be given to the readable side. */
  pull() {
    const chunk = this.#ahead ?? readHostChunk(this.#body);
    this.#ahead = undefined;
    return PromisePrototypeThen(chunk, (bytes) => this.#give(bytes), (error) => {
      this.#readFailure = { error };
      throw error;
    });
  }

  #give(bytes) {
    const { controller } = this.#readable;
    if (bytes === null) {
      controller.finish();
      return;
    }
    this.#ahead = readHostChunk(this.#body);
    markHandled(this.#ahead);
    controller.enqueueOwned(bytes);
  }

  /** The reader in JavaScript has gone. */
  cancel() {
    cancelHost(this.#body);
  }

  /** Whoever reads what comes out gets `error`, and the source is let go. */
  fail(error) {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    // The first is for a body that is here still, the second for one that is on its way.
    failHostBody(this.#body, error);
    op_pipe_fail(this.#pipe, textOf(error));
  }

  #ended(how, hostError) {
    hostBodyEnded(this.#source);
    if (this.#failure !== undefined) throw this.#failure.error;
    // The same object for who reads and who pipes, whichever of them hears of it first.
    const error = this.#readFailure === undefined ? hostError : this.#readFailure.error;
    switch (how) {
      case WHOLE:
        return;
      case SOURCE_FAILED:
        setHostFailure(this.#body, error);
        throw error;
      case TRANSFORM_FAILED:
        setHostFailure(this.#body, error);
        this.#readable.controller.error(error);
        this.#writable.controller.errorIfNeeded(error);
        return;
      default:
        // As when a reader here cancels; which may be what has happened.
        if (this.#readable.state === READABLE) {
          markHandled(cancelReadable(this.#readable, new Error("Network connection lost.")));
        }
    }
  }
}

function textOf(error) {
  try {
    return `${error}`;
  } catch {
    return "The stream failed.";
  }
}
