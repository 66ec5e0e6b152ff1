// How inspect() arranges the formatted members of an object: on one line, in columns, or one per line. The rules are
// those of Node, which people know and whose output tools parse.

import { displayWidth } from "./inspect_text.js";

const SEPARATOR_WIDTH = 2;
const COLUMNS_MAX = 15;
/** Arrays of up to so many elements are never put in columns. */
const ROW_ELEMENTS_MAX = 6;
// A terminal cell is about two and a half times as high as wide; columns aim at a square.
const CELL_RATIO = 2.5;
const CELL_MARGIN = 3;

/**
 * Joins members with their braces.
 *
 * @param context the state of this inspect() call
 * @param {string[]} members
 * @param {string} base what stands before the brace: a function's name, an error's stack, a reference mark
 * @param {[string, string]} braces
 * @param {unknown[] | undefined} elements the array whose elements the members are, if they are
 * @param {number} depth nesting of the object
 */
export function arrange(context, members, base, braces, elements, depth) {
  const [open, close] = braces;
  const start = base === "" ? open : `${base} ${open}`;
  const { compact, breakLength, indentation } = context;
  if (context.isOldLayout) return arrangeOld(context, members, base, braces);
  let lines = members;
  if (compact > 0 && elements !== undefined && members.length > ROW_ELEMENTS_MAX) {
    lines = columns(context, members, elements);
  }
  // Objects that hold less than `compact` levels go on one line if they fit.
  if (context.deepest - depth < compact && lines.length === members.length) {
    const room = lines.length + indentation + open.length + base.length + 10;
    const width = lines.reduce((sum, line) => sum + context.lengthOf(line), lines.length + room);
    if (width <= breakLength && !base.includes("\n")) {
      const joined = lines.join(", ");
      if (!joined.includes("\n")) return `${start} ${joined} ${close}`;
    }
  }
  const newline = `\n${" ".repeat(indentation)}`;
  return `${start}${newline}  ${lines.join(`,${newline}  `)}${newline}${close}`;
}

// Node's oldest layout: the first member stands beside the brace.
function arrangeOld(context, members, base, [open, close]) {
  const start = base === "" ? open : `${open} ${base}`;
  const width = members.reduce((sum, member) => sum + context.lengthOf(member), members.length);
  if (width <= context.breakLength && members.length * 2 <= context.breakLength && !base.includes("\n")) {
    return `${start} ${members.join(", ")} ${close}`;
  }
  const newline = `\n${" ".repeat(context.indentation)}  `;
  // After a longer start the members would not stand below each other.
  const first = base === "" && open.length === 1 ? " " : newline;
  return `${start}${first}${members.join(`,${newline}`)} ${close}`;
}

// Puts the elements of a long array of short elements in columns; answers `members` itself where that does not pay.
function columns(context, members, elements) {
  // The last member may be the note "… more items", which gets a line of its own.
  const noted = context.maxArrayLength < members.length;
  const count = noted ? members.length - 1 : members.length;
  const widths = [];
  let total = 0;
  let widest = 0;
  for (let i = 0; i < count; i++) {
    const width = displayWidth(members[i]);
    widths.push(width);
    total += width + SEPARATOR_WIDTH;
    widest = Math.max(widest, width);
  }
  const cell = widest + SEPARATOR_WIDTH;
  const fits = cell * 3 + context.indentation < context.breakLength;
  // Columns waste the room of short entries beside long ones.
  if (!fits || !(total / cell > 5 || widest <= 6)) return members;

  const bias = Math.sqrt(cell - total / members.length);
  const typicalCell = Math.max(cell - CELL_MARGIN - bias, 1);
  const across = Math.min(
    Math.round(Math.sqrt(CELL_RATIO * typicalCell * count) / typicalCell),
    Math.floor((context.breakLength - context.indentation) / cell),
    context.compact * 4,
    COLUMNS_MAX,
  );
  if (across <= 1) return members;

  const columnWidths = [];
  for (let column = 0; column < across; column++) {
    let width = 0;
    for (let i = column; i < count; i += across) width = Math.max(width, widths[i]);
    columnWidths.push(width + SEPARATOR_WIDTH);
  }
  // Properties after the elements are no numbers.
  const alignRight = members.every((_member, i) => typeof elements[i] === "number" || typeof elements[i] === "bigint");
  const rows = [];
  for (let first = 0; first < count; first += across) {
    const last = Math.min(first + across, count) - 1;
    let row = "";
    for (let i = first; i < last; i++) {
      const padding = " ".repeat(columnWidths[i - first] - widths[i] - SEPARATOR_WIDTH);
      row += alignRight ? `${padding}${members[i]}, ` : `${members[i]}, ${padding}`;
    }
    if (alignRight) row += " ".repeat(columnWidths[last - first] - SEPARATOR_WIDTH - widths[last]);
    rows.push(row + members[last]);
  }
  if (noted) rows.push(members[count]);
  return rows;
}
