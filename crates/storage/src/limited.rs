//! `UPDATE … ORDER BY … LIMIT` and `DELETE … ORDER BY … LIMIT`.
//!
//! SQLite has them only if its parser was generated for them, which the amalgamation's was not. With them it would
//! compile what a program can also write itself: `… WHERE rowid IN (SELECT rowid FROM … WHERE … ORDER BY … LIMIT …)`.
//! So when SQLite does not understand a statement at its `ORDER` or `LIMIT`, it gets that text instead.
//!
//! No parser of SQL is needed for it: outside of parentheses the keywords of these clauses stand nowhere else, since
//! none of them may be a name without quotes. Whatever is put together here is compiled by SQLite, which refuses what
//! was no SQL before; the places in its complaints are those of the program's text.
//!
//! Not understood, as before: `UPDATE … FROM … LIMIT`, and tables in which all names of the rowid are columns.

use std::ops::Range;

use crate::tokens::{Kind, Token, tokens, unquoted};

/// A statement of the program.
pub(crate) struct Limited<'a> {
    sql: &'a str,
    tokens: Vec<Token>,
    /// `DELETE` or `UPDATE`.
    pub(crate) verb: &'static str,
    /// The table's name, without quotes.
    pub(crate) table: String,
    /// The schema's, if the statement names it.
    schema: Option<String>,
    /// Tokens of the table's name (with its schema's), and of what follows it: an alias, an index.
    name: Range<usize>,
    decoration: Range<usize>,
    /// Tokens of clauses. The condition is without its `WHERE`.
    condition: Option<Range<usize>>,
    returning: Range<usize>,
    order_and_limit: Range<usize>,
    /// `LIMIT` is there.
    pub(crate) is_limited: bool,
    /// Where the statement ends: behind its semicolon, or with the text.
    pub(crate) tail: usize,
}

/// What SQLite gets to compile, and where its parts come from.
pub(crate) struct Rewritten {
    pub(crate) sql: String,
    /// Begin in `sql`, begin in the program's text, bytes.
    copied: Vec<(usize, usize, usize)>,
}

/// Columns that say which row it is.
pub(crate) enum Key {
    /// The rowid, by a name that no column has.
    Rowid(&'static str),
    /// The primary key of a table without rowid.
    Columns(Vec<String>),
}

impl Key {
    /// Of a table with these columns. None if no name for the rowid is left.
    pub(crate) fn rowid_beside(columns: &[String]) -> Option<Key> {
        let is_free = |name: &&str| {
            !columns
                .iter()
                .any(|column| column.eq_ignore_ascii_case(name))
        };
        ["rowid", "_rowid_", "oid"]
            .into_iter()
            .find(is_free)
            .map(Key::Rowid)
    }

    fn list(&self) -> String {
        match self {
            Key::Rowid(name) => (*name).to_owned(),
            Key::Columns(columns) => {
                let columns: Vec<String> = columns.iter().map(|name| quoted(name)).collect();
                columns.join(", ")
            }
        }
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl<'a> Limited<'a> {
    /// The first statement of `sql`, if it is one of these; the place of the first clause that stands where it must not,
    /// if there is one.
    pub(crate) fn parse(sql: &'a str) -> Option<Result<Limited<'a>, Range<usize>>> {
        let (tokens, tail) = tokens(sql)?;
        let word = |at: usize| word_at(sql, &tokens, at);
        if !["WITH", "UPDATE", "DELETE"].contains(&&*word(0)) {
            return None;
        }
        let top = |at: &usize| tokens[*at].depth == 0;
        let begin = (0..tokens.len()).filter(top).find(|at| {
            ["UPDATE", "DELETE", "INSERT", "REPLACE", "SELECT"].contains(&&*word(*at))
        })?;
        if !["UPDATE", "DELETE"].contains(&&*word(begin)) {
            return None;
        }
        let is_update = word(begin) == "UPDATE";
        let mut at = begin + 1;
        match is_update {
            true if word(at) == "OR" => at += 2,
            true => {}
            false if word(at) == "FROM" => at += 1,
            false => return None,
        }
        let name_at = |at: usize| {
            let token = tokens.get(at)?;
            matches!(token.kind, Kind::Word | Kind::Quoted | Kind::Text)
                .then(|| unquoted(&sql[token.place.clone()]))
        };
        let begin_name = at;
        let mut table = name_at(at)?;
        let mut schema = None;
        at += 1;
        if tokens
            .get(at)
            .is_some_and(|token| &sql[token.place.clone()] == ".")
        {
            schema = Some(std::mem::replace(&mut table, name_at(at + 1)?));
            at += 2;
        }
        let name = begin_name..at;
        if word(at) == "AS" {
            at += 2;
        }
        match (&*word(at), &*word(at + 1)) {
            ("INDEXED", "BY") => at += 3,
            ("NOT", "INDEXED") => at += 2,
            _ => {}
        }
        let decoration = name.end..at;
        let rest = at..tokens.len();
        // Each clause once, and in this order.
        let mut clauses = [None; 4];
        let mut last = 0;
        for at in rest.clone().filter(top) {
            let clause = match &*word(at) {
                "WHERE" => 0,
                "RETURNING" => 1,
                "ORDER" => 2,
                "LIMIT" => 3,
                // `IS DISTINCT FROM` compares.
                "FROM" if word(at - 1) != "DISTINCT" => return None,
                _ => continue,
            };
            if clauses[clause].is_some() || clause < last {
                return Some(Err(tokens[at].place.clone()));
            }
            clauses[clause] = Some(at);
            last = clause;
        }
        let end_of = |clause: usize| {
            let behind = clauses[clause + 1..].iter().flatten().next();
            behind.copied().unwrap_or(tokens.len())
        };
        let begins = clauses[2].or(clauses[3])?;
        Some(Ok(Limited {
            sql,
            verb: if is_update { "UPDATE" } else { "DELETE" },
            table,
            schema,
            name,
            decoration,
            condition: clauses[0].map(|at| at + 1..end_of(0)),
            returning: clauses[1].map_or(0..0, |at| at..end_of(1)),
            order_and_limit: begins..tokens.len(),
            is_limited: clauses[3].is_some(),
            tail,
            tokens,
        }))
    }

    /// The semicolon at the end of the statement, if it has one.
    pub(crate) fn semicolon(&self) -> Option<usize> {
        let last = self.tail.checked_sub(1)?;
        self.sql[..self.tail].ends_with(';').then_some(last)
    }

    /// The statement as SQLite understands it, for a table with this key.
    pub(crate) fn rewrite(&self, key: &Key) -> Rewritten {
        let mut out = Writer {
            sql: self.sql,
            out: Rewritten {
                sql: String::new(),
                copied: Vec::new(),
            },
            numbers: numbers(self.sql, &self.tokens),
        };
        let before_where = match &self.condition {
            Some(condition) => condition.start - 1,
            None if !self.returning.is_empty() => self.returning.start,
            None => self.order_and_limit.start,
        };
        let list = key.list();
        out.copy(&self.tokens, 0..before_where);
        out.add(&format!(" WHERE ({list}) IN (SELECT {list} FROM "));
        if self.schema.is_none() {
            // Something of that name in a WITH clause is not meant.
            out.add("main.");
        }
        out.copy(&self.tokens, self.name.clone());
        out.copy(&self.tokens, self.decoration.clone());
        if let Some(condition) = &self.condition {
            out.add(" WHERE ");
            out.copy(&self.tokens, condition.clone());
        }
        out.copy(&self.tokens, self.order_and_limit.clone());
        out.add(")");
        out.copy(&self.tokens, self.returning.clone());
        out.out
    }
}

impl Rewritten {
    /// The place in the program's text of one in this.
    pub(crate) fn origin(&self, offset: u32) -> Option<u32> {
        let offset = usize::try_from(offset).ok()?;
        let mut copied = self.copied.iter();
        let (begin, from, _) =
            copied.find(|(begin, _, bytes)| (*begin..begin + bytes).contains(&offset))?;
        u32::try_from(from + (offset - begin)).ok()
    }
}

struct Writer<'a> {
    sql: &'a str,
    out: Rewritten,
    /// Of parameters, by the place where they begin.
    numbers: Vec<(usize, u32)>,
}

impl Writer<'_> {
    fn add(&mut self, text: &str) {
        self.out.sql += text;
    }

    /// Tokens as they stand, but for parameters: they get the numbers that they have in the program's order.
    fn copy(&mut self, tokens: &[Token], range: Range<usize>) {
        let tokens = &tokens[range];
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
            return;
        };
        self.add(" ");
        let mut at = first.place.start;
        for parameter in tokens.iter().filter(|token| token.kind == Kind::Parameter) {
            self.copy_text(at..parameter.place.start);
            let number = self
                .numbers
                .iter()
                .find(|(at, _)| *at == parameter.place.start);
            self.add(&number.map_or_else(String::new, |(_, number)| format!("?{number}")));
            at = parameter.place.end;
        }
        self.copy_text(at..last.place.end);
    }

    fn copy_text(&mut self, range: Range<usize>) {
        let begin = self.out.sql.len();
        self.out.copied.push((begin, range.start, range.len()));
        self.out.sql += &self.sql[range];
    }
}

/// A bare word in upper case; empty for anything else.
fn word_at(sql: &str, tokens: &[Token], at: usize) -> String {
    match tokens.get(at) {
        Some(token) if token.kind == Kind::Word => sql[token.place.clone()].to_ascii_uppercase(),
        _ => String::new(),
    }
}

/// The numbers that SQLite gives to parameters: a bare `?` one more than the highest so far, a name always the same.
fn numbers(sql: &str, tokens: &[Token]) -> Vec<(usize, u32)> {
    let mut names: Vec<(&str, u32)> = Vec::new();
    let mut highest: u32 = 0;
    let mut numbers = Vec::new();
    for token in tokens.iter().filter(|token| token.kind == Kind::Parameter) {
        let text = &sql[token.place.clone()];
        let known = names.iter().find(|(name, _)| *name == text);
        let number = match (text.strip_prefix('?').map(str::parse), known) {
            (Some(Ok(number)), _) => number,
            (Some(Err(_)), _) => highest.saturating_add(1),
            (None, Some((_, number))) => *number,
            (None, None) => {
                names.push((text, highest.saturating_add(1)));
                highest.saturating_add(1)
            }
        };
        highest = highest.max(number);
        numbers.push((token.place.start, number));
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(sql: &str) -> Option<String> {
        let limited = Limited::parse(sql)?.ok()?;
        Some(limited.rewrite(&Key::Rowid("rowid")).sql)
    }

    #[test]
    fn the_rows_are_chosen_by_a_query() {
        for (sql, becomes) in [
            (
                "DELETE FROM t ORDER BY x DESC LIMIT 1",
                "DELETE FROM t WHERE (rowid) IN (SELECT rowid FROM main. t ORDER BY x DESC LIMIT 1)",
            ),
            (
                "update or ignore \"main\".[a b] AS c NOT INDEXED set y = 'LIMIT' where x IS NOT DISTINCT FROM (select 1 \
                 from u limit 1) limit 2 offset 1 ; SELECT 1",
                "update or ignore \"main\".[a b] AS c NOT INDEXED set y = 'LIMIT' WHERE (rowid) IN (SELECT rowid FROM \
                 \"main\".[a b] AS c NOT INDEXED WHERE  x IS NOT DISTINCT FROM (select 1 from u limit 1) limit 2 offset 1)",
            ),
            (
                "WITH w AS (DELETE) DELETE FROM t RETURNING a -- LIMIT\n, b LIMIT 1.5e-1",
                "WITH w AS (DELETE) DELETE FROM t WHERE (rowid) IN (SELECT rowid FROM main. t LIMIT 1.5e-1) RETURNING a \
                 -- LIMIT\n, b",
            ),
        ] {
            let words = |sql: &str| sql.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(rewritten(sql).map(|sql| words(&sql)), Some(words(becomes)));
        }
    }

    #[test]
    fn parameters_keep_their_numbers() {
        let sql =
            "UPDATE t SET a = ?, b = :b, c = ?7 WHERE d = ? RETURNING ?, :b ORDER BY $e LIMIT ?2";
        let becomes = rewritten(sql).unwrap();
        let numbers: Vec<&str> = becomes.split('?').skip(1).collect();
        let numbers: Vec<u32> = numbers
            .iter()
            .map(|text| {
                text.split(|c: char| !c.is_ascii_digit())
                    .next()
                    .unwrap()
                    .parse()
                    .unwrap()
            })
            .collect();
        // a, b, c, d, then the order and the limit, and then what is returned.
        assert_eq!(numbers, [1, 2, 7, 8, 10, 2, 9, 2], "{becomes}");
    }

    #[test]
    fn other_statements_are_not_touched() {
        for sql in [
            "",
            "SELECT 1 LIMIT 1",
            "DELETE FROM t",
            "DELETE FROM t WHERE 'ORDER BY x LIMIT 1'",
            "UPDATE t SET a = 1 FROM u LIMIT 1",
            "DELETE FROM t WHERE (x LIMIT 1",
            "DELETE FROM t WHERE x) LIMIT 1",
            "DELETE FROM t WHERE 'x LIMIT 1",
            "INSERT INTO t VALUES (1) ON CONFLICT DO UPDATE SET a = 1 LIMIT 1",
            "WITH w AS (SELECT 1) INSERT INTO t SELECT * FROM w ON CONFLICT DO UPDATE SET a = 1 LIMIT 1",
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t LIMIT 1; END",
            "DELETE",
            "DELETE FROM",
            "UPDATE OR LIMIT 1",
        ] {
            assert_eq!(rewritten(sql), None, "{sql}");
        }
    }

    #[test]
    fn a_misplaced_clause_is_found() {
        for (sql, word) in [
            ("DELETE FROM t LIMIT 1 RETURNING x", "RETURNING"),
            ("DELETE FROM t LIMIT 1 ORDER BY x", "ORDER"),
            ("DELETE FROM t ORDER BY x LIMIT 1 Limit 2", "Limit"),
        ] {
            let place = Limited::parse(sql).unwrap().err().unwrap();
            assert_eq!(&sql[place], word);
        }
    }

    #[test]
    fn places_lead_back_to_the_text() {
        let sql = "DELETE FROM t WHERE a = ? AND wrong = ? LIMIT 1";
        let rewritten = Limited::parse(sql)
            .unwrap()
            .unwrap()
            .rewrite(&Key::Rowid("oid"));
        let place = rewritten.sql.find("wrong").unwrap() as u32;
        assert_eq!(
            rewritten.origin(place),
            Some(sql.find("wrong").unwrap() as u32)
        );
        let place = rewritten.sql.find("oid").unwrap() as u32;
        assert_eq!(rewritten.origin(place), None);
    }

    #[test]
    fn a_key_is_named_by_what_no_column_is() {
        let list = |columns: &[&str]| {
            let columns: Vec<String> = columns.iter().map(|name| (*name).to_owned()).collect();
            Key::rowid_beside(&columns).map(|key| key.list())
        };
        assert_eq!(list(&["a"]).as_deref(), Some("rowid"));
        assert_eq!(list(&["RowId", "oid"]).as_deref(), Some("_rowid_"));
        assert_eq!(list(&["oid", "rowid", "_rowid_"]), None);
        let columns = Key::Columns(vec!["a".to_owned(), "b\"c".to_owned()]);
        assert_eq!(columns.list(), "\"a\", \"b\"\"c\"");
    }
}
