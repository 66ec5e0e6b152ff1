// Errors in inspect(): the stack, with what it does not say (class, cause, further errors) added.

import { prefixOf } from "./inspect_names.js";

const errorText = Error.prototype.toString;

function stackOf(error) {
  const { stack } = error;
  return typeof stack === "string" && stack !== "" ? stack : Reflect.apply(errorText, error, []);
}

// Names the class where the stack's first line names another: `class Oops extends Error` prints as "Oops [Error]: …",
// a DOMException as "DOMException [AbortError]: …".
function nameClass(stack, name, constructor, tag) {
  if (constructor !== null) {
    const after = stack[name.length];
    const named = name.endsWith("Error") && stack.startsWith(name) && (after === undefined || after === ":" || after === "\n");
    if (!named) return stack;
  }
  const inStack = constructor === null ? /^([A-Z][A-Za-z0-9_[\]() -]*?)(?=:|\n\s+at|$)/.exec(stack)?.[1] ?? "" : name;
  const prefix = prefixOf(constructor, tag, inStack === "" ? "Error" : inStack).slice(0, -1);
  if (prefix === inStack) return stack;
  const rest = stack.slice(inStack.length);
  if (inStack === "") return `${prefix}: ${stack}`;
  return prefix.includes(inStack) ? `${prefix}${rest}` : `${prefix} [${inStack}]${rest}`;
}

/**
 * The text of `error`. `keys`, its own enumerable keys, is changed to what is still to print after it.
 */
export function formatError(context, error, constructor, tag, keys) {
  const name = error.name === undefined || error.name === null ? "Error" : `${error.name}`;
  const stack = stackOf(error);
  // What the stack says already.
  for (const key of ["name", "message", "stack"]) {
    const index = keys.indexOf(key);
    if (index >= 0 && typeof error[key] === "string" && stack.includes(error[key])) keys.splice(index, 1);
  }
  for (const key of ["cause", "errors"]) {
    if (Object.hasOwn(error, key) && !keys.includes(key)) keys.push(key);
  }
  let text = nameClass(stack, name, constructor, tag);
  const message = typeof error.message === "string" ? error.message : "";
  const from = message === "" ? 0 : Math.max(text.indexOf(message), 0) + message.length;
  if (!text.includes("\n    at", from)) text = `[${text}]`;
  return context.indentation === 0 ? text : text.replaceAll("\n", `\n${" ".repeat(context.indentation)}`);
}
