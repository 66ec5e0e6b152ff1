// HTMLRewriter (https://developers.cloudflare.com/workers/runtime-apis/html-rewriter/).

import { op_body_channel, op_rewriter_new, op_rewriter_selector } from "holdfast:ops";
import { bodyKind, HOST, isUnusable, NONE, streamOfBody } from "../body.js";
import { parseMimeType } from "../mime.js";
import { isResponse, responseWithBody } from "../response.js";
import { getInternalReader } from "../streams/index.js";
import { argumentError } from "../type_errors.js";
import { callbackField, defineInterface, dictionary, DOMString } from "../webidl.js";
import { Driver, LOCKED } from "./driver.js";

// The sum by which the host knows which handlers there are.
const BITS = { element: 1, text: 2, comments: 4, doctype: 8, end: 16 };

const ELEMENT_HANDLERS = callbacks("ElementContentHandlers", ["element", "comments", "text"]);
const DOCUMENT_HANDLERS = callbacks("DocumentContentHandlers", ["doctype", "comments", "text", "end"]);

function callbacks(dictionaryName, fields) {
  const members = { __proto__: null };
  for (const field of fields) members[field] = callbackField(dictionaryName, field);
  return members;
}

export class HTMLRewriter {
  // { selector, callbacks, receiver } in the order in which they were added; never changed, but replaced.
  #handlers = [];

  on(selector, handlers) {
    if (arguments.length < 1) throw argumentError("on", "HTMLRewriter", 1, "string");
    const text = DOMString(selector);
    const wrong = () => argumentError("on", "HTMLRewriter", 2, "ElementContentHandlers");
    if (arguments.length < 2) throw wrong();
    const callbacks = dictionary(handlers, ELEMENT_HANDLERS, wrong);
    this.#add({ selector: op_rewriter_selector(text), callbacks, receiver: handlers });
    return this;
  }

  onDocument(handlers) {
    const wrong = () => argumentError("onDocument", "HTMLRewriter", 1, "DocumentContentHandlers");
    if (arguments.length < 1) throw wrong();
    const callbacks = dictionary(handlers, DOCUMENT_HANDLERS, wrong);
    this.#add({ selector: null, callbacks, receiver: handlers });
    return this;
  }

  transform(response) {
    if (!isResponse(response)) throw argumentError("transform", "HTMLRewriter", 1, "Response");
    if (response.type === "error") throw new TypeError("HTMLRewriter cannot transform an error response");
    if (bodyKind(response) === NONE) return response;
    if (isUnusable(response)) throw new TypeError(LOCKED);
    const handlers = this.#handlers;
    const rewriter = op_rewriter_new(describeHandlers(handlers), charsetOf(response));
    const channel = op_body_channel(undefined);
    const { 1: body } = channel;
    const transformed = responseWithBody(response, HOST, body);
    const source = getInternalReader(streamOfBody(response));
    new Driver(rewriter, handlers, source, channel).run();
    return transformed;
  }

  #add(entry) {
    const { length } = this.#handlers;
    const handlers = this.#handlers.slice();
    handlers[length] = entry;
    this.#handlers = handlers;
  }
}

defineInterface(HTMLRewriter);

// The flat list that `op_rewriter_new` takes.
function describeHandlers(handlers) {
  const list = [];
  for (let i = 0; i < handlers.length; i++) {
    const { selector, callbacks } = handlers[i];
    let bits = 0;
    for (const name in callbacks) bits |= BITS[name];
    list[2 * i] = selector;
    list[2 * i + 1] = bits;
  }
  return list;
}

function charsetOf(response) {
  const contentType = response.headers.get("content-type");
  const type = contentType === null ? undefined : parseMimeType(contentType);
  return type?.parameters.get("charset") ?? "utf-8";
}
