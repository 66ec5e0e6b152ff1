// TextDecoderStream (https://encoding.spec.whatwg.org/#interface-textdecoderstream).

import { TextDecoder } from "../encoding.js";
import { ArrayBufferIsView, uncurryThis } from "../primordials.js";
import { defineInterface, illegalInvocation, internalToken, isArrayBuffer } from "../webidl.js";
import { createTransform } from "./internal_transform.js";
import { TransformStream } from "./transform_stream.js";

const decode = uncurryThis(TextDecoder.prototype.decode);
const MORE_FOLLOWS = { __proto__: null, stream: true };

/** "Decode and enqueue a chunk" */
class Decoder {
  #decoder;

  constructor(decoder) {
    this.#decoder = decoder;
  }

  transform(chunk, stream) {
    if (!ArrayBufferIsView(chunk) && !isArrayBuffer(chunk)) {
      throw new TypeError(
        "This TransformStream is being used as a byte stream, but received a value that is not a BufferSource.",
      );
    }
    const text = decode(this.#decoder, chunk, MORE_FOLLOWS);
    if (text !== "") stream.enqueue(text);
  }

  flush(stream) {
    const text = decode(this.#decoder);
    if (text !== "") stream.enqueue(text);
  }

  cancel() {}
}

let isStream;

export class TextDecoderStream extends TransformStream {
  #encoding;
  #fatal;
  #ignoreBOM;

  static {
    isStream = (value) => typeof value === "object" && value !== null && #encoding in value;
  }

  constructor(label = "utf-8", options = undefined) {
    const decoder = new TextDecoder(label, options);
    super(internalToken, createTransform(new Decoder(decoder)));
    this.#encoding = decoder.encoding;
    this.#fatal = decoder.fatal;
    this.#ignoreBOM = decoder.ignoreBOM;
  }

  get encoding() {
    if (!isStream(this)) throw illegalInvocation();
    return this.#encoding;
  }

  get fatal() {
    if (!isStream(this)) throw illegalInvocation();
    return this.#fatal;
  }

  get ignoreBOM() {
    if (!isStream(this)) throw illegalInvocation();
    return this.#ignoreBOM;
  }
}

defineInterface(TextDecoderStream);
