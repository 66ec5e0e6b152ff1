// Node's modules by name, for programs that ask at run time.

import { op_node_module, op_node_module_flag } from "holdfast:ops";
import { enabled } from "holdfast:web/compat";

/** What programs may ask for without the prefix, in the order in which it is listed to them. */
export const builtinModules = [
  "_http_agent", "_http_client", "_http_common", "_http_incoming", "_http_outgoing", "_http_server",
  "_stream_duplex", "_stream_passthrough", "_stream_readable", "_stream_transform", "_stream_wrap",
  "_stream_writable", "_tls_common", "_tls_wrap", "assert", "assert/strict", "async_hooks", "buffer",
  "child_process", "cluster", "console", "constants", "crypto", "dgram", "diagnostics_channel", "dns",
  "dns/promises", "domain", "events", "fs", "fs/promises", "http", "http2", "https", "inspector",
  "inspector/promises", "module", "net", "os", "path", "path/posix", "path/win32", "perf_hooks", "process",
  "punycode", "querystring", "readline", "readline/promises", "repl", "stream", "stream/consumers",
  "stream/promises", "stream/web", "string_decoder", "sys", "timers", "timers/promises", "tls", "trace_events",
  "tty", "url", "util", "util/types", "v8", "vm", "wasi", "worker_threads", "zlib",
];

// One more is not in the list, and one is there with the prefix only.
const known = new Set([...builtinModules, "sqlite"]);

export function isBuiltin(name) {
  name = `${name}`;
  return known.has(name.startsWith("node:") ? name.slice(5) : name) || name === "node:test";
}

/** The namespace of a module, or undefined if there is none of that name for this program. */
function namespaceOf(name) {
  const plain = name.startsWith("node:") ? name.slice(5) : name;
  if (!isBuiltin(name)) return undefined;
  const flag = op_node_module_flag(plain);
  if (flag !== undefined && !enabled(flag)) return undefined;
  return op_node_module(plain === "process" ? processModule() : plain);
}

// The public module of process asks for its streams, too; whoever only wants the object does without.
function processModule() {
  return enabled("enable_nodejs_process_v2") ? "internal/process/object" : "internal/process/legacy";
}

/** The module `name` as `require` gives it. */
export function getBuiltinModule(name) {
  const namespace = namespaceOf(`${name}`);
  if (namespace === undefined) return undefined;
  return "default" in namespace ? namespace.default : namespace;
}
