// A WebSocket client of a few lines, since the Node versions that the tests run on have none: text frames, close.

import { createHash, randomBytes } from "node:crypto";
import http from "node:http";

const TEXT = 1;
const CLOSE = 8;

/** A connected socket. Messages wait until somebody takes them. */
export class Socket {
  #stream;
  #buffer = Buffer.alloc(0);
  #messages = [];
  #takers = [];
  closed;

  /** @param {string} url with the scheme http */
  static connect(url) {
    const key = randomBytes(16).toString("base64");
    const headers = {
      connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": key,
    };
    return new Promise((resolve, reject) => {
      const request = http.get(url, { headers, agent: false });
      request.on("error", reject);
      request.on("response", (response) => {
        // Nobody reads the body, and the connection must not outlive the test.
        response.destroy();
        reject(new Error(`answered with status ${response.statusCode}`));
      });
      request.on("upgrade", (response, stream, head) => {
        const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
        if (response.headers["sec-websocket-accept"] !== accept) reject(new Error("the handshake is false"));
        else resolve(new Socket(stream, head));
      });
    });
  }

  constructor(stream, head) {
    this.#stream = stream;
    this.closed = new Promise((resolve) => {
      stream.on("close", () => resolve({ code: 1006 }));
      stream.on("error", () => resolve({ code: 1006 }));
      stream.on("data", (data) => this.#receive(data, resolve));
      if (head.length > 0) this.#receive(head, resolve);
    });
  }

  send(text) {
    this.#write(TEXT, Buffer.from(text));
  }

  tell(value) {
    this.send(JSON.stringify(value));
  }

  /** The next text. */
  take() {
    if (this.#messages.length > 0) return Promise.resolve(this.#messages.shift());
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  /** The next message of this type; others are passed over. */
  async until(type) {
    for (;;) {
      const text = await this.take();
      const message = text.startsWith("{") ? JSON.parse(text) : { type: text };
      if (message.type === type) return message;
    }
  }

  /** Says goodbye and resolves with the answer. */
  close(code, reason = "") {
    const body = Buffer.alloc(2);
    body.writeUInt16BE(code);
    this.#write(CLOSE, Buffer.concat([body, Buffer.from(reason)]));
    return this.closed;
  }

  /** Goes away without a word. */
  vanish() {
    this.#stream.destroy();
  }

  #write(opcode, payload) {
    const mask = randomBytes(4);
    const head = payload.length < 126 ? Buffer.alloc(2) : Buffer.alloc(4);
    head[0] = 0x80 | opcode;
    head[1] = 0x80 | Math.min(payload.length, 126);
    if (payload.length >= 126) head.writeUInt16BE(payload.length, 2);
    const masked = payload.map((byte, i) => byte ^ mask[i % 4]);
    this.#stream.write(Buffer.concat([head, mask, masked]));
  }

  #receive(data, closed) {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    for (;;) {
      if (this.#buffer.length < 2) return;
      const kind = this.#buffer[1] & 0x7f;
      const start = kind < 126 ? 2 : kind === 126 ? 4 : 10;
      if (this.#buffer.length < start) return;
      let length = kind;
      if (kind === 126) length = this.#buffer.readUInt16BE(2);
      if (kind === 127) length = Number(this.#buffer.readBigUInt64BE(2));
      if (this.#buffer.length < start + length) return;
      const payload = this.#buffer.subarray(start, start + length);
      const opcode = this.#buffer[0] & 0x0f;
      this.#buffer = this.#buffer.subarray(start + length);
      if (opcode === CLOSE) {
        closed({ code: length < 2 ? 1005 : payload.readUInt16BE(0), reason: payload.subarray(2).toString() });
        this.#stream.end();
      } else if (opcode === TEXT) {
        const text = payload.toString();
        const taker = this.#takers.shift();
        if (taker) taker(text);
        else this.#messages.push(text);
      }
    }
  }
}
