// console.table(): rows and columns with a frame (https://console.spec.whatwg.org/#table).

import { displayWidth } from "./inspect_text.js";
import { inspect } from "./inspect.js";

const INDEX = "(index)";
const ITERATION_INDEX = "(iteration index)";
const KEY = "Key";
const VALUES = "Values";

function cellText(value) {
  const depth = typeof value === "object" && value !== null && Object.keys(value).length > 2 ? -1 : 0;
  return inspect(value, { depth, maxArrayLength: 3, breakLength: Infinity });
}

function isTabular(value) {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function frame(head, rows) {
  const widths = head.map((title, column) =>
    Math.max(displayWidth(title), ...rows.map((row) => displayWidth(row[column]))) + 2);
  const rule = (left, middle, right) => left + widths.map((width) => "─".repeat(width)).join(middle) + right;
  const line = (cells) =>
    `│${cells.map((cell, column) => ` ${cell}${" ".repeat(widths[column] - displayWidth(cell) - 1)}`).join("│")}│`;
  return [rule("┌", "┬", "┐"), line(head), rule("├", "┼", "┤"), ...rows.map(line), rule("└", "┴", "┘")].join("\n");
}

/**
 * @param {string[] | undefined} columns the properties to show; all of them by default
 * @returns {string | undefined} undefined where there is nothing to tabulate
 */
export function table(data, columns) {
  if (!isTabular(data)) return undefined;
  if (data instanceof Map) {
    const rows = [...data].map(([key, value], i) => [`${i}`, cellText(key), cellText(value)]);
    return frame([ITERATION_INDEX, KEY, VALUES], rows);
  }
  if (data instanceof Set) {
    const rows = [...data].map((value, i) => [`${i}`, cellText(value)]);
    return frame([ITERATION_INDEX, VALUES], rows);
  }
  const titles = columns === undefined ? [] : [...columns];
  const entries = Object.keys(data).map((key) => [key, data[key]]);
  if (columns === undefined) {
    const found = new Set();
    for (const [, row] of entries) {
      if (isTabular(row)) for (const key of Object.keys(row)) found.add(key);
    }
    titles.push(...found);
  }
  // Rows that are primitives have a column of their own.
  const hasValues = entries.some(([, row]) => !isTabular(row));
  const rows = entries.map(([key, row]) => {
    const cells = titles.map((title) => (isTabular(row) && Object.hasOwn(row, title) ? cellText(row[title]) : ""));
    if (hasValues) cells.push(isTabular(row) ? "" : cellText(row));
    return [key, ...cells];
  });
  return frame([INDEX, ...titles, ...(hasValues ? [VALUES] : [])], rows);
}
