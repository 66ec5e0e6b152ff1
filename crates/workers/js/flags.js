// Compatibility flags of the program that matter here.

import { enabled } from "holdfast:web/compat";

/** Stubs passed as arguments stay the caller's. */
export const duplicatesParams = () => enabled("rpc_params_dup_stubs");

/** `ctx.exports` is there. */
export const hasExports = () => enabled("enable_ctx_exports");

/** Of an error only type and message pass between contexts. */
export const hasLegacyErrors = () => !enabled("enhanced_error_serialization");
