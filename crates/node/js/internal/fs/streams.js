// fs.ReadStream and fs.WriteStream.

import { Buffer } from "../../buffer.js";
import { ERR_OUT_OF_RANGE } from "../errors.js";
import { validateInteger } from "../validators.js";
import { inherit } from "../streams/legacy.js";
import { Readable } from "../streams/readable.js";
import { Writable } from "../streams/writable.js";
import { pathOf, withEncoding } from "./arguments.js";
import { closeSync, openSync, readSync, writeSync } from "./descriptors.js";

function descriptorOf(stream, options) {
  const { fd } = options;
  stream.fd = fd === undefined || fd === null ? null : typeof fd === "number" ? fd : fd.fd;
}

function open(stream, callback) {
  if (stream.fd !== null) {
    callback();
    return;
  }
  try {
    stream.fd = openSync(stream.path, stream.flags, stream.mode);
  } catch (error) {
    callback(error);
    return;
  }
  callback();
  stream.emit("open", stream.fd);
  stream.emit("ready");
}

function closeDescriptor(stream, error, callback) {
  const { fd } = stream;
  stream.fd = null;
  if (fd !== null && stream.autoClose) closeSync(fd);
  callback(error);
}

const sharedMembers = {
  close(callback) {
    if (typeof callback === "function") this.once("close", callback);
    this.destroy();
  },
  _construct(callback) {
    open(this, callback);
  },
};

function defineShared(Class) {
  Object.assign(Class.prototype, sharedMembers);
  Object.defineProperty(Class.prototype, "pending", {
    get() {
      return this.fd === null;
    },
    configurable: true,
  });
}

export function ReadStream(path, options) {
  if (!(this instanceof ReadStream)) return new ReadStream(path, options);
  const settings = withEncoding(options);
  const { flags = "r", mode = 0o666, start, end = Infinity, autoClose = true } = settings;
  if (start !== undefined) validateInteger(start, "start", 0);
  if (end !== Infinity) validateInteger(end, "end", 0);
  if (start !== undefined && start > end) throw new ERR_OUT_OF_RANGE("start", `<= "end" (here: ${end})`, start);
  Object.assign(this, { path, flags, mode, start, end, autoClose, bytesRead: 0 });
  if (settings.fd === undefined || settings.fd === null) this.path = typeof path === "string" ? path : pathOf(path);
  descriptorOf(this, settings);
  this.pos = start;
  Readable.call(this, { highWaterMark: 64 * 1024, ...settings, autoDestroy: autoClose });
}
inherit(ReadStream, Readable);
defineShared(ReadStream);

ReadStream.prototype._read = function (size) {
  const left = this.pos === undefined ? this.end - this.bytesRead + 1 : this.end - this.pos + 1;
  const buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(size, left)));
  let count = 0;
  try {
    if (buffer.length > 0) count = readSync(this.fd, buffer, 0, buffer.length, this.pos ?? null);
  } catch (error) {
    this.destroy(error);
    return;
  }
  this.bytesRead += count;
  if (this.pos !== undefined) this.pos += count;
  this.push(count === 0 ? null : buffer.subarray(0, count));
};
ReadStream.prototype._destroy = function (error, callback) {
  closeDescriptor(this, error, callback);
};

export function WriteStream(path, options) {
  if (!(this instanceof WriteStream)) return new WriteStream(path, options);
  const settings = withEncoding(options);
  const { flags = "w", mode = 0o666, start, autoClose = true } = settings;
  if (start !== undefined) validateInteger(start, "start", 0);
  Object.assign(this, { path, flags, mode, start, autoClose, bytesWritten: 0 });
  if (settings.fd === undefined || settings.fd === null) this.path = typeof path === "string" ? path : pathOf(path);
  descriptorOf(this, settings);
  this.pos = start;
  Writable.call(this, { highWaterMark: 64 * 1024, ...settings, decodeStrings: true, autoDestroy: autoClose });
  if (settings.encoding) this.setDefaultEncoding(settings.encoding);
}
inherit(WriteStream, Writable);
defineShared(WriteStream);

WriteStream.prototype._write = function (chunk, encoding, callback) {
  let count;
  try {
    count = writeSync(this.fd, chunk, 0, chunk.length, this.pos ?? null);
  } catch (error) {
    callback(error);
    return;
  }
  this.bytesWritten += count;
  if (this.pos !== undefined) this.pos += count;
  callback();
};
WriteStream.prototype._destroy = function (error, callback) {
  closeDescriptor(this, error, callback);
};
WriteStream.prototype.destroySoon = WriteStream.prototype.end;

export function createReadStream(path, options) {
  return new ReadStream(path, options);
}

export function createWriteStream(path, options) {
  return new WriteStream(path, options);
}
