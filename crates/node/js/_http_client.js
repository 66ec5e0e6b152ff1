// node:_http_client, an old name of parts of node:http.

import { ClientRequest } from "./http.js";

export { ClientRequest };
export default { ClientRequest };
