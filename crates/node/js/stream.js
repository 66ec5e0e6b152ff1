// node:stream.

import { Stream } from "./internal/streams/index.js";

export {
  _isArrayBufferView, _isUint8Array, _uint8ArrayToBuffer, addAbortSignal, compose, destroy, Duplex, duplexPair,
  finished, getDefaultHighWaterMark, isDestroyed, isDisturbed, isErrored, isReadable, isWritable, PassThrough,
  pipeline, promises, Readable, setDefaultHighWaterMark, Stream, Transform, Writable,
} from "./internal/streams/index.js";

export default Stream;
