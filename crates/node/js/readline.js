// node:readline.

import { idle } from "./internal/missing.js";
import { makeInterface } from "./internal/readline.js";
import * as promises from "./readline/promises.js";

const { question } = {
  question(_query, options, callback) {
    if (typeof options === "function") callback = options;
    callback?.("");
  },
};

const Interface = makeInterface(question);

function createInterface() {
  return new Interface();
}

const clearLine = idle("clearLine", 0, false);
const clearScreenDown = idle("clearScreenDown", 0, false);
const cursorTo = idle("cursorTo", 0, false);
const moveCursor = idle("moveCursor", 0, false);
const emitKeypressEvents = idle("emitKeypressEvents");

export {
  clearLine, clearScreenDown, createInterface, cursorTo, emitKeypressEvents, Interface, moveCursor, promises,
};
export default {
  clearLine,
  clearScreenDown,
  createInterface,
  cursorTo,
  emitKeypressEvents,
  moveCursor,
  Interface,
  promises,
};
