// node:_tls_wrap, an old name of parts of node:tls.

import { connect, TLSSocket } from "./internal/net/tls.js";

export { connect, TLSSocket };
export default { TLSSocket, connect };
