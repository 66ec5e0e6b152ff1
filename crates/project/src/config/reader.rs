//! Takes typed values out of the tree; every disagreement is an error that names the key, the place
//! and what was expected.

use super::keys::nearest;
use super::node::{Entry, Node, Span, Table, Value};
use crate::error::{ProjectError, Report};
use crate::place::{Place, Source, Warning};

/// The file being read, and the warnings gathered on the way.
pub(crate) struct Reader<'t> {
    pub(crate) source: Source<'t>,
    pub(crate) warnings: Vec<Warning>,
}

impl Reader<'_> {
    pub(crate) fn place(&self, span: Span) -> Place {
        self.source.place(span.start)
    }

    pub(crate) fn warn(&mut self, span: Span, text: impl Into<String>) {
        let place = Some(self.place(span));
        self.warnings.push(Warning {
            place,
            text: text.into(),
        });
    }

    /// An error at `span`, with what was expected or the next step.
    pub(crate) fn error(
        &self,
        span: Span,
        what: impl Into<String>,
        help: impl Into<String>,
    ) -> ProjectError {
        let length = span.end.saturating_sub(span.start);
        Report::in_source(self.source, span.start, length, what)
            .help(help)
            .config()
    }

    fn mismatch(&self, node: &Node, path: &str, expected: &str) -> ProjectError {
        let what = format!("\"{path}\" is {}", node.kind());
        self.error(node.span, what, format!("expected {expected}"))
    }

    pub(crate) fn string<'n>(&self, node: &'n Node, path: &str) -> Result<&'n str, ProjectError> {
        node.as_str()
            .ok_or_else(|| self.mismatch(node, path, "a string"))
    }

    pub(crate) fn table<'n>(&self, node: &'n Node, path: &str) -> Result<&'n Table, ProjectError> {
        node.as_table()
            .ok_or_else(|| self.mismatch(node, path, "an object"))
    }

    pub(crate) fn array<'n>(&self, node: &'n Node, path: &str) -> Result<&'n [Node], ProjectError> {
        match &node.value {
            Value::Array(items) => Ok(items),
            _ => Err(self.mismatch(node, path, "an array")),
        }
    }

    pub(crate) fn boolean(&self, node: &Node, path: &str) -> Result<bool, ProjectError> {
        match node.value {
            Value::Bool(value) => Ok(value),
            _ => Err(self.mismatch(node, path, "true or false")),
        }
    }

    /// A whole number of `min..=max`.
    pub(crate) fn integer(
        &self,
        node: &Node,
        path: &str,
        min: u64,
        max: u64,
    ) -> Result<u64, ProjectError> {
        let expected = format!("a whole number from {min} to {max}");
        let Value::Number(number) = &node.value else {
            return Err(self.mismatch(node, path, &expected));
        };
        number
            .as_u64()
            .filter(|value| (min..=max).contains(value))
            .ok_or_else(|| {
                self.error(
                    node.span,
                    format!("\"{path}\" is {number}"),
                    format!("expected {expected}"),
                )
            })
    }

    /// An array of strings, each with its place.
    pub(crate) fn strings(
        &self,
        node: &Node,
        path: &str,
    ) -> Result<Vec<(String, Span)>, ProjectError> {
        let items = self.array(node, path)?.iter().enumerate();
        items
            .map(|(index, item)| {
                let text = self.string(item, &format!("{path}[{index}]"))?;
                Ok((text.to_owned(), item.span))
            })
            .collect()
    }

    /// An entry that must be there, with a help text showing it.
    pub(crate) fn required<'n>(
        &self,
        table: &'n Table,
        span: Span,
        path: &str,
        key: &str,
        example: &str,
    ) -> Result<&'n Entry, ProjectError> {
        table.get(key).ok_or_else(|| {
            let what = format!("\"{path}\" has no \"{key}\"");
            // The whole object may span many lines: point at its start.
            let span = Span {
                start: span.start,
                end: span.start + 1,
            };
            self.error(span, what, format!("add \"{key}\", for example {example}"))
        })
    }

    /// Warns of keys that a table has twice, at any depth: the last one counts.
    pub(crate) fn warn_of_doubles(&mut self, table: &Table) {
        for (index, entry) in table.entries.iter().enumerate() {
            if table.entries[..index]
                .iter()
                .any(|other| other.key == entry.key)
            {
                let text = format!("\"{}\" is there twice: only this one counts", entry.key);
                self.warn(entry.key_span, text);
            }
            self.warn_of_doubles_in(&entry.node);
        }
    }

    fn warn_of_doubles_in(&mut self, node: &Node) {
        match &node.value {
            Value::Table(table) => self.warn_of_doubles(table),
            Value::Array(items) => items.iter().for_each(|item| self.warn_of_doubles_in(item)),
            _ => {}
        }
    }

    /// Warns of keys that are none of `known`.
    pub(crate) fn only(&mut self, table: &Table, path: &str, known: &[&str]) {
        for entry in &table.entries {
            if !known.contains(&entry.key.as_str()) {
                let hint = did_you_mean(&entry.key, known.iter().copied());
                self.warn(
                    entry.key_span,
                    format!("unknown key \"{path}.{}\"{hint}", entry.key),
                );
            }
        }
    }
}

/// `: did you mean "x"?` or nothing.
pub(crate) fn did_you_mean<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> String {
    nearest(name, known).map_or_else(String::new, |known| format!(": did you mean \"{known}\"?"))
}
