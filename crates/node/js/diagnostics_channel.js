// node:diagnostics_channel (https://nodejs.org/api/diagnostics_channel.html).

import { argumentError } from "holdfast:web/type_errors";
import { Channel, channel, hasSubscribers } from "./internal/diagnostics_channel/channel.js";
import { TracingChannel, tracingChannel } from "./internal/diagnostics_channel/tracing.js";

function requireFunction(method, value) {
  if (typeof value !== "function") throw argumentError(method, "DiagnosticsChannelModule", 2, "function");
}

function subscribe(name, callback) {
  requireFunction("subscribe", callback);
  channel(name).subscribe(callback);
}

function unsubscribe(name, callback) {
  requireFunction("unsubscribe", callback);
  channel(name).unsubscribe(callback);
}

export { Channel, channel, hasSubscribers, subscribe, TracingChannel, tracingChannel, unsubscribe };
export default { hasSubscribers, channel, subscribe, unsubscribe, tracingChannel, Channel };
