// node:inspector/promises.

import { console, Network, Session } from "../internal/inspector.js";
import { fails } from "../internal/missing.js";

const close = fails("Inspector.close");
const open = fails("Inspector.open");
const url = fails("Inspector.url");
const waitForDebugger = fails("Inspector.waitForDebugger");

export { close, console, Network, open, Session, url, waitForDebugger };
export default { close, console, Network, open, Session, url, waitForDebugger };
