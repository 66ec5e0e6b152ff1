// Topics of the modules of streams, files and the network.

import fs from "./fs_cases.js";
import http from "./http_cases.js";
import ioExports from "./io_exports.js";
import net from "./net_cases.js";
import more from "./stream_more.js";
import readable from "./stream_readable.js";
import writable from "./stream_writable.js";

export default { "io-exports": ioExports, "stream-readable": readable, "stream-writable": writable, stream: more, fs, http, net };
