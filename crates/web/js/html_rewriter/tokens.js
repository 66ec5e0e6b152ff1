// What HTMLRewriter's handlers are given: elements, text, comments, the doctype, end tags and the document's end.
//
// A token is a name for what the rewriter stands at. It holds a lease, which the driver takes back when the handler is
// done: `lease.rewriter` is the host's handle until then and undefined afterwards.

import {
  op_token_attribute, op_token_attribute_at, op_token_get, op_token_has_attribute, op_token_insert,
  op_token_on_end_tag, op_token_remove, op_token_remove_attribute, op_token_set, op_token_set_attribute,
} from "holdfast:ops";
import { isReadableStream } from "../streams/index.js";
import { SymbolIterator } from "../primordials.js";
import { isResponse } from "../response.js";
import { argumentError } from "../type_errors.js";
import { defineInterface, DOMString, illegalConstructor, internalToken, isObject } from "../webidl.js";

const NO_LONGER_VALID = "This content token is no longer valid. Content tokens are only valid during the execution of the relevant content handler.";
const NO_STREAMS = "Replacing content in HTML comments using a ReadableStream or Response object is not implemented. You must provide a string.";
const CONTENT = "string or JsReadableStream or Response";

// `Field` and `Place` of src/rewriter/token.rs.
const NAME = 0;
const NAMESPACE_URI = 1;
const REMOVED = 2;
const TEXT = 3;
const LAST_IN_TEXT_NODE = 4;
const PUBLIC_ID = 5;
const SYSTEM_ID = 6;

const BEFORE = 0;
const AFTER = 1;
const PREPEND = 2;
const APPEND = 3;
const REPLACE = 4;
const INNER = 5;

function live(lease) {
  const { rewriter } = lease;
  if (rewriter === undefined) throw new TypeError(NO_LONGER_VALID);
  return rewriter;
}

function leaseFrom(token, lease) {
  if (token !== internalToken) throw illegalConstructor();
  return lease;
}

// A required argument that is a string.
function text(args, index, method, interfaceName) {
  if (args.length <= index) throw argumentError(method, interfaceName, index + 1, "string");
  return DOMString(args[index]);
}

// The methods that take content: `(content, { html })`.
function insert(lease, place, args, method, interfaceName, streams = true) {
  if (args.length < 1) throw argumentError(method, interfaceName, 1, CONTENT);
  const { 0: content, 1: options } = args;
  const isStream = isReadableStream(content) || isResponse(content);
  const string = isStream ? undefined : DOMString(content);
  let html = false;
  if (options !== undefined && options !== null) {
    if (!isObject(options)) throw argumentError(method, interfaceName, 2, "ContentOptions");
    html = !!options.html;
  }
  const rewriter = live(lease);
  if (isStream && !streams) throw new TypeError(NO_STREAMS);
  op_token_insert(rewriter, place, isStream ? lease.driver.addContent(content) : string, html);
}

export class Element {
  #lease;

  constructor(token, lease) {
    this.#lease = leaseFrom(token, lease);
  }

  get tagName() {
    return op_token_get(live(this.#lease), NAME);
  }

  set tagName(name) {
    const value = DOMString(name);
    op_token_set(live(this.#lease), NAME, value);
  }

  get attributes() {
    live(this.#lease);
    return new AttributesIterator(internalToken, this.#lease);
  }

  get removed() {
    return op_token_get(live(this.#lease), REMOVED);
  }

  get namespaceURI() {
    return op_token_get(live(this.#lease), NAMESPACE_URI);
  }

  getAttribute(name) {
    const key = text(arguments, 0, "getAttribute", "Element");
    return op_token_attribute(live(this.#lease), key);
  }

  hasAttribute(name) {
    const key = text(arguments, 0, "hasAttribute", "Element");
    return op_token_has_attribute(live(this.#lease), key);
  }

  setAttribute(name, value) {
    const key = text(arguments, 0, "setAttribute", "Element");
    const content = text(arguments, 1, "setAttribute", "Element");
    op_token_set_attribute(live(this.#lease), key, content);
    return this;
  }

  removeAttribute(name) {
    const key = text(arguments, 0, "removeAttribute", "Element");
    op_token_remove_attribute(live(this.#lease), key);
    return this;
  }

  before(content, options = undefined) {
    insert(this.#lease, BEFORE, arguments, "before", "Element");
    return this;
  }

  after(content, options = undefined) {
    insert(this.#lease, AFTER, arguments, "after", "Element");
    return this;
  }

  prepend(content, options = undefined) {
    insert(this.#lease, PREPEND, arguments, "prepend", "Element");
    return this;
  }

  append(content, options = undefined) {
    insert(this.#lease, APPEND, arguments, "append", "Element");
    return this;
  }

  replace(content, options = undefined) {
    insert(this.#lease, REPLACE, arguments, "replace", "Element");
    return this;
  }

  setInnerContent(content, options = undefined) {
    insert(this.#lease, INNER, arguments, "setInnerContent", "Element");
    return this;
  }

  remove() {
    op_token_remove(live(this.#lease), false);
    return this;
  }

  removeAndKeepContent() {
    op_token_remove(live(this.#lease), true);
    return this;
  }

  onEndTag(handler) {
    if (typeof handler !== "function") throw argumentError("onEndTag", "Element", 1, "function");
    const rewriter = live(this.#lease);
    this.#lease.driver.onEndTag(this.#lease, handler, (number) => op_token_on_end_tag(rewriter, number));
  }
}

const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][SymbolIterator]()));

/** Reads the attributes as they are when it comes to them. */
class AttributesIterator {
  #lease;
  #index = 0;

  constructor(token, lease) {
    this.#lease = leaseFrom(token, lease);
  }

  next() {
    const value = op_token_attribute_at(live(this.#lease), this.#index);
    if (value === null) return { done: true, value: undefined };
    this.#index++;
    return { done: false, value };
  }
}

Object.setPrototypeOf(AttributesIterator.prototype, IteratorPrototype);

export class Text {
  #lease;

  constructor(token, lease) {
    this.#lease = leaseFrom(token, lease);
  }

  get text() {
    return op_token_get(live(this.#lease), TEXT);
  }

  get lastInTextNode() {
    return op_token_get(live(this.#lease), LAST_IN_TEXT_NODE);
  }

  get removed() {
    return op_token_get(live(this.#lease), REMOVED);
  }

  before(content, options = undefined) {
    insert(this.#lease, BEFORE, arguments, "before", "Text");
    return this;
  }

  after(content, options = undefined) {
    insert(this.#lease, AFTER, arguments, "after", "Text");
    return this;
  }

  replace(content, options = undefined) {
    insert(this.#lease, REPLACE, arguments, "replace", "Text");
    return this;
  }

  remove() {
    op_token_remove(live(this.#lease), false);
    return this;
  }
}

export class Comment {
  #lease;

  constructor(token, lease) {
    this.#lease = leaseFrom(token, lease);
  }

  get text() {
    return op_token_get(live(this.#lease), TEXT);
  }

  set text(content) {
    const value = DOMString(content);
    op_token_set(live(this.#lease), TEXT, value);
  }

  get removed() {
    return op_token_get(live(this.#lease), REMOVED);
  }

  before(content, options = undefined) {
    insert(this.#lease, BEFORE, arguments, "before", "Comment", false);
    return this;
  }

  after(content, options = undefined) {
    insert(this.#lease, AFTER, arguments, "after", "Comment", false);
    return this;
  }

  replace(content, options = undefined) {
    insert(this.#lease, REPLACE, arguments, "replace", "Comment", false);
    return this;
  }

  remove() {
    op_token_remove(live(this.#lease), false);
    return this;
  }
}

export class Doctype {
  #lease;

  constructor(token, lease) {
    this.#lease = leaseFrom(token, lease);
  }

  get name() {
    return op_token_get(live(this.#lease), NAME);
  }

  get publicId() {
    return op_token_get(live(this.#lease), PUBLIC_ID);
  }

  get systemId() {
    return op_token_get(live(this.#lease), SYSTEM_ID);
  }
}

export class EndTag {
  #lease;

  constructor(token, lease) {
    this.#lease = leaseFrom(token, lease);
  }

  get name() {
    return op_token_get(live(this.#lease), NAME);
  }

  set name(name) {
    const value = DOMString(name);
    op_token_set(live(this.#lease), NAME, value);
  }

  before(content, options = undefined) {
    insert(this.#lease, BEFORE, arguments, "before", "EndTag");
    return this;
  }

  after(content, options = undefined) {
    insert(this.#lease, AFTER, arguments, "after", "EndTag");
    return this;
  }

  remove() {
    op_token_remove(live(this.#lease), false);
    return this;
  }
}

export class DocumentEnd {
  #lease;

  constructor(token, lease) {
    this.#lease = leaseFrom(token, lease);
  }

  append(content, options = undefined) {
    insert(this.#lease, APPEND, arguments, "append", "DocumentEnd", false);
    return this;
  }
}

for (const Class of [Element, AttributesIterator, Text, Comment, Doctype, EndTag, DocumentEnd]) defineInterface(Class);
