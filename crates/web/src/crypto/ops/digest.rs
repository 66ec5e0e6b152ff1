//! Digests at once, and in pieces for DigestStream.

use std::cell::RefCell;
use std::rc::Rc;

use crc::{CRC_32_ISCSI, CRC_32_ISO_HDLC, CRC_64_NVME, Crc, Digest, Table};
use holdfast_engine::{Args, Extension, JsResult, Scope};

use super::{hash_from_js, with_bytes};
use crate::crypto::hash::{self, Hash, HashAlgorithm};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_digest", 2, digest)
        .op("op_digest_new", 1, new)
        .op("op_digest_update", 2, update)
        .op("op_digest_finish", 1, finish)
}

/// `(hash, bytes)` → ArrayBuffer
fn digest<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let algorithm = hash_from_js(scope, args.get(0))?;
    let digest = with_bytes(scope, args.get(1), |bytes| hash::digest(algorithm, bytes))?;
    scope.array_buffer(digest)
}

static CRC32: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISO_HDLC);
static CRC32C: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISCSI);
static CRC64NVME: Crc<u64, Table<16>> = Crc::<u64, Table<16>>::new(&CRC_64_NVME);

/// A digest in the making; the checksums are Workers' additions.
enum Running {
    Hash(Hash),
    Crc32(Digest<'static, u32, Table<16>>),
    Crc64(Digest<'static, u64, Table<16>>),
}

/// Taken when it is finished.
struct HostDigest(RefCell<Option<Running>>);

/// Name → digest in the making; undefined where there is none of that name. The checksums' names are exact.
fn new<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let name = scope.to_string(args.get(0))?;
    let running = match name.as_str() {
        "crc32" => Running::Crc32(CRC32.digest()),
        "crc32c" => Running::Crc32(CRC32C.digest()),
        "crc64nvme" => Running::Crc64(CRC64NVME.digest()),
        name => match HashAlgorithm::from_web_name(name) {
            Some(algorithm) => Running::Hash(Hash::new(algorithm)),
            None => return Ok(scope.undefined()),
        },
    };
    scope.wrap(Rc::new(HostDigest(RefCell::new(Some(running)))))
}

/// `(digest, bytes)`
fn update<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let digest = scope.unwrap::<HostDigest>(args.get(0))?;
    let mut running = digest.0.borrow_mut();
    let Some(running) = running.as_mut() else {
        return Err(scope.throw_type_error("The digest is finished."));
    };
    with_bytes(scope, args.get(1), |bytes| match running {
        Running::Hash(hash) => hash.update(bytes),
        Running::Crc32(crc) => crc.update(bytes),
        Running::Crc64(crc) => crc.update(bytes),
    })?;
    Ok(scope.undefined())
}

/// Digest → ArrayBuffer; checksums big end first
fn finish<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let digest = scope.unwrap::<HostDigest>(args.get(0))?;
    match digest.0.take() {
        Some(Running::Hash(hash)) => scope.array_buffer(hash.finish()),
        Some(Running::Crc32(crc)) => scope.array_buffer(crc.finalize().to_be_bytes()),
        Some(Running::Crc64(crc)) => scope.array_buffer(crc.finalize().to_be_bytes()),
        None => Err(scope.throw_type_error("The digest is finished.")),
    }
}
