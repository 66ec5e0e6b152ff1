// node:_stream_writable, the old name of stream.Writable's module.

import { Writable } from "./stream.js";

export const { WritableState, fromWeb, toWeb } = Writable;
export { Writable };
export default Writable;
