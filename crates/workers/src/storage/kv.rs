//! Keys and values: what the asynchronous and the synchronous interface share.

use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};
use holdfast_storage::ListOptions;

use super::handle::StorageHandle;
use super::value::{decode, decode_failed, encode};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_kv_get", 2, get)
        .op("op_kv_get_many", 2, get_many)
        .op("op_kv_list", 7, list)
        .op("op_kv_put", 4, put)
        .op("op_kv_put_many", 3, put_many)
        .op("op_kv_delete", 3, delete)
        .op("op_kv_delete_many", 3, delete_many)
        .op("op_kv_require_sync", 1, require_sync)
}

/// `(storage, key)` → the value, or undefined.
fn get<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let key = scope.to_string(args.get(1))?;
    let handle = StorageHandle::of(scope, args.get(0))?;
    read(scope, &handle, &key).map(|value| value.unwrap_or_else(|| scope.undefined()))
}

fn read<'s>(
    scope: &mut Scope<'s>,
    handle: &StorageHandle,
    key: &str,
) -> Result<Option<Local<'s>>, Thrown> {
    // Decoding in place saves a copy. It runs no code of the program's: at most a collection, whose finalizers may end
    // cursors, but not use this statement.
    let found = handle
        .database()
        .kv_get_with(key, |bytes| decode(scope, bytes));
    match handle.done(scope, found)? {
        Some(Ok(value)) => Ok(Some(value)),
        Some(Err(Thrown)) => Err(decode_failed(scope, Some(key))),
        None => Ok(None),
    }
}

/// `(storage, array of strings)` → `[key, value, …]` of those found, in the order of keys.
fn get_many<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let mut keys = strings(scope, args.get(1))?;
    keys.sort_unstable();
    keys.dedup();
    let handle = StorageHandle::of(scope, args.get(0))?;
    let mut found = Vec::new();
    for key in &keys {
        if let Some(value) = read(scope, &handle, key)? {
            found.push(scope.string(key)?);
            found.push(value);
        }
    }
    scope.array(&found)
}

/// `(storage, start, startAfter, end, prefix, reverse, limit)` → `[key, value, …]`; undefined for what is not given.
fn list<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let options = list_options(scope, args)?;
    let handle = StorageHandle::of(scope, args.get(0))?;
    let listing = handle.database().kv_iterate(&options);
    let listing = handle.done(scope, listing)?;
    let mut found = Vec::new();
    loop {
        let entry = listing.next_with(|key, value| entry(scope, key, value));
        match handle.done(scope, entry)? {
            Some(Ok(entry)) => found.extend(entry),
            Some(Err(Thrown)) => return Err(decode_failed(scope, None)),
            None => return scope.array(&found),
        }
    }
}

/// A key and its value as JavaScript has them.
pub(super) fn entry<'s>(
    scope: &mut Scope<'s>,
    key: &str,
    value: &[u8],
) -> JsResult<'s, [Local<'s>; 2]> {
    Ok([scope.string(key)?, decode(scope, value)?])
}

/// Reads the arguments after the first.
pub(super) fn list_options<'s>(
    scope: &mut Scope<'s>,
    args: &Args<'s>,
) -> Result<ListOptions, Thrown> {
    let mut text = |index| {
        let value = args.get(index);
        if value.is_undefined() {
            Ok(None)
        } else {
            scope.to_string(value).map(Some)
        }
    };
    Ok(ListOptions {
        start: text(1)?,
        start_after: text(2)?,
        end: text(3)?,
        prefix: text(4)?,
        reverse: scope.to_bool(args.get(5)),
        limit: match args.get(6) {
            limit if limit.is_undefined() => None,
            limit => Some(scope.to_int32(limit)?),
        },
    })
}

/// `(storage, key, value, allowUnconfirmed)`.
fn put<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let key = scope.to_string(args.get(1))?;
    let value = encode(scope, args.get(2))?;
    let handle = StorageHandle::of(scope, args.get(0))?;
    let put = handle.database().kv_put(&key, &value);
    handle.done(scope, put)?;
    handle.wrote(scope.to_bool(args.get(3)));
    Ok(scope.undefined())
}

/// `(storage, [key, value, …], allowUnconfirmed)`: all or none.
fn put_many<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let list = args.get(1);
    let count = scope.length(list)?;
    let mut entries = Vec::with_capacity(count as usize / 2);
    for index in (0..count).step_by(2) {
        entries.push(scope.nest(|scope| {
            let key = scope.get_index(list, index)?;
            let value = scope.get_index(list, index + 1)?;
            Ok((scope.to_string(key)?, encode(scope, value)?))
        })?);
    }
    let handle = StorageHandle::of(scope, args.get(0))?;
    let put = handle.database().kv_put_many(&entries);
    handle.done(scope, put)?;
    handle.wrote(scope.to_bool(args.get(2)));
    Ok(scope.undefined())
}

/// `(storage, key, allowUnconfirmed)` → whether it was there.
fn delete<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let key = scope.to_string(args.get(1))?;
    let handle = StorageHandle::of(scope, args.get(0))?;
    let deleted = handle.database().kv_delete(&key);
    let deleted = handle.done(scope, deleted)?;
    handle.wrote(scope.to_bool(args.get(2)));
    Ok(scope.bool(deleted))
}

/// `(storage, array of strings, allowUnconfirmed)` → how many were there.
fn delete_many<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let keys = strings(scope, args.get(1))?;
    let handle = StorageHandle::of(scope, args.get(0))?;
    let deleted = handle.database().kv_delete_many(&keys);
    let deleted = handle.done(scope, deleted)?;
    handle.wrote(scope.to_bool(args.get(2)));
    Ok(scope.number(deleted as f64))
}

/// `(storage)`: throws where the class has no synchronous interface.
fn require_sync<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = StorageHandle::of(scope, args.get(0))?;
    handle.require_sync_kv(scope)?;
    Ok(scope.undefined())
}

/// The strings of an array made by our own JavaScript.
fn strings(scope: &mut Scope<'_>, list: Local<'_>) -> Result<Vec<String>, Thrown> {
    let count = scope.length(list)?;
    (0..count)
        .map(|index| {
            scope.nest(|scope| {
                let item = scope.get_index(list, index)?;
                scope.to_string(item)
            })
        })
        .collect()
}
