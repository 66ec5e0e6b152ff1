import * as a from "./cycle-a";

export const fromB = "b";

/** What this module sees of the other one, which runs after it. */
export const seen = a.hoisted();
