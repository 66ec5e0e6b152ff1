// The module `cloudflare:sockets`.

export { connect } from "holdfast:web/socket";

export function internalNewHttpClient() {
  throw new Error('internalNewHttpClient() of "cloudflare:sockets" is not supported by Holdfast.');
}
