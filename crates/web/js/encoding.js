// TextEncoder and TextDecoder (https://encoding.spec.whatwg.org/#api).

import {
  op_decode, op_decoder_decode, op_decoder_new, op_encode, op_encode_into, op_encoding_name,
} from "holdfast:ops";
import { TypedArrayPrototypeGetToStringTag } from "./primordials.js";
import { argumentError, constructorArgumentError } from "./type_errors.js";
import { DOMString, defineInterface, isArrayBuffer, isObject, isSharedArrayBuffer } from "./webidl.js";

const { isView } = ArrayBuffer;

export class TextEncoder {
  #brand;

  get encoding() {
    this.#brand;
    return "utf-8";
  }

  encode(input = "") {
    this.#brand;
    return op_encode(DOMString(input));
  }

  /** Writes as many whole characters as fit: `read` counts UTF-16 code units, `written` bytes. */
  encodeInto(source, destination) {
    this.#brand;
    const text = DOMString(source);
    if (TypedArrayPrototypeGetToStringTag(destination) !== "Uint8Array") {
      throw argumentError("encodeInto", "TextEncoder", 2, "Uint8Array");
    }
    const { 0: read, 1: written } = op_encode_into(text, destination);
    return { read, written };
  }
}

export class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBOM;
  /** The native decoder in the middle of a stream, else null. */
  #stream = null;

  constructor(label = "utf-8", options = undefined) {
    const name = op_encoding_name(`${label}`);
    if (name === undefined) throw new RangeError(`"${label}" is not a valid encoding.`);
    if (options !== undefined && options !== null && !isObject(options)) {
      throw constructorArgumentError("TextDecoder", 2, "TextDecoderOptions");
    }
    this.#encoding = name;
    this.#fatal = !!options?.fatal;
    this.#ignoreBOM = !!options?.ignoreBOM;
  }

  get encoding() {
    return this.#encoding;
  }

  get fatal() {
    return this.#fatal;
  }

  get ignoreBOM() {
    return this.#ignoreBOM;
  }

  decode(input = undefined, options = undefined) {
    const encoding = this.#encoding;
    if (input !== undefined && !isView(input) && !isArrayBuffer(input) && !isSharedArrayBuffer(input)) {
      throw argumentError("decode", "TextDecoder", 1, "Array");
    }
    if (options !== undefined && options !== null && !isObject(options)) {
      throw argumentError("decode", "TextDecoder", 2, "TextDecodeOptions");
    }
    const stream = !!options?.stream;
    let text;
    if (this.#stream === null && !stream) {
      text = input === undefined ? "" : op_decode(encoding, this.#fatal, this.#ignoreBOM, input);
    } else {
      const decoder = (this.#stream ??= op_decoder_new(encoding, this.#fatal, this.#ignoreBOM));
      text = op_decoder_decode(decoder, input, stream);
      // The end of the stream, and an error, start the next call afresh.
      if (!stream || text === undefined) this.#stream = null;
    }
    if (text === undefined) throw new TypeError("Failed to decode input.");
    return text;
  }
}

defineInterface(TextEncoder);
defineInterface(TextDecoder);
