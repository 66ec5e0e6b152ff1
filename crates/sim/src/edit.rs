//! Random writes to a database, done alike to the checker's account of it.

use std::rc::Rc;

use holdfast_storage::{Database, Result, SavepointKind, SqlValue};

use crate::model::Contents;
use crate::rng::Rng;

/// Tables that an object may have.
const TABLES: u64 = 3;
/// Ids of rows in a table.
const IDS: u64 = 40;
/// Keys of an object.
const KEYS: u64 = 25;
/// From here on an object is emptied rather than filled.
const BYTES_MAX: usize = 48 << 10;

fn run(database: &Database, sql: &str, bindings: Vec<SqlValue>) -> Result<()> {
    let cursor = database.exec(sql, bindings)?;
    while cursor.next()?.is_some() {}
    Ok(())
}

/// Does one thing to `database` and to `view`, which hold the same.
///
/// # Errors
/// Storage's. What was done then is unknown, and the transaction must be given up.
pub(crate) fn operate(
    database: &Database,
    view: &mut Contents,
    now_ms: u64,
    rng: &mut Rng,
) -> Result<()> {
    if view.bytes() > BYTES_MAX {
        return empty(database, view, rng);
    }
    match rng.below(100) {
        0..8 => create_table(database, view, rng),
        8..11 => drop_table(database, view, rng),
        11..40 => insert(database, view, rng),
        40..56 => update(database, view, rng),
        56..63 => delete(database, view, rng),
        63..73 => transfer(database, view, rng),
        73..84 => put(database, view, rng),
        84..88 => put_many(database, view, rng),
        88..92 => delete_key(database, view, rng),
        92..98 => set_alarm(database, view, now_ms, rng),
        _ => run(database, "SELECT name FROM sqlite_master", vec![]),
    }
}

/// A sync savepoint with some operations in it, which is kept or undone.
///
/// # Errors
/// As for [`operate`].
pub(crate) fn sync_savepoint(
    database: &Database,
    view: &mut Contents,
    now_ms: u64,
    rng: &mut Rng,
) -> Result<()> {
    let before = view.clone();
    let id = database.begin_savepoint(SavepointKind::Sync)?;
    for _ in 0..1 + rng.below(3) {
        operate(database, view, now_ms, rng)?;
    }
    if rng.percent(50) {
        database.rollback_to(id)?;
        *view = before;
    } else {
        database.release(id)?;
    }
    Ok(())
}

fn pick_table(view: &Contents, rng: &mut Rng) -> Option<String> {
    let tables = view.tables.len();
    (tables > 0).then(|| {
        let index = rng.index(tables);
        view.tables.keys().nth(index).expect("it is there").clone()
    })
}

fn pick_id(view: &Contents, table: &str, rng: &mut Rng) -> Option<i64> {
    let rows = &view.tables[table];
    (!rows.is_empty()).then(|| {
        let index = rng.index(rows.len());
        *rows.keys().nth(index).expect("it is there")
    })
}

fn create_table(database: &Database, view: &mut Contents, rng: &mut Rng) -> Result<()> {
    let name = format!("t{}", rng.below(TABLES));
    if view.tables.contains_key(&name) {
        return Ok(());
    }
    let create = format!(
        "CREATE TABLE {name} (id INTEGER PRIMARY KEY, number INT NOT NULL, data BLOB);
         CREATE INDEX i{name} ON {name} (number)"
    );
    run(database, &create, vec![])?;
    view.tables.insert(name, Default::default());
    view.exists = true;
    Ok(())
}

fn drop_table(database: &Database, view: &mut Contents, rng: &mut Rng) -> Result<()> {
    let Some(table) = pick_table(view, rng) else {
        return Ok(());
    };
    run(database, &format!("DROP TABLE {table}"), vec![])?;
    view.tables.remove(&table);
    Ok(())
}

fn insert(database: &Database, view: &mut Contents, rng: &mut Rng) -> Result<()> {
    let Some(table) = pick_table(view, rng) else {
        return create_table(database, view, rng);
    };
    let sql = format!("INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)");
    for _ in 0..1 + rng.below(4) {
        let id = rng.below(IDS) as i64;
        let number = rng.below(1000) as i64;
        // Now and then one that takes several pages.
        let length = match rng.below(10) {
            0 => rng.below(18_000),
            1..4 => rng.below(900),
            _ => rng.below(40),
        };
        let data = rng.bytes(length as usize);
        let bindings = vec![
            SqlValue::Integer(id),
            SqlValue::Integer(number),
            SqlValue::Blob(data.clone()),
        ];
        run(database, &sql, bindings)?;
        let rows = view.tables.get_mut(&table).expect("it is there");
        rows.insert(id, (number, Rc::from(data)));
    }
    Ok(())
}

fn update(database: &Database, view: &mut Contents, rng: &mut Rng) -> Result<()> {
    let Some(table) = pick_table(view, rng) else {
        return Ok(());
    };
    let (from, by) = (rng.below(IDS) as i64, rng.below(9) as i64);
    let to = from + rng.below(6) as i64;
    let sql = format!("UPDATE {table} SET number = number + ? WHERE id BETWEEN ? AND ?");
    let bindings = [by, from, to].map(SqlValue::Integer).to_vec();
    run(database, &sql, bindings)?;
    let rows = view.tables.get_mut(&table).expect("it is there");
    for (number, _) in rows.range_mut(from..=to).map(|(_, row)| row) {
        *number += by;
    }
    Ok(())
}

fn delete(database: &Database, view: &mut Contents, rng: &mut Rng) -> Result<()> {
    let Some(table) = pick_table(view, rng) else {
        return Ok(());
    };
    let from = rng.below(IDS) as i64;
    let to = from + rng.below(4) as i64;
    let sql = format!("DELETE FROM {table} WHERE id BETWEEN ? AND ?");
    run(database, &sql, [from, to].map(SqlValue::Integer).to_vec())?;
    let rows = view.tables.get_mut(&table).expect("it is there");
    rows.retain(|id, _| !(from..=to).contains(id));
    Ok(())
}

/// Moves an amount from one row to another: whatever is lost, the sum is not.
fn transfer(database: &Database, view: &mut Contents, rng: &mut Rng) -> Result<()> {
    let Some(table) = pick_table(view, rng) else {
        return Ok(());
    };
    let (Some(from), Some(to)) = (pick_id(view, &table, rng), pick_id(view, &table, rng)) else {
        return Ok(());
    };
    let amount = rng.below(50) as i64;
    for (id, by) in [(from, -amount), (to, amount)] {
        let sql = format!("UPDATE {table} SET number = number + ? WHERE id = ?");
        run(database, &sql, [by, id].map(SqlValue::Integer).to_vec())?;
        let rows = view.tables.get_mut(&table).expect("it is there");
        rows.get_mut(&id).expect("it is there").0 += by;
    }
    Ok(())
}

fn pair(rng: &mut Rng) -> (String, Vec<u8>) {
    let length = match rng.below(8) {
        0 => rng.below(9_000),
        _ => rng.below(120),
    };
    (format!("k{}", rng.below(KEYS)), rng.bytes(length as usize))
}

fn put(database: &Database, view: &mut Contents, rng: &mut Rng) -> Result<()> {
    let (key, value) = pair(rng);
    database.kv_put(&key, &value)?;
    view.keys.insert(key, Rc::from(value));
    view.exists = true;
    Ok(())
}

fn put_many(database: &Database, view: &mut Contents, rng: &mut Rng) -> Result<()> {
    let pairs: Vec<_> = (0..2 + rng.below(6)).map(|_| pair(rng)).collect();
    database.kv_put_many(&pairs)?;
    for (key, value) in pairs {
        view.keys.insert(key, Rc::from(value));
    }
    view.exists = true;
    Ok(())
}

fn delete_key(database: &Database, view: &mut Contents, rng: &mut Rng) -> Result<()> {
    let key = format!("k{}", rng.below(KEYS));
    database.kv_delete(&key)?;
    view.keys.remove(&key);
    Ok(())
}

fn set_alarm(database: &Database, view: &mut Contents, now_ms: u64, rng: &mut Rng) -> Result<()> {
    let alarm = rng.percent(75).then(|| (now_ms + rng.below(20_000)) as i64);
    database.set_alarm(alarm)?;
    view.exists |= view.alarm != alarm;
    view.alarm = alarm;
    Ok(())
}

/// Deletes about half of what there is.
fn empty(database: &Database, view: &mut Contents, rng: &mut Rng) -> Result<()> {
    let tables: Vec<_> = view.tables.keys().cloned().collect();
    let rest = rng.below(2) as i64;
    for table in tables {
        let sql = format!("DELETE FROM {table} WHERE id % 2 = ?");
        run(database, &sql, vec![SqlValue::Integer(rest)])?;
        let rows = view.tables.get_mut(&table).expect("it is there");
        rows.retain(|id, _| id % 2 != rest);
    }
    let keys: Vec<_> = view.keys.keys().step_by(2).cloned().collect();
    database.kv_delete_many(&keys)?;
    view.keys.retain(|key, _| !keys.contains(key));
    Ok(())
}
