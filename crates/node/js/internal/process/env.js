// process.env: strings only, filled from the program's bindings.

import { enabled } from "holdfast:web/compat";
import { ERR_INVALID_ARG_VALUE } from "../errors.js";
import { validateObject } from "../validators.js";
import { bindings } from "./host.js";

const { defineProperty, getPrototypeOf, has, set } = Reflect;

/** Whether JSON says all of `value`: plain data, and no object twice. */
function isJson(value, seen = new Set()) {
  switch (typeof value) {
    case "boolean":
    case "number":
    case "string":
      return true;
    case "object":
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (seen.has(value)) return false;
  seen.add(value);
  const prototype = getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype) return false;
  return Object.values(value).every((member) => isJson(member, seen));
}

// Variables that are text stay as they are, other data becomes JSON, and what is no data is left out.
function initial() {
  const variables = {};
  if (!enabled("nodejs_compat_populate_process_env")) return variables;
  for (const [name, value] of Object.entries(bindings)) {
    if (typeof value === "string") variables[name] = value;
    else if (isJson(value)) variables[name] = JSON.stringify(value);
  }
  return variables;
}

function requireString(value) {
  if (typeof value === "symbol") throw new TypeError("Cannot convert a symbol value to a string");
}

export const env = new Proxy(initial(), {
  set(variables, name, value) {
    requireString(name);
    requireString(value);
    return set(variables, name, `${value}`);
  },

  defineProperty(variables, name, descriptor) {
    validateObject(descriptor, "descriptor");
    if (has(descriptor, "get") || has(descriptor, "set")) {
      throw new ERR_INVALID_ARG_VALUE("descriptor", descriptor, "process.env value must not have getter/setter");
    }
    for (const attribute of ["configurable", "enumerable", "writable"]) {
      if (!descriptor[attribute]) {
        throw new ERR_INVALID_ARG_VALUE(
          `descriptor.${attribute}`, descriptor, `process.env value must be ${attribute}`,
        );
      }
    }
    if (!has(descriptor, "value")) {
      throw new ERR_INVALID_ARG_VALUE(
        "descriptor.value", descriptor, "process.env value must be specified explicitly",
      );
    }
    requireString(descriptor.value);
    requireString(name);
    return defineProperty(variables, name, { ...descriptor, value: `${descriptor.value}` });
  },
});
