// node:_stream_passthrough, the old name of stream.PassThrough's module.

export { PassThrough, PassThrough as default } from "./stream.js";
