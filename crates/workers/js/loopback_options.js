// What a binding of `ctx.exports` is called with: `{ props }`.

import { argumentError, fieldError } from "../web/type_errors.js";
import { isObject } from "../web/webidl.js";

/** The `props` in the arguments of a call; undefined if they have none. */
export function propsIn(args, interfaceName) {
  const options = args[0];
  if (args.length === 0 || (options !== undefined && options !== null && !isObject(options))) {
    throw argumentError("(called as function)", interfaceName, 1, "Options");
  }
  const props = options?.props;
  if (props !== undefined && !isObject(props)) throw fieldError("props", "Options", "Object");
  return props;
}
