//! The lazy listing of `ctx.storage.kv.list()`.

use std::rc::Rc;

use holdfast_engine::{Args, Extension, JsResult, Scope, Thrown};
use holdfast_storage::KvCursor;

use super::handle::{IoType, StorageHandle};
use super::kv;
use super::value::decode_failed;

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_kv_iterate", 7, iterate)
        .op("op_kv_iterator_next", 1, next)
}

/// A listing under way.
struct Iterator {
    handle: Rc<StorageHandle>,
    listing: KvCursor,
}

/// `(storage, start, startAfter, end, prefix, reverse, limit)` → a listing.
fn iterate<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let options = kv::list_options(scope, args)?;
    let handle = StorageHandle::of(scope, args.get(0))?;
    handle.require_sync_kv(scope)?;
    let listing = handle.database().kv_iterate(&options);
    let listing = handle.done(scope, listing)?;
    scope.wrap(Rc::new(Iterator { handle, listing }))
}

/// `(listing)` → `[key, value]`, or undefined after the last.
fn next<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let iterator = scope.unwrap::<Iterator>(args.get(0))?;
    let handle = &iterator.handle;
    handle.check(scope, IoType::KvIterator)?;
    let entry = iterator
        .listing
        .next_with(|key, value| kv::entry(scope, key, value));
    match handle.done(scope, entry)? {
        Some(Ok(entry)) => scope.array(&entry),
        Some(Err(Thrown)) => Err(decode_failed(scope, None)),
        None => Ok(scope.undefined()),
    }
}
