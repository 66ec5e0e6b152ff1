import { fromB, seen } from "./cycle-b";

export const name = "a";
export const other = () => fromB;
export const early = () => seen;

// A function declaration is there before this module runs.
export function hoisted(): string {
  return "hoisted";
}
