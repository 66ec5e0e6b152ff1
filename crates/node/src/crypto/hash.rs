//! Digests in pieces.

use std::cell::RefCell;
use std::rc::Rc;

use holdfast_engine::{Args, Extension, JsResult, Scope};
use holdfast_web::crypto::hash::Hash;

use super::{hash_from_js, with_bytes};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_node_hash_new", 1, new)
        .op("op_node_hash_size", 1, size)
        .op("op_node_hash_update", 2, update)
        .op("op_node_hash_copy", 1, copy)
        .op("op_node_hash_finish", 1, finish)
}

struct HostHash(RefCell<Hash>);

/// `(name)` → digest of nothing so far
fn new<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let hash = Hash::new(hash_from_js(scope, args.get(0))?);
    scope.wrap(Rc::new(HostHash(RefCell::new(hash))))
}

/// `(name)` → length of the digest in bytes
fn size<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let size = hash_from_js(scope, args.get(0))?.size();
    Ok(scope.number(size as f64))
}

/// `(digest, bytes)`
fn update<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let hash = scope.unwrap::<HostHash>(args.get(0))?;
    with_bytes(scope, args.get(1), |bytes| {
        hash.0.borrow_mut().update(bytes)
    })?;
    Ok(scope.undefined())
}

/// `(digest)` → another one that has got the same bytes
fn copy<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let hash = scope.unwrap::<HostHash>(args.get(0))?;
    let copy = hash.0.borrow().clone();
    scope.wrap(Rc::new(HostHash(RefCell::new(copy))))
}

/// `(digest)` → ArrayBuffer; the digest can go on
fn finish<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let hash = scope.unwrap::<HostHash>(args.get(0))?;
    let hash = hash.0.borrow().clone();
    scope.array_buffer(hash.finish())
}
