// The texts of assertions: what differs between two values, for people.

import { diffLines } from "./line_diff.js";
import { inspect } from "./inspect.js";

const HEADINGS = {
  __proto__: null,
  deepStrictEqual: "Expected values to be strictly deep-equal:",
  strictEqual: "Expected values to be strictly equal:",
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: "Expected values to be loosely deep-equal:",
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: "Values have same structure but are not reference-equal:",
  notDeepEqualUnequal: "Expected values not to be loosely deep-equal:",
};

/** Two values that are so short together stand on one line. */
const SHORT_LENGTH_MAX = 12;
/** A mark points to the first difference of two lines that are shorter than this together. */
const MARKED_LENGTH = 80;
const LINES_MAX = 50;
/** Of a long value so many lines are shown. */
const SHOWN_LINES = 46;

function inspectValue(value) {
  return inspect(value, {
    compact: true,
    customInspect: false,
    depth: 1000,
    maxArrayLength: Infinity,
    showHidden: false,
    sorted: true,
    getters: true,
  });
}

function isObject(value) {
  return typeof value === "object" && value !== null;
}

function shortened(lines) {
  return lines.length > LINES_MAX ? [...lines.slice(0, SHOWN_LINES), "..."] : lines;
}

function cut(text, most) {
  return text.length > most ? `${text.slice(0, most - 3)}...` : text;
}

/** The text of an AssertionError that was given none. */
export function describeAssertion(actual, expected, operator) {
  switch (operator) {
    case "deepStrictEqual":
    case "strictEqual":
      return describeDifference(actual, expected, operator);
    case "notDeepStrictEqual":
    case "notStrictEqual":
      return describeSameness(actual, operator);
    default:
      return describeOther(actual, expected, operator);
  }
}

function describeSameness(actual, operator) {
  const isReference = operator === "notStrictEqual" && (isObject(actual) || typeof actual === "function");
  const heading = HEADINGS[isReference ? "notStrictEqualObject" : operator];
  const lines = shortened(inspectValue(actual).split("\n"));
  if (lines.length > 1) return `${heading}\n\n${lines.join("\n")}\n`;
  return `${heading}${lines[0].length > 5 ? "\n\n" : " "}${lines[0]}`;
}

function describeOther(actual, expected, operator) {
  const [left, right] = [inspectValue(actual), inspectValue(expected)];
  const heading = HEADINGS[operator];
  if (operator === "notDeepEqual" && left === right) return cut(`${heading}\n\n${left}`, 1024);
  const [from, to] = [cut(left, 512), cut(right, 512)];
  if (operator === "deepEqual") return `${heading}\n\n${from}\n\nshould loosely deep-equal\n\n${to}`;
  const unequal = HEADINGS[`${operator}Unequal`];
  if (unequal !== undefined) return `${unequal}\n\n${from}\n\nshould not loosely deep-equal\n\n${to}`;
  return `${from} ${operator} ${to}`;
}

// --- differences line by line --------------------------------------------------------------------

function describeDifference(actual, expected, operator) {
  const areObjects = isObject(actual) && isObject(expected);
  const areFunctions = typeof actual === "function" && typeof expected === "function";
  const heading = HEADINGS[operator === "strictEqual" && (areObjects || areFunctions) ? "strictEqualObject" : operator];
  const left = inspectValue(actual).split("\n");
  const right = inspectValue(expected).split("\n");
  let mark = "";
  if (left.length === 1 && right.length === 1 && left[0] !== right[0]) {
    const length = left[0].length + right[0].length;
    if (length <= SHORT_LENGTH_MAX) {
      // 0 and -0 look the same beside each other.
      const areZeros = actual === 0 && expected === 0;
      if (!isObject(actual) && !isObject(expected) && !areZeros) return `${heading}\n\n${left[0]} !== ${right[0]}\n`;
    } else if (heading !== HEADINGS.strictEqualObject && length < MARKED_LENGTH) {
      const at = firstDifference(left[0], right[0]);
      if (at > 2) mark = `\n  ${" ".repeat(at)}^`;
    }
  }
  const same = commonEnd(left, right);
  if (same === left.length && same === right.length) {
    return `${HEADINGS.notIdentical}\n\n${shortened(left).join("\n")}\n`;
  }
  const { text, skipped } = linesOfDifference(left.slice(0, left.length - same), right.slice(0, right.length - same));
  const tail = tailOf(left.slice(left.length - same));
  const note = skipped || tail.skipped ? " ... Lines skipped" : "";
  if (text === undefined) return `${heading}\n+ actual - expected ... Lines skipped\n${skipped}\n...`;
  return `${heading}\n+ actual - expected${note}\n${text}${tail.text}${mark}`;
}

function firstDifference(a, b) {
  let i = 0;
  while (a[i] === b[i]) i++;
  return i;
}

function commonEnd(a, b) {
  let count = 0;
  while (count < a.length && count < b.length && a[a.length - 1 - count] === b[b.length - 1 - count]) count++;
  return count;
}

// The last lines, which are equal: of many only the first and the last three.
function tailOf(lines) {
  const shown = lines.slice(-3).map((line) => `\n  ${line}`).join("");
  if (lines.length <= 3) return { text: shown, skipped: false };
  const first = `\n  ${lines[0]}`;
  return lines.length >= 5
    ? { text: `${first}\n...${shown}`, skipped: true }
    : { text: `${first}${shown}`, skipped: false };
}

function withoutComma(line) {
  return line.endsWith(",") ? line.slice(0, -1) : line;
}

/** Lines with a plus or minus; runs of equal ones are shortened. `text` is undefined where there are too many. */
function linesOfDifference(left, right) {
  let text = "";
  // Lines of the other side, which follow the whole run of this side's.
  let other = "";
  let identical = 0;
  let printed = 0;
  let skipped = false;
  const longer = left.length >= right.length ? left : right;
  const endRun = (at) => {
    // The first two of a run are printed already.
    const rest = longer.slice(at - Math.max(identical - 2, 0), at);
    if (rest.length > 3) skipped = true;
    const shown = rest.length > 3 ? rest.slice(-2) : rest;
    if (rest.length > 3) text += "\n...";
    for (const line of shown) text += `\n  ${line}`;
    printed += shown.length;
    identical = 0;
  };
  for (let i = 0; i < longer.length; i++) {
    const [own, wanted] = [left[i], right[i]];
    if (own !== undefined && wanted !== undefined && withoutComma(own) === withoutComma(wanted)) {
      text += other;
      other = "";
      identical++;
      if (identical <= 2) {
        text += `\n  ${wanted.endsWith(",") ? wanted : own}`;
        printed++;
      }
    } else {
      endRun(i);
      if (own !== undefined) text += `\n+ ${own}`;
      if (wanted !== undefined) other += `\n- ${wanted}`;
      printed += (own !== undefined) + (wanted !== undefined);
    }
    if (printed > LINES_MAX && i < longer.length - 2) return { text: undefined, skipped: `${text}\n...${other}` };
  }
  return { text: text + other, skipped };
}

// --- strictEqual() -------------------------------------------------------------------------------

function visible(text) {
  return text
    .replaceAll("\b", "\\b").replaceAll("\f", "\\f").replaceAll("\t", "\\t").replaceAll("\v", "\\v")
    .replace(/\r\n|\r|\n/g, (end) => (end === "\r" ? "\\r" : end === "\n" ? "\\n\n" : "\\r\\n\r\n"));
}

function linesWithEnds(text) {
  return text.match(/[^\n]*\n/g) ?? [];
}

const SIGNS = { kept: "    ", removed: "-   ", added: "+   " };

/** What strictEqual() says of two values that are not the same. */
export function describeStrictInequality(actual, expected) {
  const [left, right] = [inspect(actual), inspect(expected)];
  if (left === right) {
    const indented = left.split("\n").map((line) => `    ${line}`).join("\n");
    return `Values have the same structure but are not reference-equal:\n\n${indented}\n`;
  }
  const areTexts = typeof actual === "string" && typeof expected === "string";
  const [before, after] = areTexts
    ? [linesWithEnds(`${visible(actual)}\n`), linesWithEnds(`${visible(expected)}\n`)]
    : [left.split("\n"), right.split("\n")];
  const lines = diffLines(before, after).map(({ kind, line }) => `${SIGNS[kind]}${line}`);
  return `Values are not strictly equal:\n\n\n[Diff] Actual / Expected\n\n\n${lines.join(areTexts ? "" : "\n")}\n`;
}
