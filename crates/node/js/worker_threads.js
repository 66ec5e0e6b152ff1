// node:worker_threads. There is one thread, and nobody to talk to.

import { EventEmitter } from "./internal/events/emitter.js";
import { idle } from "./internal/missing.js";
import { notImplemented } from "./internal/unsupported.js";

const { asyncDispose } = Symbol;

const { BroadcastChannel } = {
  BroadcastChannel: class {
    constructor() {
      throw notImplemented("BroadcastChannel");
    }
  },
};

class Worker extends EventEmitter {
  constructor() {
    super();
    throw notImplemented("Worker");
  }

  async cpuUsage(_previous) {
    throw notImplemented("Worker.cpuUsage");
  }

  postMessage(_value, _transfer) {}

  async postMessageToThread(_threadId, _value, _transfer, _timeout) {}

  ref() {}

  unref() {}

  async terminate() {
    throw notImplemented("Worker.terminate");
  }

  async getHeapSnapshot() {
    throw notImplemented("Worker.getHeapSnapshot");
  }

  async getHeapStatistics() {
    throw notImplemented("Worker.getHeapStatistics");
  }

  async startCpuProfile() {
    throw notImplemented("Worker.startCpuProfile");
  }

  async startHeapProfile() {
    throw notImplemented("Worker.startHeapProfile");
  }

  async [asyncDispose]() {}
}

/** The two of the Web, where they are. */
const { MessageChannel, MessagePort } = globalThis;

const SHARE_ENV = Symbol.for("nodejs.worker_threads.SHARE_ENV");
const environment = new Map();

function getEnvironmentData(key) {
  return environment.get(key);
}

function setEnvironmentData(key, value) {
  if (value === undefined) environment.delete(key);
  else environment.set(key, value);
}

const isMarkedAsUntransferable = idle("isMarkedAsUntransferable", 1, false);
const markAsUntransferable = idle("markAsUntransferable", 1);
const markAsUncloneable = idle("markAsUncloneable", 1);
const receiveMessageOnPort = idle("receiveMessageOnPort", 1);

function moveMessagePortToContext(_port, _context) {
  throw new TypeError("Illegal constructor");
}

function postMessageToThread(_threadId, _value, _transfer, _timeout) {
  throw notImplemented("postMessageToThread");
}

const isMainThread = true;
const isInternalThread = false;
const parentPort = null;
const resourceLimits = {};
const threadId = 0;
const workerData = null;

export {
  BroadcastChannel, getEnvironmentData, isInternalThread, isMainThread, isMarkedAsUntransferable, markAsUncloneable,
  markAsUntransferable, MessageChannel, MessagePort, moveMessagePortToContext, parentPort, postMessageToThread,
  receiveMessageOnPort, resourceLimits, setEnvironmentData, SHARE_ENV, threadId, Worker, workerData,
};
export default {
  BroadcastChannel,
  MessageChannel,
  MessagePort,
  Worker,
  SHARE_ENV,
  getEnvironmentData,
  isMainThread,
  isMarkedAsUntransferable,
  markAsUntransferable,
  markAsUncloneable,
  moveMessagePortToContext,
  parentPort,
  receiveMessageOnPort,
  resourceLimits,
  setEnvironmentData,
  postMessageToThread,
  threadId,
  workerData,
  isInternalThread,
};
