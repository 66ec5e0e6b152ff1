//! Compiled statements of the program, kept by their text.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use rusqlite::ffi;

use crate::counters::Shape;
use crate::statement::RawStatement;

/// Names of a statement's result columns. The same statement gives the same allocation as long as its columns do not
/// change, so a layer above may key what it derives from the names by the pointer.
pub type ColumnNames = Rc<[Rc<str>]>;

/// What is known of a statement apart from its runs.
pub(crate) struct StatementInfo {
    /// The text it was compiled from; the cache key if the text was a single statement.
    pub(crate) sql: Rc<str>,
    pub(crate) readonly: bool,
    pub(crate) parameters: usize,
    columns: RefCell<ColumnNames>,
    /// How often SQLite has recompiled the statement when `columns` was last read.
    recompiled: Cell<u32>,
    /// Filled in when someone asks for row counts.
    pub(crate) shape: OnceCell<Shape>,
}

impl StatementInfo {
    pub(crate) fn new(sql: Rc<str>, statement: &RawStatement) -> StatementInfo {
        StatementInfo {
            sql,
            readonly: statement.readonly(),
            parameters: statement.parameter_count(),
            columns: RefCell::new(read_columns(statement)),
            recompiled: Cell::new(0),
            shape: OnceCell::new(),
        }
    }

    /// The column names as of the last step; `SELECT *` changes its columns when the schema changes.
    pub(crate) fn columns(&self, statement: &RawStatement) -> ColumnNames {
        let recompiled = statement.status(ffi::SQLITE_STMTSTATUS_REPREPARE, false);
        if self.recompiled.replace(recompiled) != recompiled {
            let columns = read_columns(statement);
            if *self.columns.borrow() != columns {
                self.columns.replace(columns);
            }
        }
        Rc::clone(&self.columns.borrow())
    }
}

fn read_columns(statement: &RawStatement) -> ColumnNames {
    (0..statement.column_count())
        .map(|index| Rc::from(statement.column_name(index)))
        .collect()
}

struct Entry {
    /// None while a cursor runs the statement.
    statement: Option<RawStatement>,
    info: Rc<StatementInfo>,
    /// Value of the cache's clock at the last use.
    used: u64,
}

/// A least-recently-used set of statements, bounded by the bytes of their texts and by their number.
pub(crate) struct StatementCache {
    entries: HashMap<Rc<str>, Entry>,
    text_bytes: usize,
    text_bytes_max: usize,
    entries_max: usize,
    clock: u64,
}

impl StatementCache {
    pub(crate) fn new(text_bytes_max: usize, entries_max: usize) -> StatementCache {
        StatementCache {
            entries: HashMap::new(),
            text_bytes: 0,
            text_bytes_max,
            entries_max,
            clock: 0,
        }
    }

    /// Takes the statement for `sql` out for a run; none if it is unknown or running already.
    pub(crate) fn take(&mut self, sql: &str) -> Option<(RawStatement, Rc<StatementInfo>)> {
        self.clock += 1;
        let entry = self.entries.get_mut(sql)?;
        entry.used = self.clock;
        let statement = entry.statement.take()?;
        Some((statement, Rc::clone(&entry.info)))
    }

    /// Makes room for a statement that is about to run for the first time; it comes back through [`Self::put_back`].
    pub(crate) fn register(&mut self, info: &Rc<StatementInfo>) {
        if let Some(entry) = self.entries.get_mut(&*info.sql) {
            // The known statement is running: the newer one takes its place, and it will be dropped after its run.
            entry.info = Rc::clone(info);
            return;
        }
        let bytes = info.sql.len();
        if bytes > self.text_bytes_max || self.entries_max == 0 {
            return;
        }
        while self.entries.len() >= self.entries_max
            || self.text_bytes + bytes > self.text_bytes_max
        {
            self.evict_oldest();
        }
        self.text_bytes += bytes;
        let entry = Entry {
            statement: None,
            info: Rc::clone(info),
            used: self.clock,
        };
        self.entries.insert(Rc::clone(&info.sql), entry);
    }

    /// Returns a statement after its run; drops it if the cache no longer wants it.
    pub(crate) fn put_back(&mut self, info: &Rc<StatementInfo>, statement: RawStatement) {
        if let Some(entry) = self.entries.get_mut(&*info.sql)
            && Rc::ptr_eq(&entry.info, info)
        {
            entry.statement = Some(statement);
        }
    }

    /// Forgets everything; running statements will not come back.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.text_bytes = 0;
    }

    fn evict_oldest(&mut self) {
        let oldest = self
            .entries
            .iter()
            .min_by_key(|(_, entry)| entry.used)
            .map(|(sql, _)| Rc::clone(sql));
        if let Some(sql) = oldest {
            self.entries.remove(&sql);
            self.text_bytes -= sql.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authorizer::Trust;
    use crate::connection;
    use crate::database::Options;
    use crate::pages::Pages;
    use crate::statement::Handle;

    fn memory() -> Rc<Handle> {
        let pages = Rc::new(Pages::in_memory());
        connection::open(pages, &Options::default(), None).expect("memory")
    }

    fn compile(handle: &Rc<Handle>, sql: &str) -> (RawStatement, Rc<StatementInfo>) {
        let prepared = handle.prepare(sql, Trust::Program).expect(sql);
        let statement = prepared.statement.expect("a statement");
        let info = Rc::new(StatementInfo::new(Rc::from(sql), &statement));
        (statement, info)
    }

    /// Compiles and returns each text in order, as a run would.
    fn used(cache: &mut StatementCache, handle: &Rc<Handle>, texts: &[&str]) {
        for sql in texts {
            let (statement, info) = compile(handle, sql);
            cache.register(&info);
            cache.put_back(&info, statement);
        }
    }

    #[test]
    fn the_least_recently_used_statement_goes_first() {
        let handle = memory();
        let mut cache = StatementCache::new(1000, 2);
        used(&mut cache, &handle, &["SELECT 1", "SELECT 2"]);
        let (statement, info) = cache.take("SELECT 1").expect("cached");
        cache.put_back(&info, statement);
        used(&mut cache, &handle, &["SELECT 3"]);
        assert!(cache.take("SELECT 2").is_none());
        assert!(cache.take("SELECT 1").is_some() && cache.take("SELECT 3").is_some());
        assert_eq!(cache.text_bytes, 16);
    }

    #[test]
    fn texts_are_bounded_and_a_text_beyond_the_bound_is_not_kept() {
        let handle = memory();
        let mut cache = StatementCache::new(20, 100);
        used(
            &mut cache,
            &handle,
            &["SELECT 1", "SELECT 2", "SELECT 1 + 2 + 3 + 4 + 5"],
        );
        assert!(
            cache.take("SELECT 1").is_some(),
            "nothing had to go for what does not fit"
        );
        used(&mut cache, &handle, &["SELECT 10"]);
        assert!(cache.take("SELECT 1").is_none() || cache.take("SELECT 2").is_none());
        assert!(cache.text_bytes <= 20);
    }

    #[test]
    fn a_running_statement_is_replaced_by_the_next_of_its_text() {
        let handle = memory();
        let mut cache = StatementCache::new(1000, 2);
        let (first, first_info) = compile(&handle, "SELECT 1");
        cache.register(&first_info);
        assert!(cache.take("SELECT 1").is_none(), "it is running");
        let (second, second_info) = compile(&handle, "SELECT 1");
        cache.register(&second_info);
        cache.put_back(&second_info, second);
        cache.put_back(&first_info, first);
        let (_, kept) = cache.take("SELECT 1").expect("the second one");
        assert!(Rc::ptr_eq(&kept, &second_info));
    }
}
