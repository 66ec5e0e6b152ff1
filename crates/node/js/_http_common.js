// node:_http_common, an old name of parts of node:http.

import {
  hasInvalidCharacter as _checkInvalidHeaderChar, isToken as _checkIsHttpToken, METHODS,
} from "./internal/http/tokens.js";

const CRLF = "\r\n";
const chunkExpression = /(?:^|\W)chunked(?:$|\W)/i;
const continueExpression = /(?:^|\W)100-continue(?:$|\W)/i;
const kIncomingMessage = Symbol("IncomingMessage");
const methods = METHODS;
// There is no parser of Node's to be had.
const parsers = {};

export {
  _checkInvalidHeaderChar, _checkIsHttpToken, chunkExpression, continueExpression, CRLF, kIncomingMessage, methods,
  parsers,
};
export default {
  _checkInvalidHeaderChar, _checkIsHttpToken, chunkExpression, continueExpression, CRLF, kIncomingMessage, methods,
  parsers,
};
