// Users and groups of the process: it is root's, and cannot become anybody else's.

import { NodeError } from "../errors.js";

class NotPermitted extends NodeError {
  constructor(syscall) {
    super("EPERM", "operation not permitted");
    this.syscall = syscall;
    this.errno = 1;
    this.path = undefined;
  }
}

function setter(name) {
  const { [name]: set } = {
    [name](id) {
      if (id !== 0) throw new NotPermitted(name);
    },
  };
  return set;
}

const zero = (name) => ({ [name]: () => 0 })[name];

export const getegid = zero("getegid");
export const geteuid = zero("geteuid");
export const getgid = zero("getgid");
export const getuid = zero("getuid");

export function getgroups() {
  return [0];
}

export const setegid = setter("setegid");
export const seteuid = setter("seteuid");
export const setgid = setter("setgid");
export const setuid = setter("setuid");

export function setgroups(_groups) {
  throw new NotPermitted("setgroups");
}

export function initgroups(_user, _group) {
  throw new NotPermitted("initgroups");
}
