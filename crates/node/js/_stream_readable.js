// node:_stream_readable, the old name of stream.Readable's module.

import { Readable } from "./stream.js";

export const { ReadableState, from, fromWeb, toWeb, wrap } = Readable;
export { Readable };
export default Readable;
