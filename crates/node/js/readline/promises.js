// node:readline/promises.

import { makeInterface } from "../internal/readline.js";

const { question } = {
  async question(_query, _options) {
    return "";
  },
};

const Interface = makeInterface(question);

/** Actions on a terminal, which is not there. */
class Readline {
  clearLine(_direction) {
    return this;
  }

  clearScreenDown() {
    return this;
  }

  async commit() {}

  cursorTo(_x, _y) {
    return this;
  }

  moveCursor(_dx, _dy) {
    return this;
  }

  rollback() {
    return this;
  }
}

function createInterface() {
  return new Interface();
}

export { createInterface, Interface, Readline };
export default { Interface, Readline, createInterface };
