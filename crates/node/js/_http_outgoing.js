// node:_http_outgoing, an old name of parts of node:http.

import {
  kHighWaterMark, kUniqueHeaders, OutgoingMessage, parseUniqueHeadersOption,
} from "./internal/http/outgoing.js";
import { validateHeaderName, validateHeaderValue } from "./internal/http/tokens.js";

export {
  kHighWaterMark, kUniqueHeaders, OutgoingMessage, parseUniqueHeadersOption, validateHeaderName,
  validateHeaderValue,
};
export default {
  kHighWaterMark, kUniqueHeaders, OutgoingMessage, parseUniqueHeadersOption, validateHeaderName,
  validateHeaderValue,
};
