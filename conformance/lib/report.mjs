// How many cases of each topic agree: the table in docs/compatibility.md.

import { readFileSync, writeFileSync } from "node:fs";

const BEGIN = "<!-- compared -->";
const END = "<!-- /compared -->";
const COLUMNS = { equal: "Equal", accepted: "Different on purpose", missing: "Not there yet", different: "Different" };

export class Report {
  #topics = new Map();

  /** Counts a case; `what` is a key of COLUMNS. */
  count(name, what) {
    const topic = name.split(".")[0];
    if (!this.#topics.has(topic)) this.#topics.set(topic, {});
    const counts = this.#topics.get(topic);
    counts[what] = (counts[what] ?? 0) + 1;
  }

  total(what) {
    return [...this.#topics.values()].reduce((sum, counts) => sum + (counts[what] ?? 0), 0);
  }

  /** Replaces what stands between the two marks in a file, which must have them. */
  writeInto(file, workerdVersion) {
    const text = readFileSync(file, "utf8");
    const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
    if (begin < 0 || end < begin) throw new Error(`${file} has no lines ${BEGIN} and ${END}`);
    const table = this.#table(workerdVersion);
    writeFileSync(file, `${text.slice(0, begin + BEGIN.length)}\n${table}\n${text.slice(end)}`);
  }

  #table(workerdVersion) {
    const keys = Object.keys(COLUMNS).filter((key) => key === "equal" || this.total(key) > 0);
    const row = (cells) => `| ${cells.join(" | ")} |`;
    const counts = (of) => keys.map((key) => of(key) || "");
    const rows = [...this.#topics].map(([topic, known]) => row([topic, ...counts((key) => known[key])]));
    return [
      `Compared with workerd ${workerdVersion}:`,
      "",
      row(["Cases", ...keys.map((key) => COLUMNS[key])]),
      row(["---", ...keys.map(() => "---:")]),
      ...rows,
      row(["**all**", ...counts((key) => this.total(key))]),
    ].join("\n");
  }
}
