//! `wrangler.json` and `wrangler.jsonc`: JSON with comments and trailing commas.

use jsonc_parser::ast;
use jsonc_parser::common::Range;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use super::node::{Entry, Node, Span, Table, Value};
use crate::error::{ProjectError, Report};
use crate::place::Source;

/// Parses the text. An empty file is an empty object.
///
/// # Errors
/// The first syntax error, with its place.
pub(crate) fn parse(source: Source<'_>) -> Result<Node, ProjectError> {
    let collect = CollectOptions {
        comments: CommentCollectionStrategy::Off,
        tokens: false,
    };
    // Comments and trailing commas, and nothing else that JSON does not have: what wrangler's parser takes.
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed = parse_to_ast(source.text, &collect, &options).map_err(|error| {
        let range = error.range();
        Report::in_source(
            source,
            range.start,
            range.end.saturating_sub(range.start),
            format!("the file is not valid JSON: {}", error.kind()),
        )
        .config()
    })?;
    match &parsed.value {
        Some(value) => convert(source, value),
        None => Ok(Node {
            value: Value::Table(Table::default()),
            span: Span::default(),
        }),
    }
}

fn convert(source: Source<'_>, value: &ast::Value<'_>) -> Result<Node, ProjectError> {
    let (range, value) = match value {
        ast::Value::NullKeyword(node) => (node.range, Value::Null),
        ast::Value::BooleanLit(node) => (node.range, Value::Bool(node.value)),
        ast::Value::StringLit(node) => (node.range, Value::String(node.value.to_string())),
        ast::Value::NumberLit(node) => {
            let number = node.value.parse().map_err(|_| {
                Report::in_source(
                    source,
                    node.range.start,
                    node.value.len(),
                    format!("{} is not a number that JSON can hold", node.value),
                )
                .config()
            })?;
            (node.range, Value::Number(number))
        }
        ast::Value::Array(node) => {
            let items = node.elements.iter().map(|item| convert(source, item));
            (node.range, Value::Array(items.collect::<Result<_, _>>()?))
        }
        ast::Value::Object(node) => {
            let mut entries = Vec::with_capacity(node.properties.len());
            for property in &node.properties {
                let name = match &property.name {
                    ast::ObjectPropName::String(name) => name.range,
                    ast::ObjectPropName::Word(name) => name.range,
                };
                entries.push(Entry {
                    key: property.name.as_str().to_owned(),
                    key_span: span(name),
                    node: convert(source, &property.value)?,
                });
            }
            (node.range, Value::Table(Table { entries }))
        }
    };
    Ok(Node {
        value,
        span: span(range),
    })
}

fn span(range: Range) -> Span {
    Span {
        start: range.start,
        end: range.end,
    }
}
