// node:process as it was before the compatibility flag `enable_nodejs_process_v2`.

import { getBuiltinModule } from "../builtin_modules.js";
import { features } from "./config.js";
import { env } from "./env.js";
import * as host from "./host.js";
import { nextTick } from "./next_tick.js";

const platform = "linux";

/** Ends the request or the object that is running. */
function exit(code = 0) {
  host.exit(Number(code) || 0);
}

export { env, exit, features, getBuiltinModule, nextTick, platform };
export default { nextTick, env, exit, getBuiltinModule, platform, features };
