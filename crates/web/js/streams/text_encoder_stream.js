// TextEncoderStream (https://encoding.spec.whatwg.org/#interface-textencoderstream).

import { TextEncoder } from "../encoding.js";
import { StringPrototypeCharCodeAt, StringPrototypeSlice, uncurryThis }
  from "../primordials.js";
import { defineInterface, DOMString, illegalInvocation, internalToken } from "../webidl.js";
import { createTransform } from "./internal_transform.js";
import { TransformStream } from "./transform_stream.js";

const encode = uncurryThis(TextEncoder.prototype.encode);
const encoder = new TextEncoder();

function endsWithLeadSurrogate(string) {
  const unit = StringPrototypeCharCodeAt(string, string.length - 1);
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** "Encode and enqueue a chunk": a lead surrogate at the end of a chunk waits for its trail in the next. */
class Encoder {
  #lead = "";

  transform(chunk, stream) {
    let string = this.#lead + DOMString(chunk);
    this.#lead = "";
    if (string.length > 0 && endsWithLeadSurrogate(string)) {
      this.#lead = StringPrototypeSlice(string, -1);
      string = StringPrototypeSlice(string, 0, -1);
    }
    if (string !== "") stream.enqueue(encode(encoder, string));
  }

  flush(stream) {
    // A lone surrogate is encoded as U+FFFD.
    if (this.#lead !== "") stream.enqueue(encode(encoder, this.#lead));
  }

  cancel() {}
}

let isStream;

export class TextEncoderStream extends TransformStream {
  #brand;

  static {
    isStream = (value) => typeof value === "object" && value !== null && #brand in value;
  }

  constructor() {
    super(internalToken, createTransform(new Encoder()));
  }

  get encoding() {
    if (!isStream(this)) throw illegalInvocation();
    return "utf-8";
  }
}

defineInterface(TextEncoderStream);
