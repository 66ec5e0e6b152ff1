// What node:readline and node:readline/promises have in common: an interface to nobody. Every question is answered with
// nothing, and there is one line, which is empty.

import { EventEmitter } from "./events/emitter.js";

const { asyncDispose, asyncIterator, dispose } = Symbol;

/** A class `Interface` with this method `question`. */
export function makeInterface(question) {
  class Interface extends EventEmitter {
    terminal = false;
    line = "";
    cursor = 0;
    constructor() {
      super();
    }

    getPrompt() {
      return "";
    }

    setPrompt(_prompt) {}

    prompt(_preserveCursor) {}

    pause() {
      return this;
    }

    resume() {
      return this;
    }

    close() {}

    write(_data, _key) {}

    getCursorPos() {
      return { rows: 0, cols: 0 };
    }

    [dispose]() {
      this.close();
    }

    async [asyncDispose]() {
      this.close();
    }

    async *[asyncIterator]() {
      yield "";
    }
  }
  Object.defineProperty(Interface.prototype, "question", { value: question, writable: true, configurable: true });
  return Interface;
}
