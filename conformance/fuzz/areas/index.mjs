// The areas: each makes a random program.

import { clone } from "./clone.mjs";
import { gates } from "./gates.mjs";
import { kv } from "./kv.mjs";
import { rpc } from "./rpc.mjs";
import { sql } from "./sql.mjs";
import { streams } from "./streams.mjs";

/** @type {Record<string, (random: import("../program/random.mjs").Random) => object>} */
export const areas = { kv, sql, rpc, clone, gates, streams };
