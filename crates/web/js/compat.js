// What the program's compatibility date and flags switch on.

/** Names of flags that are on; before the host has told, everything is. */
let known;

/** Told once, before the program is evaluated. */
export function setEnabled(names) {
  known = new Set(names);
}

/** All flags of the table of `project`, each with whether it is on; before the host has told, none is known. */
let all = {};

/** Told once, before the program is evaluated: the names of all flags, and for each whether it is on. */
export function setAll(names, states) {
  all = {};
  for (let i = 0; i < names.length; i++) all[names[i]] = states[i];
}

/** @returns {Record<string, boolean>} */
export function allFlags() {
  return all;
}

/**
 * Whether a flag is on, by its name or by the date. The table of flags is `Config::enables` of crate `project`.
 * @param {string} flag
 */
export function enabled(flag) {
  return known === undefined || known.has(flag);
}
