// What Holdfast does otherwise on purpose, or cannot do: each rule takes such places out of both logs, and says why.

const rules = [];

/** Both logs without what differs on purpose. */
export function accept(a, b, program) {
  for (const { apply } of rules) [a, b] = apply(a, b, program);
  return [a, b];
}
