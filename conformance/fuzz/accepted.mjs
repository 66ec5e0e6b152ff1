// What Holdfast does otherwise on purpose, and what workerd gets wrong: pairs of outcomes that count as equal, each with its
// reason. What the cases accept as well (`../cases/core/accepted.json`) is not said twice: `observe.js` leaves it out.

const thrown = (outcome) => outcome?.threw ?? outcome?.rejected;
const message = (outcome) => thrown(outcome)?.message;
const errorName = (outcome) => thrown(outcome)?.name;

/** `applies(a, b)`: outcomes of one step, workerd's (or Node's) first. */
const rules = [
  {
    why: "What is in a transfer list and cannot be transferred is a DataCloneError, as HTML says; workerd throws a TypeError.",
    applies: (a, b) => message(a) === "Object is not transferable" && errorName(b) === "DataCloneError",
  },
  {
    why: "A typed array cannot be transferred, as HTML says; workerd transfers its buffer.",
    applies: (a, b) => message(b) === "invalid transferable array for structured clone",
  },
  {
    why: "A header name is a token; workerd takes names that are not ASCII, and loses what they say.",
    applies: (a, b) => thrown(a) === undefined && message(b) === "Invalid header name.",
  },
  {
    why: "Of two things that are wrong with a call, its arguments and what it is made on, which is told is not promised.",
    applies: (a, b) => a.rejected?.name === "DataCloneError" && b?.rejected !== undefined,
  },
  {
    why: "An iterator of a list that is empty is over, and no later listing ends it.",
    applies: (a, b) =>
      /^kv\.list\(\) iterator was invalidated/.test(message(a)) && JSON.stringify(b?.gave).includes('["done",true]'),
  },
  {
    why: "Node's own bug.",
    applies: (a) => /bug in Node/.test(message(a)),
  },
];

/** Whole programs: labels of the machine's own, with what workerd does there. */
const ends = [
  // An internal error of workerd's ends the object, for example when a RETURNING that nobody reads is open at the commit.
  // Holdfast does not mind, or says why the object ends.
  ["failed", (outcome) => /^internal error/.test(outcome.message)],
  // workerd deadlocks on some sections that nobody waits for, or dies.
  ["no answer", () => true],
];

/** Both logs, with the outcomes of which a rule applies blanked. */
export function accept(a, b) {
  for (const [label, accepts] of ends) {
    if (a.outcomes[label]?.some(accepts) && b.outcomes["no answer"] === undefined) return [{}, {}];
  }
  const [left, right] = [structuredClone(a), structuredClone(b)];
  for (const [label, outcomes] of Object.entries(left.outcomes)) {
    const others = right.outcomes[label] ?? [];
    for (const [i, outcome] of outcomes.entries()) {
      if (rules.some(({ applies }) => applies(outcome, others[i]))) outcomes[i] = others[i] = "accepted";
    }
  }
  return [left, right];
}
