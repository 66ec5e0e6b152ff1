// node:cluster. There is one process, which is the primary one, and it cannot make others.

import { op_node_module } from "holdfast:ops";
import { EventEmitter } from "./internal/events/emitter.js";
import { notImplemented } from "./internal/unsupported.js";

class Worker extends EventEmitter {
  _connected = false;
  id = 0;

  constructor(_options) {
    super();
  }

  get process() {
    return op_node_module("internal/process/object").process;
  }

  get exitedAfterDisconnect() {
    return this._connected;
  }

  isConnected() {
    return this._connected;
  }

  isDead() {
    return true;
  }

  send(_message, _handle, _options, _callback) {
    return false;
  }

  kill(_signal) {}

  destroy(_signal) {}

  disconnect() {
    this._connected = false;
    return this;
  }
}

const SCHED_NONE = 1;
const SCHED_RR = 2;

class Cluster extends EventEmitter {
  Worker = Worker;
  isMaster = true;
  isPrimary = true;
  isWorker = false;
  SCHED_NONE = SCHED_NONE;
  SCHED_RR = SCHED_RR;
  schedulingPolicy = SCHED_RR;
  settings = {};
  workers = {};

  constructor() {
    super();
  }

  setupPrimary(_settings) {
    throw notImplemented("cluster.setupPrimary");
  }

  setupMaster(_settings) {
    // Workers name it so.
    throw notImplemented("cluster.setupWorker");
  }

  disconnect() {
    throw notImplemented("cluster.disconnect");
  }

  fork(_env) {
    throw notImplemented("cluster.fork");
  }
}

const cluster = new Cluster();

function disconnect(_callback) {
  cluster.disconnect();
}

function fork(env) {
  cluster.fork(env);
}

function setupPrimary(settings) {
  cluster.setupPrimary(settings);
}

function setupMaster(settings) {
  cluster.setupMaster(settings);
}

const { isMaster, isPrimary, isWorker, schedulingPolicy, settings, workers } = cluster;
// Exports that are not those of the object.
const _events = [];
const _eventsCount = 0;
const _maxListeners = 0;

export {
  _events, _eventsCount, _maxListeners, Cluster, disconnect, fork, isMaster, isPrimary, isWorker, SCHED_NONE, SCHED_RR,
  schedulingPolicy, settings, setupMaster, setupPrimary, Worker, workers,
};
export default cluster;
