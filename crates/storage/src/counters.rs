//! Rows read and written, reckoned from what stock SQLite counts.
//!
//! Cloudflare's SQLite is patched to count in the virtual machine: a row is read by each seek that finds something,
//! each lookup by rowid (found or not) and each step to a further row; a row is written for each table row and each
//! index entry inserted, and each table row deleted. Stock SQLite counts only the steps of loops and the rows
//! changed. The rest follows from the statement's program (its `EXPLAIN` listing): how many seeks it has and inside
//! which loops, and how many index entries one changed row costs. The program is looked at only when someone asks,
//! and once per cached statement, so that counting costs the others nothing.
//!
//! Exact, and compared with `workerd`: scans, range and point lookups of a table or an index, `count(*)`, ordering and
//! grouping, joins by rowid or by index from one outer scan; single-table INSERT, UPDATE and DELETE with and without
//! indexes, `RETURNING`, AUTOINCREMENT.
//!
//! Estimates: nested scans of the same kind (the inner restarts are unknown), virtual tables (the rows that came
//! out), what triggers and foreign key actions read and the index entries they write, partial indexes (taken as complete), an UPSERT
//! of several rows (taken as insertions if one was), statements that change the schema other than CREATE TABLE and
//! CREATE INDEX on a table of more than one row.

use std::ffi::c_int;

use rusqlite::ffi;

use crate::authorizer::Trust;
use crate::cache::StatementInfo;
use crate::database::Inner;
use crate::statement::{Handle, RawStatement};
use crate::value::ValueRef;

/// Flag of the opcodes that change a row: it counts as a change.
const CHANGES_A_ROW: i64 = 0x01;
/// Value of p5 in the step opcode of a full scan.
const FULL_SCAN: i64 = 1;

/// The statement counters in which the step instructions count, in the order of [`Raw::steps`]. The first one has no
/// name in SQLite's interface: it is the one that instructions without a counter of their own use.
const STEP_COUNTERS: [c_int; 3] = [
    0,
    ffi::SQLITE_STMTSTATUS_FULLSCAN_STEP,
    ffi::SQLITE_STMTSTATUS_AUTOINDEX,
];

/// Rows of the schema that CREATE INDEX reads, to enter the index and to parse it.
const SCHEMA_ROWS_OF_AN_INDEX: u64 = 2;

/// What SQLite counted during one run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Raw {
    /// Steps to a further row: in loops that are no full scans, in full scans, into automatic indexes.
    steps: [u64; 3],
    /// Rows delivered.
    pub(crate) delivered: u64,
    /// The first value delivered, if it was an integer: the number of rows, for `count(*)`.
    pub(crate) first_integer: Option<u64>,
    /// Rows changed by the statement itself.
    changes: u64,
    /// Rows changed by triggers and foreign key actions.
    nested_changes: u64,
    /// The statement gave a row another rowid than the last insertion had: an UPSERT took the insertion's way.
    inserted: bool,
}

/// What a connection had counted before a step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    total_changes: u64,
    last_rowid: i64,
}

impl Before {
    pub(crate) fn of(handle: &Handle) -> Before {
        Before {
            total_changes: handle.total_changes(),
            last_rowid: handle.last_insert_rowid(),
        }
    }
}

impl Raw {
    /// Adds what `statement` has counted since it was last asked.
    pub(crate) fn add_steps(&mut self, statement: &RawStatement) {
        for (counter, steps) in STEP_COUNTERS.into_iter().zip(&mut self.steps) {
            *steps += u64::from(statement.status(counter, true));
        }
    }

    /// Adds the changes of a statement whose last step began at `before`.
    pub(crate) fn add_changes(&mut self, handle: &Handle, before: Before) {
        let total = handle.total_changes().saturating_sub(before.total_changes);
        self.inserted = handle.last_insert_rowid() != before.last_rowid;
        // Without changes the connection still shows those of an earlier statement.
        if total != 0 {
            self.changes = handle.changes().min(total);
            self.nested_changes = total - self.changes;
        }
    }
}

/// How often an instruction runs, as far as the listing shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Times {
    Once,
    /// Once per turn of this loop.
    PerTurn(usize),
    /// Once per changed row: rows come from a coroutine, not from a loop with a counter.
    PerChange,
}

/// An instruction that reads a row by going to it.
#[derive(Clone, Copy, Debug)]
struct Seek {
    times: Times,
    /// Counted even if nothing is found.
    always: bool,
}

#[derive(Clone, Copy, Debug)]
struct Loop {
    first: i64,
    last: i64,
    full_scan: bool,
}

/// What a statement's program says about the rows it touches.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    loops: Vec<Loop>,
    seeks: Vec<Seek>,
    counts_table: bool,
    scans_virtual: bool,
    updates_virtual: bool,
    /// Table and index entries that one changed row writes.
    entries_per_change: u64,
    /// The same for the row that an UPSERT updates.
    entries_per_upsert: Option<u64>,
    /// Rows written besides those that count as changes: the schema, the AUTOINCREMENT sequence.
    uncounted_inserts: u64,
    /// The loop that fills a new index.
    index_fill: Option<usize>,
}

/// Rows read and written by a run of the statement.
pub(crate) fn rows(database: &Inner, info: &StatementInfo, raw: Raw) -> (u64, u64) {
    let shape = info
        .shape
        .get_or_init(|| Shape::of_sql(database, &info.sql));
    (shape.read(&raw), shape.written(&raw))
}

impl Shape {
    /// Compiles `sql` once more to look at its program.
    pub(crate) fn of_sql(database: &Inner, sql: &str) -> Shape {
        Shape::of(&listing(database, sql))
    }

    fn of(instructions: &[Instruction]) -> Shape {
        let mut shape = Shape::default();
        let mut transient = Vec::new();
        for instruction in instructions {
            match instruction.opcode.as_str() {
                "Next" | "Prev" | "SorterNext" | "VNext" => shape.loops.push(Loop {
                    first: instruction.p2,
                    last: instruction.address,
                    full_scan: instruction.p5 == FULL_SCAN,
                }),
                "OpenEphemeral" | "OpenAutoindex" | "OpenDup" | "OpenPseudo" | "SorterOpen" => {
                    transient.push(instruction.p1);
                }
                _ => {}
            }
        }
        // Inner loops first: the innermost one around an instruction is then the first that contains it.
        shape.loops.sort_by_key(|turns| turns.last - turns.first);
        shape.collect(instructions, &transient);
        shape
    }

    fn collect(&mut self, instructions: &[Instruction], transient: &[i64]) {
        let mut coroutine = false;
        let mut index_entries = 0;
        // Rows of WITHOUT ROWID tables, which are entries of their primary key.
        let mut keyed_rows = 0;
        let mut skipped_until = 0;
        let mut sought = Vec::new();
        for instruction in instructions {
            let turns = self.innermost(instruction.address);
            let times = match turns {
                Some(turns) => Times::PerTurn(turns),
                None if coroutine => Times::PerChange,
                None => Times::Once,
            };
            let changes_a_row = instruction.p5 & CHANGES_A_ROW != 0;
            match instruction.opcode.as_str() {
                // Without violated foreign keys the check of the children is jumped over.
                "FkIfZero" => skipped_until = instruction.p2,
                _ if instruction.address < skipped_until => {}
                "Rewind" | "Last" | "SeekGE" | "SeekGT" | "SeekLE" | "SeekLT" | "SorterSort"
                | "Sort" => {
                    // Two ways to begin one loop have the cursor and the exit in common.
                    let way = (instruction.p1, instruction.p2);
                    if !sought.contains(&way) {
                        sought.push(way);
                        self.seeks.push(Seek {
                            times,
                            always: false,
                        });
                    }
                }
                "SeekRowid" | "NotExists" => self.seeks.push(Seek {
                    times,
                    always: true,
                }),
                "Count" => self.counts_table = true,
                "VFilter" => self.scans_virtual = true,
                "VUpdate" | "VCreate" => self.updates_virtual = true,
                "InitCoroutine" => coroutine = true,
                "IdxInsert" | "Insert" if transient.contains(&instruction.p1) => {}
                "SorterData" => self.index_fill = turns,
                "IdxInsert" => {
                    index_entries += 1;
                    keyed_rows += u64::from(changes_a_row);
                }
                "Insert" if !changes_a_row => self.uncounted_inserts += 1,
                // Index entries come before their row. The last group is that of the insertion proper; an UPSERT
                // has the update's before it.
                "Insert" => {
                    if self.entries_per_change != 0 {
                        self.entries_per_upsert = Some(self.entries_per_change);
                    }
                    self.entries_per_change = 1 + index_entries;
                    index_entries = 0;
                }
                _ => {}
            }
        }
        // No table row is inserted: a WITHOUT ROWID table, or a deletion, which counts the rows only.
        if self.entries_per_change == 0 {
            self.entries_per_change = index_entries.div_ceil(keyed_rows.max(1)).max(1);
        }
        let creates_index = self.uncounted_inserts != 0 && index_entries != 0;
        self.index_fill = self.index_fill.filter(|_| creates_index);
    }

    fn innermost(&self, address: i64) -> Option<usize> {
        self.loops
            .iter()
            .position(|turns| turns.first <= address && address < turns.last)
    }

    fn read(&self, raw: &Raw) -> u64 {
        let steps: u64 = raw.steps.iter().sum();
        let found = steps != 0 || raw.delivered != 0 || raw.changes != 0;
        let seeks: u64 = self
            .seeks
            .iter()
            .filter(|seek| seek.always || found)
            .map(|seek| match seek.times {
                Times::Once => 1,
                Times::PerTurn(turns) => self.turns(turns, raw, found),
                Times::PerChange => raw.changes.max(1),
            })
            .sum();
        let counted = if self.counts_table {
            raw.first_integer.unwrap_or(0)
        } else {
            0
        };
        let virtual_rows = if self.scans_virtual {
            raw.delivered.max(raw.changes)
        } else {
            0
        };
        let schema_rows = if self.index_fill.is_some() {
            SCHEMA_ROWS_OF_AN_INDEX
        } else {
            0
        };
        steps + seeks + counted + virtual_rows + schema_rows
    }

    /// How often the body of a loop has run: its steps, shared equally among loops of the same kind, and its starts.
    fn turns(&self, index: usize, raw: &Raw, found: bool) -> u64 {
        let this = self.loops[index];
        let alike = self
            .loops
            .iter()
            .filter(|other| other.full_scan == this.full_scan)
            .count() as u64;
        let steps = raw.steps[usize::from(this.full_scan)] / alike.max(1);
        let starts = match self.loops[index + 1..]
            .iter()
            .position(|outer| outer.first <= this.first && this.last <= outer.last)
        {
            Some(outer) => self.turns(index + 1 + outer, raw, found),
            None => u64::from(found),
        };
        steps + starts
    }

    fn written(&self, raw: &Raw) -> u64 {
        if self.updates_virtual {
            // The changes of the shadow tables are the module's own affair.
            return raw.changes.min(1).max(self.uncounted_inserts);
        }
        let index_entries = match self.index_fill {
            Some(turns) => self.turns(turns, raw, raw.steps != [0; 3]),
            None => 0,
        };
        let entries = match self.entries_per_upsert {
            Some(entries) if !raw.inserted => entries,
            _ => self.entries_per_change,
        };
        raw.changes * entries + raw.nested_changes + self.uncounted_inserts + index_entries
    }
}

/// One line of an `EXPLAIN` listing.
struct Instruction {
    address: i64,
    opcode: String,
    p1: i64,
    p2: i64,
    p5: i64,
}

/// The main program of a statement. Empty if it cannot be compiled any more (a table it uses is gone).
fn listing(database: &Inner, sql: &str) -> Vec<Instruction> {
    let mut instructions: Vec<Instruction> = Vec::new();
    let Ok(handle) = database.connection() else {
        return instructions;
    };
    let Ok(prepared) = handle.prepare(&format!("EXPLAIN {sql}"), Trust::Internal) else {
        return instructions;
    };
    let Some(mut statement) = prepared.statement else {
        return instructions;
    };
    let parameters = vec![ValueRef::Null; statement.parameter_count()];
    let mut in_main = true;
    let listed = statement.run(&parameters, |row| {
        let integer = |column| match row.value(column) {
            ValueRef::Integer(value) => value,
            _ => 0,
        };
        // The programs of triggers follow, each from address 0.
        in_main &= integer(0) != 0 || instructions.is_empty();
        if in_main {
            let opcode = String::from_utf8_lossy(crate::kv::bytes(row.value(1))).into_owned();
            let instruction = Instruction {
                address: integer(0),
                opcode,
                p1: integer(2),
                p2: integer(3),
                p5: integer(6),
            };
            instructions.push(instruction);
        }
    });
    if listed.is_err() {
        instructions.clear();
    }
    instructions
}
