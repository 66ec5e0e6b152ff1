// node:tty. Nothing is a terminal: these are sockets by their class only, and say that they have no size.

import { op_node_module } from "holdfast:ops";

// Sockets and what they are made of are loaded only with this module.
const { Socket } = op_node_module("net").default;

/** Neither needs `new`: then the object is the receiver, or the module. */
function ReadStream(fd) {
  return Object.assign(this ?? tty, { fd, isRaw: false, isTTY: false });
}

function WriteStream(fd) {
  return Object.assign(this ?? tty, { fd, columns: 0, rows: 0 });
}

for (const Class of [ReadStream, WriteStream]) {
  Object.setPrototypeOf(Class, Socket);
  Class.prototype = Object.create(Socket.prototype, {
    constructor: { value: Class, writable: true, configurable: true },
  });
}

ReadStream.prototype.setRawMode = (0, function (flag) {
  this.isRaw = flag;
  return this;
});

Object.assign(WriteStream.prototype, {
  isTTY: true,
  getColorDepth: (0, () => 8),
  hasColors: (0, () => false),
  _refreshSize: (0, () => {}),
  cursorTo: (0, (_x, _y, _callback) => false),
  moveCursor: (0, (_dx, _dy, _callback) => false),
  clearLine: (0, (_direction, _callback) => false),
  clearScreenDown: (0, (_callback) => false),
  getWindowSize: (0, () => [0, 0]),
});

function isatty(_fd) {
  return false;
}

const tty = { isatty, ReadStream, WriteStream };

export { isatty, ReadStream, WriteStream };
export default tty;
