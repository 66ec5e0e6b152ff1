// node:_http_incoming, an old name of parts of node:http.

import { IncomingMessage } from "./http.js";

export { IncomingMessage };
export default { IncomingMessage };
