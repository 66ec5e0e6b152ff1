// node:assert/strict, whose comparisons are those of node:assert here, which is strict itself.

import assert from "../assert.js";

export * from "../assert.js";
export default assert;
