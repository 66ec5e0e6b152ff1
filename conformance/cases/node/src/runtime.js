// The topics about the runtime itself: events, contexts, timers, process, and modules that are there in name only.

import asyncHooks from "./async_hooks.js";
import diagnosticsChannel from "./diagnostics_channel.js";
import events from "./events.js";
import mock from "./mock.js";
import process_ from "./process.js";
import runtimeCalls from "./runtime_calls.js";
import runtimeExports from "./runtime_exports.js";
import runtimeModules from "./runtime_modules.js";
import timers from "./timers.js";

export default {
  events,
  async_hooks: asyncHooks,
  timers,
  process: process_,
  diagnostics_channel: diagnosticsChannel,
  mock,
  runtime_exports: runtimeExports,
  runtime_calls: runtimeCalls,
  runtime_modules: runtimeModules,
};
