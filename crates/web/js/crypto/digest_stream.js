// DigestStream, which only Workers have: a WritableStream whose outcome is a digest.

import { op_digest_finish, op_digest_new, op_digest_update, op_encode } from "holdfast:ops";
import { TypedArrayPrototypeGetByteLength } from "../primordials.js";
import { Deferred } from "../streams/promises.js";
import { WritableStream } from "../streams/writable_stream.js";
import { constructorArgumentError } from "../type_errors.js";
import { bytesOfBuffer } from "../blob.js";
import { defineInterface, DOMString, isObject } from "../webidl.js";
import { notSupportedError } from "./errors.js";

/** The sink: what has been written, as the digest in the making. */
class DigestSink {
  bytesWritten = 0;
  outcome = new Deferred();
  #digest;
  /** `[reason]` once it has failed. */
  #failed = undefined;

  constructor(digest) {
    this.#digest = digest;
  }

  write(chunk) {
    let bytes = typeof chunk === "string" ? op_encode(chunk) : bytesOfBuffer(chunk);
    if (bytes === undefined) {
      throw new TypeError(
        "DigestStream is a byte stream but received an object of non-ArrayBuffer/ArrayBufferView/string type on " +
          "its writable side.",
      );
    }
    const length = TypedArrayPrototypeGetByteLength(bytes);
    if (length === 0) return;
    if (this.#failed !== undefined) throw this.#failed[0];
    op_digest_update(this.#digest, bytes);
    this.bytesWritten += length;
  }

  close() {
    if (this.#failed !== undefined) throw this.#failed[0];
    this.outcome.resolve(op_digest_finish(this.#digest));
    this.#digest = undefined;
  }

  fail(reason) {
    if (this.#failed !== undefined || this.#digest === undefined) return;
    this.#failed = [reason];
    this.#digest = undefined;
    this.outcome.reject(reason);
  }
}

export class DigestStream extends WritableStream {
  #sink;

  constructor() {
    const [algorithm] = arguments;
    if (algorithm === undefined || algorithm === null) {
      throw constructorArgumentError("DigestStream", 1, "string or HashAlgorithm");
    }
    const digest = op_digest_new(DOMString(isObject(algorithm) ? algorithm.name : algorithm));
    if (digest === undefined) {
      throw notSupportedError("Unrecognized or unimplemented digest algorithm requested.");
    }
    const sink = new DigestSink(digest);
    super({
      __proto__: null,
      write: (chunk) => sink.write(chunk),
      close: () => sink.close(),
      abort: (reason) => sink.fail(reason),
    });
    this.#sink = sink;
  }

  /** Fulfilled with the digest when the stream is closed; rejected when it is aborted or disposed of. */
  get digest() {
    return this.#sink.outcome.promise;
  }

  get bytesWritten() {
    return BigInt(this.#sink.bytesWritten);
  }

  [Symbol.dispose]() {
    this.#sink.fail(new TypeError("The DigestStream was disposed."));
  }
}

defineInterface(DigestStream);
