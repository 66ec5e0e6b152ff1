// Classes that modules know of each other without importing each other.

/** @type {{KeyObject?: Function}} `KeyObject` is put here by node:crypto. */
export const registry = { KeyObject: undefined };
