//! `wrangler.toml`.

use toml_edit::{Document, Item, Key, TableLike, Value as TomlValue};

use super::node::{Entry, Node, Span, Table, Value};
use crate::error::{ProjectError, Report};
use crate::place::Source;

/// Parses the text.
///
/// # Errors
/// The first syntax error with its place, and numbers that JSON cannot hold (`nan`, `inf`).
pub(crate) fn parse(source: Source<'_>) -> Result<Node, ProjectError> {
    let document = Document::parse(source.text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let what = format!(
            "the file is not valid TOML: {}",
            error.message().replace('\n', ", ")
        );
        Report::in_source(source, span.start, span.len(), what).config()
    })?;
    item(source, document.as_item(), Span::default())
}

/// `around` stands in for the span of what has none of its own, such as a table made by dotted keys.
fn item(source: Source<'_>, item: &Item, around: Span) -> Result<Node, ProjectError> {
    let span = item.span().map_or(around, span);
    let value = match item {
        Item::None => Value::Null,
        Item::Value(scalar) => return value(source, scalar, around),
        Item::Table(inner) => Value::Table(table(source, inner)?),
        Item::ArrayOfTables(tables) => {
            let mut items = Vec::with_capacity(tables.len());
            for inner in tables {
                let span = inner.span().map_or(span, self::span);
                items.push(Node {
                    value: Value::Table(table(source, inner)?),
                    span,
                });
            }
            Value::Array(items)
        }
    };
    Ok(Node { value, span })
}

fn table(source: Source<'_>, inner: &dyn TableLike) -> Result<Table, ProjectError> {
    let mut entries = Vec::with_capacity(inner.len());
    for (name, _) in inner.iter() {
        let Some((key, value)) = inner.get_key_value(name) else {
            continue;
        };
        let key_span = key_span(key)
            .or_else(|| value.span().map(span))
            .unwrap_or_default();
        entries.push(Entry {
            key: name.to_owned(),
            key_span,
            node: item(source, value, key_span)?,
        });
    }
    Ok(Table { entries })
}

fn value(source: Source<'_>, scalar: &TomlValue, around: Span) -> Result<Node, ProjectError> {
    let span = scalar.span().map_or(around, span);
    let value = match scalar {
        TomlValue::String(text) => Value::String(text.value().clone()),
        TomlValue::Integer(number) => Value::Number((*number.value()).into()),
        TomlValue::Float(number) => {
            let number = serde_json::Number::from_f64(*number.value()).ok_or_else(|| {
                let what = format!("{} is not a number that JSON can hold", number.value());
                Report::in_source(source, span.start, span.end - span.start, what).config()
            })?;
            Value::Number(number)
        }
        TomlValue::Boolean(value) => Value::Bool(*value.value()),
        TomlValue::Datetime(time) => Value::String(time.value().to_string()),
        TomlValue::Array(array) => {
            let items = array.iter().map(|item| self::value(source, item, span));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        TomlValue::InlineTable(inner) => Value::Table(table(source, inner)?),
    };
    Ok(Node { value, span })
}

fn key_span(key: &Key) -> Option<Span> {
    key.span().map(span)
}

fn span(range: std::ops::Range<usize>) -> Span {
    Span {
        start: range.start,
        end: range.end,
    }
}
