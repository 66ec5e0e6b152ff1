import { isDeepStrictEqual } from "node:util";

/** How much of a value a line shows. */
const VALUE_CHARS_MAX = 300;

/** Every place where two JSON values differ, as lines for people. `sides` names the two. */
export function differ(a, b, sides, at = "") {
  if (isDeepStrictEqual(a, b)) return [];
  const bothObjects =
    [a, b].every((value) => typeof value === "object" && value !== null) && Array.isArray(a) === Array.isArray(b);
  if (bothObjects) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return keys.flatMap((key) => differ(a[key], b[key], sides, at === "" ? key : `${at}.${key}`));
  }
  const brief = (value) => {
    const text = JSON.stringify(value) ?? "(absent)";
    return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}…` : text;
  };
  return [`${at}: ${sides[0]} ${brief(a)}`, `${" ".repeat(at.length + 2)}${sides[1]} ${brief(b)}`];
}
