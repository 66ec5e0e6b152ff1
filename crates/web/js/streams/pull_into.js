// Pull-into descriptors: a buffer that waits to be filled (https://streams.spec.whatwg.org/#pull-into-descriptor).

import { bufferByteLength, transferBuffer } from "./bytes.js";

/** `readerType` of a descriptor: who waits for it. */
export const FOR_DEFAULT = "default";
export const FOR_BYOB = "byob";
export const FOR_NOBODY = "none";

export class PullInto {
  buffer;
  byteOffset;
  byteLength;
  bytesFilled = 0;
  minimumFill;
  /** Constructor and element size of the view to hand out, as in bytes.js */
  type;
  readerType;
  /** Size of the buffer when it was given: a view passed to respondWithNewView() must be of a buffer of this size. */
  bufferByteLength;
  /** Whether the end of the stream turns a fill below the minimum into a last chunk, as readAtLeast() wants. */
  partialAtEnd;

  constructor(buffer, byteOffset, byteLength, minimumFill, type, readerType, partialAtEnd) {
    this.buffer = buffer;
    this.byteOffset = byteOffset;
    this.byteLength = byteLength;
    this.minimumFill = minimumFill;
    this.type = type;
    this.readerType = readerType;
    this.bufferByteLength = bufferByteLength(buffer);
    this.partialAtEnd = partialAtEnd;
  }

  /** Bytes filled beyond the last whole element. */
  get remainder() {
    return this.bytesFilled % this.type.elementSize;
  }

  /** ReadableByteStreamControllerConvertPullIntoDescriptor */
  toView() {
    const { construct, elementSize } = this.type;
    return new construct(transferBuffer(this.buffer), this.byteOffset, this.bytesFilled / elementSize);
  }
}
