//! Answers as a person reads them.

use std::io::{self, Write};

use serde_json::Value;

use crate::args::ObjectsCommand;

/// Prints an answer to standard output.
pub(super) fn print(command: &ObjectsCommand, answer: &Value, json: bool) {
    let text = if json {
        format!("{answer:#}\n")
    } else {
        match command {
            ObjectsCommand::List { .. } => list(answer),
            ObjectsCommand::Show { .. } => show(answer),
            ObjectsCommand::Query { .. } => query(answer),
            ObjectsCommand::Export { object, .. } => {
                format!("exported {object} to {}\n", plain(&answer["file"]))
            }
            ObjectsCommand::Import { object, .. } => format!("imported {object}\n"),
            ObjectsCommand::Delete { object } => format!("deleted {object}\n"),
        }
    };
    // Nobody may read any more (`holdfast objects list | head`).
    io::stdout().lock().write_all(text.as_bytes()).ok();
}

fn list(answer: &Value) -> String {
    let rows = answer.as_array().map_or(&[][..], |rows| &rows[..]);
    let head = ["CLASS", "ID", "NAME", "ALARM", "FACETS"]
        .map(str::to_owned)
        .to_vec();
    let body = rows.iter().map(|row| {
        vec![
            plain(&row["class"]),
            plain(&row["id"]),
            plain(&row["name"]),
            row["alarm"].as_i64().map_or(String::new(), time),
            match row["facets"].as_u64() {
                Some(0) | None => String::new(),
                Some(count) => count.to_string(),
            },
        ]
    });
    table(head, body.collect())
}

fn show(answer: &Value) -> String {
    let mut text = String::new();
    for key in ["class", "id", "name", "facet", "bytes"] {
        if !answer[key].is_null() {
            text += &format!("{key:8} {}\n", plain(&answer[key]));
        }
    }
    if let Some(alarm) = answer["alarm"].as_i64() {
        text += &format!("{:8} {}\n", "alarm", time(alarm));
    }
    for (title, head) in [("tables", "ROWS"), ("keys", "BYTES"), ("facets", "BYTES")] {
        let Some(entries) = answer[title].as_object().filter(|map| !map.is_empty()) else {
            continue;
        };
        text.push('\n');
        let rows = entries
            .iter()
            .map(|(name, value)| vec![name.clone(), plain(value)]);
        text += &table(vec![title.to_uppercase(), head.to_owned()], rows.collect());
    }
    text
}

fn query(answer: &Value) -> String {
    let strings = |values: &Value| -> Vec<String> {
        values
            .as_array()
            .map_or(Vec::new(), |values| values.iter().map(plain).collect())
    };
    let rows = answer["rows"].as_array().map_or(&[][..], |rows| &rows[..]);
    table(
        strings(&answer["columns"]),
        rows.iter().map(strings).collect(),
    )
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// RFC 3339, in UTC.
fn time(ms: i64) -> String {
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_millis(ms.max(0) as u64);
    humantime::format_rfc3339_millis(time).to_string()
}

/// Columns as wide as their widest cell.
fn table(head: Vec<String>, body: Vec<Vec<String>>) -> String {
    let widths: Vec<usize> = (0..head.len())
        .map(|column| {
            let cells = std::iter::once(&head).chain(&body);
            cells
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for row in std::iter::once(&head).chain(&body) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line += &format!("{cell:width$}  ");
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_aligned() {
        let answer = json!({ "columns": ["a", "long"], "rows": [[1, "x"], [123456, null]] });
        assert_eq!(query(&answer), "a       long\n1       x\n123456\n");
    }

    #[test]
    fn times_are_readable() {
        assert_eq!(time(1_700_000_000_123), "2023-11-14T22:13:20.123Z");
    }
}
