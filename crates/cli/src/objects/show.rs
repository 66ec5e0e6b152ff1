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
            ObjectsCommand::List { .. } => unreachable!("a list is printed page by page"),
            ObjectsCommand::Show { .. } => show(answer),
            ObjectsCommand::Query { .. } => query(answer),
            ObjectsCommand::Export { object, .. } => {
                format!("exported {object} to {}\n", plain(&answer["file"]))
            }
            ObjectsCommand::Import { object, .. } => format!("imported {object}\n"),
            ObjectsCommand::Delete { object } => format!("deleted {object}\n"),
        }
    };
    write(&text);
}

/// A list of objects, printed page by page.
pub(super) struct List {
    json: bool,
    /// The head is printed.
    headed: bool,
    /// Printed so far.
    objects: usize,
    widths: Vec<usize>,
}

impl List {
    pub(super) fn new(json: bool) -> List {
        List {
            json,
            objects: 0,
            headed: false,
            widths: Vec::new(),
        }
    }

    /// False if nobody reads any more (`holdfast objects list | head`).
    pub(super) fn page(&mut self, objects: &[Value]) -> bool {
        let text = match self.json {
            true => {
                let mut text = String::new();
                for object in objects {
                    text += if self.objects == 0 { "[\n  " } else { ",\n  " };
                    text += &object.to_string();
                    self.objects += 1;
                }
                text
            }
            false => {
                let head = ["CLASS", "ID", "BYTES", "NAME", "ALARM", "FACETS"];
                let head = (!self.headed).then(|| head.map(str::to_owned).to_vec());
                let body = objects.iter().map(|object| {
                    vec![
                        plain(&object["class"]),
                        plain(&object["id"]),
                        plain(&object["bytes"]),
                        plain(&object["name"]),
                        object["alarm"].as_i64().map_or(String::new(), time),
                        match object["facets"].as_u64() {
                            Some(0) | None => String::new(),
                            Some(count) => count.to_string(),
                        },
                    ]
                });
                let rows: Vec<_> = head.into_iter().chain(body).collect();
                self.headed = true;
                rows_as_wide(&rows, &mut self.widths)
            }
        };
        write(&text)
    }

    pub(super) fn end(self) {
        if self.json {
            write(if self.objects == 0 { "[]\n" } else { "\n]\n" });
        }
    }
}

/// To standard output; false if nobody reads it.
fn write(text: &str) -> bool {
    io::stdout().lock().write_all(text.as_bytes()).is_ok()
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
    let rows: Vec<_> = std::iter::once(head).chain(body).collect();
    rows_as_wide(&rows, &mut Vec::new())
}

/// Rows in columns that are at least so wide, and as wide as their widest cell.
fn rows_as_wide(rows: &[Vec<String>], widths: &mut Vec<usize>) -> String {
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (cell, width) in row.iter().zip(widths.iter_mut()) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let begin = text.len();
        for (cell, width) in row.iter().zip(&*widths) {
            text += cell;
            text.extend(std::iter::repeat_n(' ', width + 2 - cell.chars().count()));
        }
        text.truncate(begin + text[begin..].trim_end().len());
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
