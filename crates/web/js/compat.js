// What the program's compatibility date and flags switch on.

/** Names of flags that are on; before the host has told, everything is. */
let known;

/** Told once, before the program is evaluated. */
export function setEnabled(names) {
  known = new Set(names);
}

/**
 * Whether a flag is on, by its name or by the date. The table of flags is `Config::enables` of crate `project`.
 * @param {string} flag
 */
export function enabled(flag) {
  return known === undefined || known.has(flag);
}
