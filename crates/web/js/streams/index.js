// The Streams standard (https://streams.spec.whatwg.org/). First what users see, then what the platform uses.

export { FixedLengthStream, IdentityTransformStream } from "./identity_transform_stream.js";
export { ByteLengthQueuingStrategy, CountQueuingStrategy } from "./queuing_strategies.js";
export { ReadableStreamBYOBReader } from "./readable_byob_reader.js";
export { ReadableStreamBYOBRequest } from "./readable_byob_request.js";
export { ReadableByteStreamController } from "./readable_byte_controller.js";
export { ReadableStreamDefaultController } from "./readable_default_controller.js";
export { ReadableStreamDefaultReader } from "./readable_default_reader.js";
export { ReadableStream } from "./readable_stream.js";
export { TextDecoderStream } from "./text_decoder_stream.js";
export { TextEncoderStream } from "./text_encoder_stream.js";
export { TransformStreamDefaultController } from "./transform_controller.js";
export { TransformStream } from "./transform_stream.js";
export { WritableStreamDefaultController } from "./writable_controller.js";
export { WritableStream } from "./writable_stream.js";
export { WritableStreamDefaultWriter } from "./writable_writer.js";

export * from "./internal.js";
export { createTransform } from "./internal_transform.js";
export { readAllBytes } from "./read_all.js";
export { isReadableStream } from "./readable_stream.js";
export { isWritableStream } from "./writable_stream.js";
