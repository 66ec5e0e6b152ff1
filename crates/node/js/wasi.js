// node:wasi.

import { notImplemented } from "./internal/unsupported.js";

class WASI {
  constructor() {
    throw notImplemented("WASI");
  }

  finalizeBindings(_instance) {
    throw notImplemented("WASI.finalizeBindings");
  }

  start(_instance) {
    throw notImplemented("WASI.start");
  }

  initialize(_instance) {
    throw notImplemented("WASI.initialize");
  }

  getImportObject() {
    return {};
  }
}

export { WASI };
export default { WASI };
