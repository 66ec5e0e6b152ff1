// node:inspector. No inspector can be attached.

import { console, Network, Session } from "./internal/inspector.js";
import { idle } from "./internal/missing.js";

function open(_port, _host, _wait) {
  return {
    async [Symbol.dispose]() {},
  };
}

const close = idle("close");
const url = idle("url");
const waitForDebugger = idle("waitForDebugger");

export { close, console, Network, open, Session, url, waitForDebugger };
export default { Session, close, console, open, url, waitForDebugger, Network };
