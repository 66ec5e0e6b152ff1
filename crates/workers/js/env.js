// The environment: variables and bindings of the program.

import { makeNamespace } from "./namespace.js";
import { makeEntryStub } from "./stub.js";

let environment = {};

export function currentEnv() {
  return environment;
}

/**
 * @param {string} vars the variables as JSON
 * @param {Array<[string, number]>} namespaces name of each binding, and the index of its class
 * @param {Array<[string, string, string, string | undefined]>} services name of each binding to a Worker, the Worker's name,
 *   the entry, and the properties as JSON
 */
export function makeEnv(vars, namespaces, services) {
  environment = JSON.parse(vars);
  for (const [name, classIndex] of namespaces) environment[name] = makeNamespace(classIndex);
  for (const [name, worker, entry, props] of services) {
    environment[name] = makeEntryStub(worker, entry, props === undefined ? undefined : JSON.parse(props));
  }
  return environment;
}
