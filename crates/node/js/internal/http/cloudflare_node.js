// The module `cloudflare:node`.

export { handleAsNodeRequest, httpServerHandler } from "./servers.js";
