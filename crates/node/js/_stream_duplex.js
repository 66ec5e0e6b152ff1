// node:_stream_duplex, the old name of stream.Duplex's module.

import { Duplex } from "./stream.js";

export const { from, fromWeb, toWeb } = Duplex;
export { Duplex };
export default Duplex;
