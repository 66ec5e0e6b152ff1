// CompressionStream and DecompressionStream (https://compression.spec.whatwg.org/).

import { op_codec_new } from "holdfast:ops";
import { CodecPipe } from "./codec_pipe.js";
import { enabled } from "./compat.js";
import { TransformStream } from "./streams/index.js";
import { constructorArgumentError } from "./type_errors.js";
import { defineInterface, DOMString, internalToken } from "./webidl.js";

function codecFor(Class, given, format, compresses) {
  if (given === 0) throw constructorArgumentError(Class, 1, "string");
  const codec = op_codec_new(DOMString(format), compresses, enabled("strict_compression_checks"));
  if (codec !== undefined) return codec;
  throw new TypeError("The compression format must be either 'deflate', 'deflate-raw' or 'gzip'.");
}

export class CompressionStream extends TransformStream {
  constructor(format = undefined) {
    super(internalToken, new CodecPipe(codecFor("CompressionStream", arguments.length, format, true)));
  }
}

export class DecompressionStream extends TransformStream {
  constructor(format = undefined) {
    super(internalToken, new CodecPipe(codecFor("DecompressionStream", arguments.length, format, false)));
  }
}

defineInterface(CompressionStream);
defineInterface(DecompressionStream);
