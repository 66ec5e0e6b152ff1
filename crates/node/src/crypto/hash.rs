//! Digests in pieces: OpenSSL's, and MD4, which OpenSSL has moved out of what is linked in.

use std::cell::RefCell;
use std::rc::Rc;

use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};
use holdfast_web::crypto::hash::Hash;
use md4::{Digest, Md4};

use super::{hash_from_js, with_bytes};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_node_hash_new", 1, new)
        .op("op_node_hash_size", 1, size)
        .op("op_node_hash_update", 2, update)
        .op("op_node_hash_copy", 1, copy)
        .op("op_node_hash_finish", 1, finish)
}

#[derive(Clone)]
enum Running {
    OpenSsl(Hash),
    Md4(Md4),
}

struct HostHash(RefCell<Running>);

const MD4_SIZE: usize = 16;

fn is_md4(scope: &mut Scope<'_>, name: Local<'_>) -> Result<bool, Thrown> {
    Ok(scope.to_string(name)? == "md4")
}

/// `(name)` → digest of nothing so far
fn new<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let hash = match is_md4(scope, args.get(0))? {
        true => Running::Md4(Md4::new()),
        false => Running::OpenSsl(Hash::new(hash_from_js(scope, args.get(0))?)),
    };
    scope.wrap(Rc::new(HostHash(RefCell::new(hash))))
}

/// `(name)` → length of the digest in bytes
fn size<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let size = match is_md4(scope, args.get(0))? {
        true => MD4_SIZE,
        false => hash_from_js(scope, args.get(0))?.size(),
    };
    Ok(scope.number(size as f64))
}

/// `(digest, bytes)`
fn update<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let hash = scope.unwrap::<HostHash>(args.get(0))?;
    with_bytes(scope, args.get(1), |bytes| {
        match &mut *hash.0.borrow_mut() {
            Running::OpenSsl(hash) => hash.update(bytes),
            Running::Md4(hash) => Digest::update(hash, bytes),
        }
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
    scope.array_buffer(match hash {
        Running::OpenSsl(hash) => hash.finish(),
        Running::Md4(hash) => hash.finalize().to_vec(),
    })
}
