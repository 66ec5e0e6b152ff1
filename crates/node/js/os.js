// node:os (https://nodejs.org/docs/latest/api/os.html). A Worker learns nothing of the machine that it runs on.

import { ERR_INVALID_ARG_VALUE } from "./internal/errors.js";
import { normalizeEncoding } from "./internal/encodings.js";
import { constants } from "./internal/os_constants.js";
import { validateNumber, validateObject } from "./internal/validators.js";

const EOL = "\n";
const devNull = "/dev/null";

function availableParallelism() {
  return 1;
}

function arch() {
  return "x64";
}

function cpus() {
  return [];
}

function endianness() {
  return "LE";
}

function freemem() {
  return 0;
}

function getPriority(pid) {
  if (pid !== undefined) validateNumber(pid, "pid");
  return 0;
}

function homedir() {
  return "/tmp/";
}

function hostname() {
  return "localhost";
}

function loadavg() {
  return [0, 0, 0];
}

function machine() {
  return "x86_64";
}

function networkInterfaces() {
  return {};
}

function platform() {
  return "linux";
}

function release() {
  return "";
}

function setPriority(pid, priority) {
  validateNumber(pid, "pid");
  validateNumber(priority, "priority");
}

function tmpdir() {
  return "/tmp/";
}

function totalmem() {
  return 0;
}

function type() {
  return "Linux";
}

function uptime() {
  return 0;
}

function userInfo(options = {}) {
  validateObject(options, "options");
  const { encoding = null } = options;
  const isKnown =
    encoding === null || encoding === "buffer" || (typeof encoding === "string" && encoding !== "" && normalizeEncoding(encoding));
  if (!isKnown) throw new ERR_INVALID_ARG_VALUE("options.encoding", encoding, "must be a valid encoding");
  return {};
}

function version() {
  return "";
}

export {
  arch,
  availableParallelism,
  constants,
  cpus,
  devNull,
  endianness,
  EOL,
  freemem,
  getPriority,
  homedir,
  hostname,
  loadavg,
  machine,
  networkInterfaces,
  platform,
  release,
  setPriority,
  tmpdir,
  totalmem,
  type,
  uptime,
  userInfo,
  version,
};

export default {
  availableParallelism,
  arch,
  cpus,
  endianness,
  freemem,
  getPriority,
  homedir,
  hostname,
  loadavg,
  machine,
  networkInterfaces,
  platform,
  release,
  setPriority,
  tmpdir,
  totalmem,
  type,
  uptime,
  userInfo,
  version,
  constants,
  EOL,
  devNull,
};
