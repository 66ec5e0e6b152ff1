// Compatibility flags of the program that matter here.

const PARAMS_DUP_STUBS = 1;
const CTX_EXPORTS = 2;
const LEGACY_ERRORS = 4;

let flags = PARAMS_DUP_STUBS | CTX_EXPORTS;

/** Told once, before the program is evaluated. */
export function setFlags(bits) {
  flags = bits;
}

/** Stubs passed as arguments stay the caller's (`rpc_params_dup_stubs`). */
export const duplicatesParams = () => (flags & PARAMS_DUP_STUBS) !== 0;

/** `ctx.exports` is there (`enable_ctx_exports`). */
export const hasExports = () => (flags & CTX_EXPORTS) !== 0;

/** Of an error only type and message pass between contexts (`legacy_error_serialization`). */
export const hasLegacyErrors = () => (flags & LEGACY_ERRORS) !== 0;
