// What cases of Node's modules have in common.

import { describeError, show } from "../../core/src/harness.js";

/** What a function answers or throws, for tables of many small calls. */
export function attempt(act) {
  try {
    return show(act());
  } catch (error) {
    return threw(error);
  }
}

/** The same for promises. */
export async function attemptAsync(act) {
  try {
    return show(await act());
  } catch (error) {
    return threw(error);
  }
}

function threw(error) {
  if (!(error instanceof Error)) return { threw: show(error) };
  const { name, message } = describeError(error);
  return { threw: `${name}: ${message}`, ...(error.code === undefined ? {} : { code: error.code }) };
}

/** The engine's own words are left out: only that it failed, and how. */
export function attemptEngine(act) {
  try {
    return show(act());
  } catch (error) {
    return { threwType: error.name };
  }
}

/** `attempt` on each of the acts of a table: name → function, or a list of functions. */
export function table(acts) {
  if (Array.isArray(acts)) return acts.map(attempt);
  return Object.fromEntries(Object.entries(acts).map(([name, act]) => [name, attempt(act)]));
}

/** The properties of an object: name, kind, attributes. */
export function describeProperties(object) {
  return Reflect.ownKeys(object).map((key) => {
    const { value, get, set, enumerable, writable, configurable } = Object.getOwnPropertyDescriptor(object, key);
    const kind = get || set ? `${get ? "get" : ""}${set ? "set" : ""}` : typeof value;
    const shape = typeof value === "function" ? `/${value.length}/${value.name}` : "";
    const marks = `${enumerable ? "e" : ""}${writable ? "w" : ""}${configurable ? "c" : ""}`;
    return `${String(key)}: ${kind}${shape} ${marks}`;
  }).sort();
}
