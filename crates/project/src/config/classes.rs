//! Durable Object classes: the bindings that name them and the migrations that make them.

use indexmap::IndexMap;

use super::env::View;
use super::node::{Node, Span, Table};
use super::reader::Reader;
use crate::error::ProjectError;
use crate::place::Place;

/// One of `durable_objects.bindings`: `env.NAME` is the namespace of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DurableObjectBinding {
    pub name: String,
    pub class_name: String,
    /// The Worker that has the class, when it is not this one.
    pub script_name: Option<String>,
    pub place: Place,
}

/// A class that exists after all migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DurableObjectClass {
    pub class_name: String,
    /// What its data goes by: the name under which it was made, which a renaming leaves as it is. `.2` and so on is added
    /// for one that is made under a name that was used before, since the data of that one is not its own.
    pub made_as: String,
    /// Made by `new_sqlite_classes`: the objects have the SQL API.
    pub sqlite: bool,
}

/// The classes while migrations are applied.
#[derive(Default)]
struct Classes {
    /// By their present names.
    present: IndexMap<String, Made>,
    /// How often each name was given to a new class.
    times: IndexMap<String, usize>,
}

struct Made {
    made_as: String,
    sqlite: bool,
}

impl Classes {
    fn make(&mut self, class: String, sqlite: bool) {
        let times = self.times.entry(class.clone()).or_default();
        *times += 1;
        let made_as = match *times {
            1 => class.clone(),
            times => format!("{class}.{times}"),
        };
        self.present.insert(class, Made { made_as, sqlite });
    }
}

/// Reads the bindings.
pub(crate) fn bindings(
    reader: &mut Reader<'_>,
    view: &View<'_>,
    vars: &IndexMap<String, Node>,
) -> Result<Vec<DurableObjectBinding>, ProjectError> {
    let Some((entry, path)) = view.get("durable_objects") else {
        return Ok(Vec::new());
    };
    let table = reader.table(&entry.node, &path)?;
    reader.only(table, &path, &["bindings"]);
    let example = "\"bindings\": [{ \"name\": \"ROOM\", \"class_name\": \"ChatRoom\" }]";
    let list = reader.required(table, entry.node.span, &path, "bindings", example)?;
    let mut bindings: Vec<DurableObjectBinding> = Vec::new();
    for (index, item) in reader
        .array(&list.node, &format!("{path}.bindings"))?
        .iter()
        .enumerate()
    {
        let path = format!("{path}.bindings[{index}]");
        let table = reader.table(item, &path)?;
        reader.only(
            table,
            &path,
            &["name", "class_name", "script_name", "environment"],
        );
        let name = text(
            reader,
            table,
            item.span,
            &path,
            "name",
            "\"name\": \"ROOM\"",
        )?;
        let class_name = text(
            reader,
            table,
            item.span,
            &path,
            "class_name",
            "\"class_name\": \"ChatRoom\"",
        )?;
        let script_name = table
            .get("script_name")
            .map(|script| reader.string(&script.node, &format!("{path}.script_name")))
            .transpose()?
            .map(str::to_owned);
        if let Some(environment) = table.get("environment") {
            let text =
                "\"environment\" of a binding is not supported: name the Worker by \"script_name\"";
            reader.warn(environment.key_span, text);
        }
        let (name, at) = name;
        if let Some(other) = bindings.iter().find(|other| other.name == name) {
            let help = format!(
                "the other is at line {}: give each binding its own name",
                other.place.line
            );
            return Err(reader.error(at, format!("two bindings are called \"{name}\""), help));
        }
        if vars.contains_key(&name) {
            let what = format!("\"{name}\" is a binding and also one of \"vars\"");
            return Err(reader.error(at, what, "give each its own name"));
        }
        let place = reader.place(item.span);
        bindings.push(DurableObjectBinding {
            name,
            class_name: class_name.0,
            script_name,
            place,
        });
    }
    Ok(bindings)
}

/// Applies the migrations in their order.
///
/// # Errors
/// A step that does not fit what the steps before it made: a class made twice, or one renamed or deleted
/// that does not exist.
pub(crate) fn migrate(
    reader: &mut Reader<'_>,
    view: &View<'_>,
) -> Result<Vec<DurableObjectClass>, ProjectError> {
    const KNOWN: [&str; 6] = [
        "tag",
        "new_classes",
        "new_sqlite_classes",
        "renamed_classes",
        "deleted_classes",
        "transferred_classes",
    ];
    let Some((entry, path)) = view.get("migrations") else {
        return Ok(Vec::new());
    };
    let mut tags: Vec<String> = Vec::new();
    let mut classes = Classes::default();
    for (index, item) in reader.array(&entry.node, &path)?.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let table = reader.table(item, &path)?;
        reader.only(table, &path, &KNOWN);
        let (tag, at) = text(reader, table, item.span, &path, "tag", "\"tag\": \"v1\"")?;
        if tags.contains(&tag) {
            let what = format!("two migrations have the tag \"{tag}\"");
            return Err(reader.error(at, what, "give each migration a tag of its own"));
        }
        tags.push(tag);
        step(reader, table, &path, &mut classes)?;
    }
    let class = |(class_name, Made { made_as, sqlite })| DurableObjectClass {
        class_name,
        made_as,
        sqlite,
    };
    Ok(classes.present.into_iter().map(class).collect())
}

fn step(
    reader: &mut Reader<'_>,
    table: &Table,
    path: &str,
    classes: &mut Classes,
) -> Result<(), ProjectError> {
    for (key, sqlite) in [("new_classes", false), ("new_sqlite_classes", true)] {
        for (class, at) in names(reader, table, path, key)? {
            if classes.present.contains_key(&class) {
                let what = format!("class {class} exists already");
                let help = format!("an earlier migration made it: remove it from this \"{key}\"");
                return Err(reader.error(at, what, help));
            }
            classes.make(class, sqlite);
        }
    }
    if let Some(renamed) = table.get("renamed_classes") {
        let path = format!("{path}.renamed_classes");
        for (index, item) in reader.array(&renamed.node, &path)?.iter().enumerate() {
            let path = format!("{path}[{index}]");
            let pair = reader.table(item, &path)?;
            reader.only(pair, &path, &["from", "to"]);
            let (from, at) = text(reader, pair, item.span, &path, "from", "\"from\": \"Old\"")?;
            let (to, to_at) = text(reader, pair, item.span, &path, "to", "\"to\": \"New\"")?;
            if classes.present.contains_key(&to) {
                let what = format!("class {to} exists already");
                return Err(reader.error(
                    to_at,
                    what,
                    "rename to a name that no migration has made",
                ));
            }
            // The place in the list is kept: the class is the same one.
            let Some((position, _, made)) = classes.present.shift_remove_full(&from) else {
                return Err(absent(reader, &from, at, "rename"));
            };
            classes.present.shift_insert(position, to, made);
        }
    }
    for (class, at) in names(reader, table, path, "deleted_classes")? {
        if classes.present.shift_remove(&class).is_none() {
            return Err(absent(reader, &class, at, "delete"));
        }
    }
    if let Some(transferred) = table.get("transferred_classes") {
        reader.warn(
            transferred.key_span,
            "transferred_classes is not supported yet",
        );
    }
    Ok(())
}

fn absent(reader: &Reader<'_>, class: &str, at: Span, verb: &str) -> ProjectError {
    let help = format!("only a class that an earlier migration made can be {verb}d");
    reader.error(at, format!("there is no class {class} to {verb}"), help)
}

fn names(
    reader: &Reader<'_>,
    table: &Table,
    path: &str,
    key: &str,
) -> Result<Vec<(String, Span)>, ProjectError> {
    let Some(entry) = table.get(key) else {
        return Ok(Vec::new());
    };
    reader.strings(&entry.node, &format!("{path}.{key}"))
}

/// A required, non-empty string.
fn text(
    reader: &Reader<'_>,
    table: &Table,
    span: Span,
    path: &str,
    key: &str,
    example: &str,
) -> Result<(String, Span), ProjectError> {
    let entry = reader.required(table, span, path, key, example)?;
    let text = reader.string(&entry.node, &format!("{path}.{key}"))?;
    if text.is_empty() {
        let what = format!("\"{path}.{key}\" is empty");
        return Err(reader.error(entry.node.span, what, format!("for example {example}")));
    }
    Ok((text.to_owned(), entry.node.span))
}
