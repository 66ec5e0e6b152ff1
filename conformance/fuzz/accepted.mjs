// What Holdfast does otherwise on purpose, and what workerd gets wrong: pairs of outcomes that count as equal, each with its
// reason. What the cases accept as well (`../cases/core/accepted.json`) is not said twice: `observe.js` leaves it out.

const message = (outcome) => (outcome?.threw ?? outcome?.rejected)?.message;
const errorName = (outcome) => (outcome?.threw ?? outcome?.rejected)?.name;
const result = (outcome) => outcome?.gave ?? outcome?.fulfilled;

/** `applies(a, b)`: outcomes of one step, workerd's first. */
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
    applies: (a, b) => message(a) === undefined && message(b) === "Invalid header name.",
  },
];

rules.push({
  why: "Of two things that are wrong with a call, its arguments and what it is made on, which is told is not promised.",
  applies: (a, b) => errorName(a) === "DataCloneError" && message(b) !== undefined,
});
rules.push({
  why: "Node's own bug.",
  applies: (a) => /bug in Node/.test(message(a)),
});
rules.push({
  why: "Calls of a result that are made before it is here are calls of what the other side has, even if that cannot be sent.",
  applies: (a, b) => errorName(a) === "DataCloneError" && /is not a function|does not implement/.test(message(b)),
});

/** Both logs, with the outcomes of which a rule applies blanked. */
export function accept(a, b) {
  const [left, right] = [structuredClone(a), structuredClone(b)];
  // An internal error of workerd's ends the object, for example a RETURNING that nobody reads in the middle of a text.
  // Holdfast does not mind, or says why the object ends.
  if (/^internal error/.test(left.outcomes.failed?.[0].message)) return [{}, {}];
  for (const [label, outcomes] of Object.entries(left.outcomes)) {
    const others = right.outcomes[label] ?? [];
    for (const [i, outcome] of outcomes.entries()) {
      if (rules.some(({ applies }) => applies(outcome, others[i]))) outcomes[i] = others[i] = "accepted";
    }
  }
  return [left, right];
}
