// Imports that are not code.

import bytes from "./lib/bytes.bin";
import page from "./lib/page.html";
import notes from "./lib/notes.md";
import schema from "./lib/schema.sql";
import text from "./lib/text.txt";
import data from "./lib/data.json";
import * as allOfData from "./lib/data.json";
import type { Case } from "./index";

export default {
  html: () => page,
  text: () => text,
  sql: () => schema,
  "by-a-rule": () => notes,
  bytes: () => [Object.prototype.toString.call(bytes), [...new Uint8Array(bytes)]],
  json: () => [data, data.list[0], allOfData.default === data],
} satisfies Record<string, Case>;
