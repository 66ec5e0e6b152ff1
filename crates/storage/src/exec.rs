//! `exec`: from SQL text to a running cursor.

use std::rc::Rc;

use crate::authorizer::{Findings, Trust};
use crate::cache::StatementInfo;
use crate::counters::Shape;
use crate::cursor::{Cursor, Origin, Run};
use crate::database::{Database, Inner};
use crate::error::{Result, StorageError};
use crate::rename;
use crate::statement::{Execution, RawStatement};
use crate::value::SqlValue;

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
                // The texts before the last one must run again each time: such a list is not kept.
                if whole {
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
            other => other.map_err(|failure| self.judge(failure))?,
        };
        match prepared.statement {
            Some(statement) => Ok(Compiled {
                statement,
                findings,
                tail: prepared.tail,
            }),
            None => Err(StorageError::error(NO_STATEMENT)),
        }
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
