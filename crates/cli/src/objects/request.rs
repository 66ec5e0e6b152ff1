//! What can be asked about objects, and the answers.

use std::path::PathBuf;

use holdfast_runtime::{Replacement, facets_of};
use holdfast_storage::{Database, ObjectRef, SqlValue, Store};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::list::list;
use super::names::{self, Named};
use crate::args::ObjectName;

/// Rows of a query's answer. Whoever wants more adds conditions, or exports the object.
const ROWS_MAX: usize = 10_000;

/// Keys that `show` names.
const KEYS_MAX: u32 = 1_000;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "do")]
pub(crate) enum Request {
    List {
        class: Option<String>,
        after: Option<String>,
        limit: usize,
    },
    Show {
        object: ObjectName,
    },
    Query {
        object: ObjectName,
        sql: String,
    },
    Export {
        object: ObjectName,
        file: PathBuf,
    },
    Import {
        object: ObjectName,
        file: PathBuf,
    },
    Delete {
        object: ObjectName,
    },
}

/// A data folder, at rest or in use.
pub(crate) trait Backend {
    fn store(&self) -> &Store;
    /// Durable on return; false if there was nothing to delete.
    fn replace(&self, named: &Named, replacement: Replacement) -> Result<bool, String>;
}

/// Does what was asked.
///
/// # Errors
/// Why not, in a sentence.
pub(crate) fn answer(request: Request, backend: &dyn Backend) -> Result<Value, String> {
    let store = backend.store();
    match request {
        Request::List {
            class,
            after,
            limit,
        } => list(store, class.as_deref(), after.as_deref(), limit),
        Request::Show { object } => show(store, &object),
        Request::Query { object, sql } => {
            let object = names::resolve(store, &object)?.object;
            with_database(store, &object, |database| query(database, &sql))
        }
        Request::Export { object, file } => {
            let object = names::resolve(store, &object)?.object;
            let snapshot = snapshot(store, &object)?;
            snapshot.export(&file).map_err(|error| error.message)?;
            Ok(json!({ "file": file, "bytes": snapshot.bytes() }))
        }
        Request::Import { object, file } => {
            let named = names::resolve(store, &object)?;
            backend.replace(&named, Replacement::Import(file))?;
            Ok(json!({ "id": named.path.root_id().to_hex() }))
        }
        Request::Delete { object } => {
            let named = names::resolve(store, &object)?;
            match backend.replace(&named, Replacement::Delete)? {
                true => Ok(json!({ "id": named.path.root_id().to_hex() })),
                false => Err(absent(&named.object)),
            }
        }
    }
}

fn absent(object: &ObjectRef) -> String {
    format!("the object {object} has no data")
}

fn snapshot<'a>(
    store: &'a Store,
    object: &ObjectRef,
) -> Result<holdfast_storage::Snapshot<'a>, String> {
    store
        .snapshot(object)
        .map_err(|error| error.message)?
        .ok_or_else(|| absent(object))
}

fn with_database<T>(
    store: &Store,
    object: &ObjectRef,
    f: impl FnOnce(&Database) -> Result<T, String>,
) -> Result<T, String> {
    f(&snapshot(store, object)?.database())
}

fn show(store: &Store, name: &ObjectName) -> Result<Value, String> {
    let Named { object, root, path } = names::resolve(store, name)?;
    let facets = facets_of(store, &root).map_err(|error| error.message)?;
    let facets: serde_json::Map<_, _> = facets
        .into_iter()
        .filter(|(_, facet)| path.contains(facet) && *facet != path)
        .map(|(facet, at)| {
            let snapshot = store.snapshot(&facet).map_err(|error| error.message)?;
            let bytes = snapshot.map_or(0, |snapshot| snapshot.bytes());
            let below = at.names()[path.names().len()..].join("/");
            Ok((below, json!(bytes)))
        })
        .collect::<Result<_, String>>()?;
    let about = json!({
        "class": &*root.class,
        "id": path.root_id().to_hex(),
        "facet": (!path.is_root()).then(|| path.names().join("/")),
    });
    let Some(snapshot) = store.snapshot(&object).map_err(|error| error.message)? else {
        if facets.is_empty() {
            return Err(absent(&object));
        }
        // Only its facets have data.
        return Ok(with(about, json!({ "bytes": 0, "facets": facets })));
    };
    let entry = store.object(&root).map_err(|error| error.message)?;
    let database = snapshot.database();
    let count = |sql: &str| -> Result<Value, String> {
        let rows = rows(&database, sql)?.1;
        Ok(rows
            .first()
            .and_then(|row| row.first())
            .cloned()
            .unwrap_or(Value::Null))
    };
    let mut tables = serde_json::Map::new();
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' \
                 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    for row in rows(&database, names)?.1 {
        let Some(Value::String(name)) = row.into_iter().next() else {
            continue;
        };
        let quoted = name.replace('"', "\"\"");
        // A virtual table may be of a kind that cannot be counted.
        let rows = count(&format!("SELECT count(*) FROM \"{quoted}\"")).unwrap_or(Value::Null);
        tables.insert(name, rows);
    }
    let keys = database.kv_sizes(KEYS_MAX).map_err(|error| error.message)?;
    let keys: serde_json::Map<_, _> = keys
        .into_iter()
        .map(|(key, bytes)| (key, json!(bytes)))
        .collect();
    let data = json!({
        "name": entry.and_then(|entry| entry.name),
        "alarm": database.get_alarm().map_err(|error| error.message)?,
        "bytes": snapshot.bytes(),
        "tables": tables,
        "keys": keys,
        "facets": facets,
    });
    Ok(with(about, data))
}

/// Both objects in one.
fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    object
}

fn query(database: &Database, sql: &str) -> Result<Value, String> {
    let (columns, rows) = rows(database, sql)?;
    if database.in_transaction() {
        return Err(
            "the query would change the object, and only reading is possible here".to_owned(),
        );
    }
    Ok(json!({ "columns": columns, "rows": rows }))
}

type Rows = (Vec<String>, Vec<Vec<Value>>);

fn rows(database: &Database, sql: &str) -> Result<Rows, String> {
    let cursor = database.exec(sql, vec![]).map_err(|error| error.message)?;
    let columns = cursor
        .column_names()
        .iter()
        .map(|name| name.to_string())
        .collect();
    let mut rows = Vec::new();
    while let Some(row) = cursor.next().map_err(|error| error.message)? {
        if rows.len() == ROWS_MAX {
            return Err(format!(
                "the query gives more than {ROWS_MAX} rows; add a LIMIT, or export the object"
            ));
        }
        rows.push(row.into_iter().map(to_json).collect());
    }
    Ok((columns, rows))
}

fn to_json(value: SqlValue) -> Value {
    match value {
        SqlValue::Null => Value::Null,
        SqlValue::Integer(value) => json!(value),
        SqlValue::Real(value) => json!(value),
        SqlValue::Text(text) => json!(text),
        SqlValue::Blob(bytes) => {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            json!(format!("x'{hex}'"))
        }
    }
}
