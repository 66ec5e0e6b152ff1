// Runs a rewriter: feeds it, calls the handlers it stops at, and sends what it makes.
//
// The rewriter (src/rewriter) stops wherever JavaScript is needed and says at what. Nothing here runs ahead: input is
// read when the rewriter wants it, and output waits for its reader, so a slow reader stops the source.

import {
  op_body_closed, op_body_finish, op_body_send, op_body_sender_fail, op_rewriter_continue, op_rewriter_feed,
  op_rewriter_output, op_rewriter_stop,
} from "holdfast:ops";
import { isUnusable } from "../body.js";
import { chunkBytes, failSender } from "../host_body.js";
import { PromisePrototypeThen, PromiseResolve, ReflectApply } from "../primordials.js";
import { getInternalReader, isReadableStream, readableStreamIsDisturbed, readableStreamIsLocked } from "../streams/index.js";
import { internalToken, isObject } from "../webidl.js";
import { Comment, Doctype, DocumentEnd, Element, EndTag, Text } from "./tokens.js";

// What a rewriter stops at (src/rewriter/ops.rs): one of these in the lowest four bits, with a number above.
const OVER = 0;
const ELEMENT = 1;
const TEXT = 2;
const COMMENT = 3;
const DOCTYPE = 4;
const DOCUMENT_END = 5;
const END_TAG = 6;
const NEED_INPUT = 8;
const OUTPUT_FULL = 9;
const NEED_CONTENT = 10;

// An async handler that waits for nothing outside is done after so many jobs; output need not be cut into pieces for it.
const QUICK_JOBS = 5;

export const LOCKED = "The ReadableStream has been locked to a reader.";
const NOT_BYTES = "This ReadableStream did not return bytes.";

export class Driver {
  #rewriter;
  #handlers;
  #source;
  #sender;
  // Nobody but its reader keeps the body that this feeds: one that was thrown away ends the work.
  #body;
  #cancelled = false;
  // Handlers of end tags and streams that are content, by the numbers that the rewriter knows them by.
  #endTags = new Map();
  #contents = new Map();
  #numbers = 0;
  // The reader of the content that is being read.
  #content = null;

  /**
   * @param rewriter the host's handle
   * @param handlers what is to be called, by the numbers that the rewriter knows them by
   * @param source an internal reader of the page
   * @param channel the sender and the body of `op_body_channel`
   */
  constructor(rewriter, handlers, source, { 0: sender, 1: body }) {
    this.#rewriter = rewriter;
    this.#handlers = handlers;
    this.#source = source;
    this.#sender = sender;
    this.#body = new WeakRef(body);
  }

  async run() {
    const closed = () => this.#cancel(new Error("Network connection lost."));
    PromisePrototypeThen(op_body_closed(this.#sender), closed, () => {});
    try {
      await this.#drive();
      if (!this.#cancelled) {
        this.#cancelled = true;
        op_body_finish(this.#sender);
        return;
      }
    } catch (error) {
      if (!this.#cancelled) {
        this.#cancel(error);
        failSender(this.#sender, this.#body.deref(), error instanceof Error ? error : new Error(describe(error)));
        return;
      }
    }
    // Nobody reads what this says; but the context must know that it does not feed a body any more.
    op_body_sender_fail(this.#sender, "The stream was cancelled.", undefined);
  }

  async #drive() {
    let event = op_rewriter_continue(this.#rewriter);
    for (;;) {
      const number = event >>> 4;
      switch (event & 15) {
        case OVER:
          await this.#send();
          return;
        case NEED_INPUT:
          await this.#send();
          event = await this.#feed();
          break;
        case NEED_CONTENT:
          await this.#send();
          event = await this.#feedContent(number);
          break;
        case OUTPUT_FULL:
          await this.#send();
          if (!this.#cancelled) event = op_rewriter_continue(this.#rewriter);
          break;
        default: {
          const waiting = this.#handle(event & 15, number);
          if (waiting !== undefined) await waiting;
          if (!this.#cancelled) event = op_rewriter_continue(this.#rewriter);
        }
      }
      if (this.#cancelled) return;
    }
  }

  // Sends what there is.
  async #send() {
    if (this.#cancelled) return;
    const output = op_rewriter_output(this.#rewriter);
    if (output !== null && !(await op_body_send(this.#sender, output))) this.#cancel(new Error("Network connection lost."));
  }

  // Gives the rewriter the next chunk of the page.
  async #feed() {
    if (this.#cancelled) return OVER;
    const bytes = await readBytes(this.#source);
    // Where it was cancelled, nobody looks at the event.
    return this.#cancelled ? OVER : op_rewriter_feed(this.#rewriter, bytes);
  }

  // Gives the rewriter the next chunk of a stream that is content.
  async #feedContent(number) {
    if (this.#cancelled) return OVER;
    this.#content ??= this.#openContent(number);
    const bytes = this.#content === null ? null : await readBytes(this.#content);
    if (bytes === null) this.#content = null;
    return this.#cancelled ? OVER : op_rewriter_feed(this.#rewriter, bytes);
  }

  // A reader of a stream or Response that is content; null for a Response without a body.
  #openContent(number) {
    const content = this.#contents.get(number);
    this.#contents.delete(number);
    const stream = isReadableStream(content) ? content : streamOf(content);
    if (stream === null) return null;
    if (readableStreamIsLocked(stream) || readableStreamIsDisturbed(stream)) throw new TypeError(LOCKED);
    return getInternalReader(stream);
  }

  // Calls a handler. A promise where it is to be waited for, undefined else.
  #handle(kind, number) {
    const lease = { rewriter: this.#rewriter, driver: this };
    let result;
    try {
      result = this.#call(kind, number, lease);
    } catch (error) {
      lease.rewriter = undefined;
      throw error;
    }
    if (isObject(result) && typeof result.then === "function") return this.#wait(PromiseResolve(result), lease);
    lease.rewriter = undefined;
    return undefined;
  }

  async #wait(promise, lease) {
    let settled = false;
    const settle = () => {
      settled = true;
    };
    // A handler that fails while output is on its way is not one that nobody looks after.
    PromisePrototypeThen(promise, settle, settle);
    try {
      for (let i = 0; i < QUICK_JOBS && !settled; i++) await undefined;
      // It takes its time, so what is ready goes out meanwhile.
      if (!settled) await this.#send();
      await promise;
    } finally {
      lease.rewriter = undefined;
    }
  }

  #call(kind, number, lease) {
    if (kind === END_TAG) {
      const handler = this.#endTags.get(number);
      this.#endTags.delete(number);
      return handler(new EndTag(internalToken, lease));
    }
    const { callbacks, receiver } = this.#handlers[number];
    switch (kind) {
      case ELEMENT:
        return ReflectApply(callbacks.element, receiver, [new Element(internalToken, lease)]);
      case TEXT:
        return ReflectApply(callbacks.text, receiver, [new Text(internalToken, lease)]);
      case COMMENT:
        return ReflectApply(callbacks.comments, receiver, [new Comment(internalToken, lease)]);
      case DOCTYPE:
        return ReflectApply(callbacks.doctype, receiver, [new Doctype(internalToken, lease)]);
      case DOCUMENT_END:
        return ReflectApply(callbacks.end, receiver, [new DocumentEnd(internalToken, lease)]);
      default:
        throw new Error(`A rewriter stopped at ${kind}, which nobody knows.`);
    }
  }

  // Nobody wants the rest: the sources are let go, the rewriter with what it holds too.
  #cancel(reason) {
    if (this.#cancelled) return;
    this.#cancelled = true;
    op_rewriter_stop(this.#rewriter);
    PromisePrototypeThen(this.#source.cancel(reason), undefined, () => {});
    if (this.#content !== null) PromisePrototypeThen(this.#content.cancel(reason), undefined, () => {});
  }

  /** A number for a stream or Response whose bytes are content. */
  addContent(content) {
    const number = this.#next();
    this.#contents.set(number, content);
    return number;
  }

  /** Keeps the handler of an element's end tag, under the number that `register` takes. A later one takes its place. */
  onEndTag(lease, handler, register) {
    const number = this.#next();
    register(number);
    if (lease.endTag !== undefined) this.#endTags.delete(lease.endTag);
    lease.endTag = number;
    this.#endTags.set(number, handler);
  }

  // Below 2^27, so that an event stays an integer of 32 bits; by then the first ones are long gone.
  #next() {
    this.#numbers = (this.#numbers + 1) & 0x7ffffff;
    return this.#numbers;
  }
}

// The next bytes of a stream; null at its end.
async function readBytes(reader) {
  const { done, value } = await reader.read();
  if (done) return null;
  const bytes = chunkBytes(value);
  if (bytes === undefined) throw new TypeError(NOT_BYTES);
  return bytes;
}

// The stream of a Response that is content, or null.
function streamOf(response) {
  if (isUnusable(response)) throw new TypeError(LOCKED);
  return response.body;
}

function describe(value) {
  try {
    return `${value}`;
  } catch {
    return "A handler of HTMLRewriter failed.";
  }
}
