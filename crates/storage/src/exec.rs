//! `exec`: from SQL text to a running cursor.

use std::rc::Rc;

use crate::authorizer::{Findings, Trust};
use crate::cache::StatementInfo;
use crate::counters::Shape;
use crate::cursor::{Cursor, Origin, Run};
use crate::database::{Database, Inner};
use crate::error::{Result, SqliteFailure, StorageError};
use crate::internal::Internal;
use crate::limited::{Key, Limited};
use crate::rename;
use crate::statement::{Execution, Handle, Prepared, RawStatement};
use crate::value::{SqlValue, ValueRef};

const NO_STATEMENT: &str = "SQL code did not contain a statement.";
const WRONG_BINDINGS: &str = "Wrong number of parameter bindings for SQL query.";
const ONLY_LAST_HAS_PARAMETERS: &str = "When executing multiple SQL statements in a single call, only the last statement can have parameters.";
const TRANSACTION_REFUSED: &str = "To execute a transaction, please use the state.storage.transaction() or \
    state.storage.transactionSync() APIs instead of the SQL BEGIN TRANSACTION or SAVEPOINT statements. The JavaScript \
    API is safer because it will automatically roll back on exceptions, and because it interacts correctly with Durable \
    Objects' automatic atomic write coalescing.";

impl Database {
    /// Runs SQL text and returns the rows of its last statement.
    ///
    /// All statements but the last run to their end at once; the last one is stepped to its first row, so a statement
    /// that returns nothing is through when this returns. A statement that may write opens the implicit transaction.
    /// Statements that ran before a failing one keep their effects.
    ///
    /// # Errors
    /// As the reference's section 3.16: SQLite's own, refusals of the sandbox, a wrong number of bindings, no
    /// statement, parameters before the last statement.
    pub fn exec(&self, sql: &str, bindings: Vec<SqlValue>) -> Result<Cursor> {
        let inner = &self.inner;
        inner.connection()?;
        let (statement, info) = match inner.take_cached(sql) {
            Some(cached) => cached,
            None => inner.compile(sql)?,
        };
        if info.parameters != bindings.len() {
            inner.put_back(&info, statement);
            return Err(StorageError::error(WRONG_BINDINGS));
        }
        inner.start(statement, info, bindings)
    }
}

/// A statement of the program together with what its compilation revealed.
struct Compiled {
    statement: RawStatement,
    findings: Findings,
    tail: usize,
    /// What SQLite has compiled instead of the program's text.
    rewritten: Option<String>,
}

impl Inner {
    /// Compiles the last statement of `sql`, running those before it.
    fn compile(self: &Rc<Self>, sql: &str) -> Result<(RawStatement, Rc<StatementInfo>)> {
        let mut rest = sql;
        loop {
            let compiled = self.compile_first(rest)?;
            let Compiled {
                statement,
                findings,
                tail,
                rewritten,
            } = compiled;
            if findings.alters_table && rename::to_reserved_name(&rest[..tail]) {
                return Err(StorageError::error("not authorized: SQLITE_AUTH"));
            }
            if findings.configures {
                self.mark_configured();
            }
            let whole = rest.len() == sql.len();
            let text = rest;
            // Places in messages count from where the statement itself begins.
            rest =
                rest[tail..].trim_start_matches(|c: char| u8::try_from(c).is_ok_and(is_sql_space));
            if rest.is_empty() {
                let info = Rc::new(StatementInfo::new(Rc::from(text), &statement));
                if findings.creates {
                    info.shape.get_or_init(|| Shape::of_sql(self, text));
                }
                if let Some(text) = &rewritten {
                    info.shape.get_or_init(|| Shape::of_sql(self, text));
                }
                // The texts before the last one must run again each time: such a list is not kept.
                // What was written for the columns that a table has now must not outlive them.
                if whole && rewritten.is_none() {
                    self.register(&info);
                }
                return Ok((statement, info));
            }
            if statement.parameter_count() != 0 {
                return Err(StorageError::error(ONLY_LAST_HAS_PARAMETERS));
            }
            self.run_to_end(statement)?;
        }
    }

    fn compile_first(self: &Rc<Self>, sql: &str) -> Result<Compiled> {
        let handle = self.connection()?;
        handle.access().take_findings();
        let prepared = handle.prepare(sql, Trust::Program);
        let findings = handle.access().take_findings();
        let prepared = match prepared {
            Err(_) if findings.transaction_refused => {
                return Err(StorageError::error(TRANSACTION_REFUSED));
            }
            Err(failure) => return self.compile_limited(&handle, sql, failure),
            Ok(prepared) => prepared,
        };
        match prepared.statement {
            Some(statement) => Ok(Compiled {
                statement,
                findings,
                tail: prepared.tail,
                rewritten: None,
            }),
            None => Err(StorageError::error(NO_STATEMENT)),
        }
    }

    /// Compiles an `UPDATE` or `DELETE` with a limit, which SQLite has refused.
    fn compile_limited(
        self: &Rc<Self>,
        handle: &Rc<Handle>,
        sql: &str,
        refused: SqliteFailure,
    ) -> Result<Compiled> {
        let limited = match refused.is_syntax_error_at(&["ORDER", "LIMIT"]) {
            true => Limited::parse(sql),
            false => None,
        };
        let limited = match limited {
            Some(Ok(limited)) => limited,
            Some(Err(place)) => {
                let word = &sql[place.clone()];
                let text = format!("near \"{word}\": syntax error");
                return Err(self.judge(refused.at(text, place.start)));
            }
            None => return Err(self.judge(refused)),
        };
        let columns = self.columns_of(handle, &limited.table)?;
        if !columns.is_empty() && !limited.is_limited {
            let verb = limited.verb;
            let text = format!("ORDER BY without LIMIT on {verb}: SQLITE_ERROR");
            return Err(StorageError::error(text));
        }
        let Some(key) = self.key_of(handle, &limited.table, columns)? else {
            return Err(self.judge(refused));
        };
        let rewritten = limited.rewrite(&key);
        handle.access().take_findings();
        let prepared = handle.prepare(&rewritten.sql, Trust::Program);
        let findings = handle.access().take_findings();
        match prepared {
            Ok(Prepared {
                statement: Some(statement),
                ..
            }) => Ok(Compiled {
                statement,
                findings,
                tail: limited.tail,
                rewritten: Some(rewritten.sql),
            }),
            // Its own text ends where the parenthesis was put.
            Err(failure) if failure.is_syntax_error_at(&[")"]) => {
                Err(self.judge(match limited.semicolon() {
                    Some(at) => failure.at("near \";\": syntax error".to_owned(), at),
                    None => SqliteFailure {
                        text: "incomplete input".to_owned(),
                        offset: None,
                        ..failure
                    },
                }))
            }
            Err(failure) => {
                let offset = failure.offset.and_then(|offset| rewritten.origin(offset));
                Err(self.judge(SqliteFailure { offset, ..failure }))
            }
            Ok(_) => Err(self.judge(refused)),
        }
    }

    /// Names of a table's columns, and the place of each in the primary key, from 1, or zero.
    fn columns_of(&self, handle: &Rc<Handle>, table: &str) -> Result<Vec<(String, i64)>> {
        let mut columns = Vec::new();
        let table = ValueRef::Text(table.as_bytes());
        self.run_internal(handle, Internal::TableColumns, &[table], |row| {
            if let (ValueRef::Text(name), ValueRef::Integer(place)) = (row.value(0), row.value(1)) {
                columns.push((String::from_utf8_lossy(name).into_owned(), place));
            }
        })
        .map_err(|failure| failure.into_error(self))?;
        Ok(columns)
    }

    /// By which columns a table's rows are told from each other.
    fn key_of(
        &self,
        handle: &Rc<Handle>,
        table: &str,
        mut columns: Vec<(String, i64)>,
    ) -> Result<Option<Key>> {
        let mut has_rowid = true;
        let table = ValueRef::Text(table.as_bytes());
        self.run_internal(handle, Internal::TableWithoutRowid, &[table], |row| {
            has_rowid = row.value(0) != ValueRef::Integer(1);
        })
        .map_err(|failure| failure.into_error(self))?;
        if has_rowid {
            let names: Vec<String> = columns.into_iter().map(|(name, _)| name).collect();
            return Ok(Key::rowid_beside(&names));
        }
        columns.retain(|(_, place)| *place > 0);
        columns.sort_by_key(|(_, place)| *place);
        let names = columns.into_iter().map(|(name, _)| name);
        Ok(Some(Key::Columns(names.collect())))
    }

    fn run_to_end(&self, mut statement: RawStatement) -> Result<()> {
        if !statement.readonly() {
            self.mark_write()?;
        }
        statement
            .run(&[], |_| {})
            .map_err(|failure| self.judge(failure))
    }

    /// Runs `statement` up to its first row.
    fn start(
        self: &Rc<Self>,
        statement: RawStatement,
        info: Rc<StatementInfo>,
        bindings: Vec<SqlValue>,
    ) -> Result<Cursor> {
        if !info.readonly
            && let Err(error) = self.mark_write()
        {
            self.put_back(&info, statement);
            return Err(error);
        }
        let origin = Origin::Program(Rc::clone(&info));
        let run = Execution::new(statement, bindings)
            .and_then(|execution| Run::start(self, execution, origin));
        match run {
            Ok(run) => Ok(Cursor::new(run)),
            Err((failure, statement)) => {
                let error = self.judge(failure);
                self.put_back(&info, statement);
                Err(error)
            }
        }
    }
}

/// SQLite's idea of blank: what may follow the last statement.
fn is_sql_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\x0b' | b'\x0c' | b'\r')
}
