// Reading a whole body (https://streams.spec.whatwg.org/#read-loop).

import { ArrayBufferConstructor, Uint8ArrayConstructor } from "../primordials.js";
import { bufferByteLength, bytesOf, copyBytes } from "./bytes.js";
import { Fifo } from "./fifo.js";
import { markHandled, PromiseOnDemand } from "./promises.js";
import { cancelByReader } from "./readable_core.js";
import { acquireDefaultReader, readFromReader } from "./readable_default_reader.js";
import { readableRecord } from "./readable_stream.js";

/**
 * A promise of all bytes of a stream, as a Uint8Array of the caller's own over the whole of its buffer. Locks the
 * stream for good; throws a TypeError if it is locked already. Chunks must be ArrayBuffers or views: any other chunk
 * cancels the stream and rejects with a TypeError.
 */
export function readAllBytes(stream) {
  const record = readableRecord(stream);
  const collector = new Collector(acquireDefaultReader(record), record.controller.isByte);
  collector.readOn();
  return collector.take();
}

/** The read request for all chunks: its promise is settled at the end. */
class Collector extends PromiseOnDemand {
  #reader;
  /** Whether chunks belong to nobody else, so that a single one may be given away. */
  #ownsChunks;
  #chunks = new Fifo();
  #byteLength = 0;
  // Chunks that are there at once are read in a loop, not by recursion.
  #isReading = false;
  #isAnswered = false;

  constructor(reader, ownsChunks) {
    super();
    this.#reader = reader;
    this.#ownsChunks = ownsChunks;
  }

  readOn() {
    this.#isReading = true;
    do {
      this.#isAnswered = false;
      readFromReader(this.#reader, this);
    } while (this.#isAnswered);
    this.#isReading = false;
  }

  chunkSteps(chunk) {
    const bytes = bytesOf(chunk);
    if (bytes === undefined) {
      const error = new TypeError("This ReadableStream did not return bytes.");
      markHandled(cancelByReader(this.#reader, error));
      this.reject(error);
      return;
    }
    this.#chunks.push(bytes);
    this.#byteLength += bytes.byteLength;
    this.#isAnswered = true;
    if (!this.#isReading) this.readOn();
  }

  closeSteps() {
    this.resolve(this.#joined());
  }

  errorSteps(error) {
    this.reject(error);
  }

  #joined() {
    const chunks = this.#chunks;
    if (chunks.length === 1 && this.#ownsChunks) {
      const { buffer, byteLength } = chunks.peek();
      if (byteLength === bufferByteLength(buffer)) return new Uint8ArrayConstructor(buffer);
    }
    const all = new ArrayBufferConstructor(this.#byteLength);
    let offset = 0;
    while (chunks.length > 0) {
      const { buffer, byteOffset, byteLength } = chunks.shift();
      copyBytes(all, offset, buffer, byteOffset, byteLength);
      offset += byteLength;
    }
    return new Uint8ArrayConstructor(all);
  }
}
