// node:_http_agent, an old name of parts of node:http.

import { Agent, globalAgent } from "./http.js";

export { Agent, globalAgent };
export default { Agent, globalAgent };
