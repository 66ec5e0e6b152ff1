// The object `process` (https://nodejs.org/docs/latest/api/process.html), as Workers have it.

import { op_node_module } from "holdfast:ops";
import { EventEmitter } from "../events/emitter.js";
import { getBuiltinModule } from "../builtin_modules.js";
import { fails as missing, idle } from "../missing.js";
import { hrtime, uptime } from "./clock.js";
import { config, features, release, version, versions } from "./config.js";
import { getCwd } from "./cwd.js";
import { env } from "./env.js";
import { chdir, loadEnvFile, umask } from "./files.js";
import * as host from "./host.js";
import {
  getegid, geteuid, getgid, getgroups, getuid, initgroups, setegid, seteuid, setgid, setgroups, setuid,
} from "./identity.js";
import { nextTick } from "./next_tick.js";
import { forwardRejections } from "./rejections.js";
import { flushOutputs, makeStderr, makeStdin, makeStdout } from "./stdio.js";
import { emitWarning, setWarningEmitter } from "./warning.js";

const fails = (name, length) => missing(`process.${name}`, length);

// The module of assertions is loaded by the first one.
function assert(value, message) {
  op_node_module("assert").default(value, message);
}

function leave(code) {
  flushOutputs();
  host.exit(code);
}

const usage = [
  "userCPUTime", "systemCPUTime", "maxRSS", "sharedMemorySize", "unsharedDataSize", "unsharedStackSize",
  "minorPageFault", "majorPageFault", "swappedOut", "fsRead", "fsWrite", "ipcSent", "ipcReceived", "signalsCount",
  "voluntaryContextSwitches", "involuntaryContextSwitches",
];

/** Workers do not tell how much of the machine they use. */
const zeros = (names) => Object.fromEntries(names.map((name) => [name, 0]));

export const process = Object.create(EventEmitter.prototype);
export default process;

Object.assign(process, {
  assert: assert.bind(null),
  version,
  versions,
  title: "workerd",
  argv: ["workerd"],
  argv0: "workerd",
  execArgv: [],
  arch: "x64",
  platform: "linux",
  config,
  pid: 1,
  ppid: 0,
  getegid,
  getgid,
  getgroups,
  geteuid,
  getuid,
  setegid,
  setgid,
  setgroups,
  seteuid,
  setuid,
  initgroups,
  setSourceMapsEnabled: idle("setSourceMapsEnabled", 2),
  getSourceMapsSupport() {
    return { enabled: false, nodeModules: false, generatedCode: false };
  },
  nextTick,
  emitWarning,
  env,
  /** Ends the request or the object that is running; `exitCode` has no part in it. */
  exit(code) {
    leave(Number.isInteger(Number(code)) ? Number(code) : 0);
  },
  abort() {
    leave(1);
  },
  getBuiltinModule,
  features,
  allowedNodeEnvironmentFlags: new Set(),
  kill: fails("kill", 2),
  ref: idle("ref"),
  unref: idle("unref"),
  chdir,
  cwd: getCwd.bind(null),
  umask,
  hrtime,
  uptime,
  loadEnvFile,
  exitCode: undefined,
  channel: null,
  connected: false,
  binding: fails("binding", 1),
  debugPort: 0,
  dlopen: fails("dlopen", 3),
  finalization: {
    register: fails("finalization.register"),
    registerBeforeExit: fails("finalization.registerBeforeExit"),
    unregister: fails("finalization.unregister"),
  },
  getActiveResourcesInfo: fails("getActiveResourcesInfo"),
  setUncaughtExceptionCaptureCallback: fails("setUncaughtExceptionCaptureCallback", 1),
  hasUncaughtExceptionCaptureCallback: fails("hasUncaughtExceptionCaptureCallback"),
  memoryUsage() {
    return zeros(["rss", "heapTotal", "heapUsed", "external", "arrayBuffers"]);
  },
  noDeprecation: false,
  permission: { has: fails("permission.has") },
  release,
  report: {
    compact: false,
    directory: "",
    filename: "",
    getReport() {
      return {};
    },
    reportOnFatalError: false,
    reportOnSignal: false,
    reportOnUncaughtException: false,
    excludeNetwork: false,
    excludeEnv: false,
    signal: "SIGUSR2",
    writeReport: fails("report.writeReport"),
  },
  resourceUsage() {
    return zeros(usage);
  },
  send(_message, _handle) {
    return false;
  },
  traceDeprecation: false,
  throwDeprecation: false,
  sourceMapsEnabled: false,
});

// Streams are made when somebody looks.
function lazily(name, make) {
  const define = (value) => {
    Object.defineProperty(process, name, { value, writable: true, enumerable: true, configurable: true });
    return value;
  };
  Object.defineProperty(process, name, {
    get: () => define(make()),
    set: define,
    enumerable: true,
    configurable: true,
  });
}

lazily("stdin", makeStdin);
lazily("stdout", makeStdout);
lazily("stderr", makeStderr);

Object.assign(process, {
  threadCpuUsage: fails("threadCpuUsage"),
  cpuUsage: fails("cpuUsage", 1),
  execPath: "",
  constrainedMemory() {
    return 0;
  },
  availableMemory() {
    return 0;
  },
  execve: fails("execve", 3),
  openStdin() {
    return process.stdin;
  },
  _rawDebug: idle("_rawDebug"),
  moduleLoadList: [],
  _linkedBinding: fails("_linkedBinding", 1),
  domain: null,
  _exiting: false,
  _getActiveRequests() {
    return [];
  },
  _getActiveHandles() {
    return [];
  },
  reallyExit(code) {
    process.exit(code);
  },
  _kill: fails("_kill", 2),
  _fatalException(_error) {
    return false;
  },
  _tickCallback: idle("_tickCallback"),
  _debugProcess: idle("_debugProcess", 1),
  _debugEnd: idle("_debugEnd"),
  _startProfilerIdleNotifier: idle("_startProfilerIdleNotifier"),
  _stopProfilerIdleNotifier: idle("_stopProfilerIdleNotifier"),
  _preload_modules: [],
  _disconnect: undefined,
  _handleQueue: undefined,
  _pendingMessage: undefined,
  _channel: undefined,
  _send: undefined,
});

EventEmitter.call(process);
Object.defineProperty(process, Symbol.toStringTag, { value: "process", configurable: true });
setWarningEmitter(process);
forwardRejections(process);
