// node:_stream_transform, the old name of stream.Transform's module.

export { Transform, Transform as default } from "./stream.js";
