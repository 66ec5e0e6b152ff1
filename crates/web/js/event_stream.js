// The format of server-sent events (https://html.spec.whatwg.org/#parsing-an-event-stream), as Workers read it: an
// event without data is not dispatched, even if it has an empty `data` field.

import { TextDecoder } from "./encoding.js";

/** Characters of an event that is not complete yet; a server that sends more is not speaking this protocol. */
const EVENT_LENGTH_MAX = 32 * 1024 * 1024;

export class EventStreamParser {
  #decoder = new TextDecoder();
  #sink;
  #rest = "";
  #afterReturn = false;
  #data = [];
  #dataLength = 0;
  #type = "";
  #lastEventId;

  /**
   * @param {{
   *   event(type: string, data: string, lastEventId: string): void,
   *   id(lastEventId: string): void,
   *   retry(ms: number): void,
   * }} sink
   */
  constructor(sink, lastEventId) {
    this.#sink = sink;
    this.#lastEventId = lastEventId;
  }

  /** Takes the next bytes. What comes after the last empty line is dropped at the end of the stream. */
  push(bytes) {
    let text = typeof bytes === "string" ? bytes : this.#decoder.decode(bytes, { stream: true });
    if (text === "") return;
    // The line feed of a pair that was torn apart.
    if (this.#afterReturn && text[0] === "\n") text = text.slice(1);
    this.#afterReturn = text.endsWith("\r");
    const lines = text.split(/\r\n|\n|\r/);
    lines[0] = this.#rest + lines[0];
    this.#rest = lines.pop();
    for (const line of lines) this.#line(line);
    if (this.#rest.length + this.#dataLength > EVENT_LENGTH_MAX) {
      throw new RangeError(`A server-sent event has more than ${EVENT_LENGTH_MAX} characters.`);
    }
  }

  #line(line) {
    if (line === "") {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return;
    if (colon < 0) this.#field(line, "");
    else this.#field(line.slice(0, colon), line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1));
  }

  #field(name, value) {
    switch (name) {
      case "event":
        this.#type = value;
        break;
      case "data":
        this.#data.push(value);
        this.#dataLength += value.length + 1;
        break;
      case "id":
        if (!value.includes("\0")) this.#lastEventId = value;
        break;
      case "retry":
        if (/^[0-9]+$/.test(value)) this.#sink.retry(Number(value));
        break;
    }
  }

  #dispatch() {
    const data = this.#data.join("\n");
    const type = this.#type === "" ? "message" : this.#type;
    this.#data = [];
    this.#dataLength = 0;
    this.#type = "";
    this.#sink.id(this.#lastEventId);
    if (data !== "") this.#sink.event(type, data, this.#lastEventId);
  }
}
