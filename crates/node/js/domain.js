// node:domain. Errors are not led to domains here: a domain is an emitter whose methods call what they are given.

import { EventEmitter } from "./internal/events/emitter.js";

class Domain extends EventEmitter {
  members = undefined;

  _errorHandler(error) {
    throw error;
  }

  enter() {}

  exit() {}

  add(_emitter) {}

  remove(_emitter) {}

  run(callback, ...args) {
    return Reflect.apply(callback, this, args);
  }

  intercept(callback) {
    return callback;
  }

  bind(callback) {
    return callback;
  }
}

function createDomain() {
  return new Domain();
}

const create = createDomain;
/** The domain that is entered: none ever is. */
const active = null;

export { active, create, createDomain, Domain };
export default { Domain, active, createDomain, create };
