// The environment: variables and bindings of the program.

import { makeNamespace } from "./namespace.js";

let environment = {};

export function currentEnv() {
  return environment;
}

/**
 * @param {string} vars the variables as JSON
 * @param {Array<[string, number]>} namespaces name of each binding, and the index of its class
 */
export function makeEnv(vars, namespaces) {
  environment = JSON.parse(vars);
  for (const [name, classIndex] of namespaces) environment[name] = makeNamespace(classIndex);
  return environment;
}
