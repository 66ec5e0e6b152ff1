//! Compiled code that outlives the process that compiled it.
//!
//! What holds:
//! - Code is found by a digest of its source and file name, so what is found is what would be compiled.
//! - The cache holds no stencil alive. Modules that did not change from one program to the next share theirs.
//! - SpiderMonkey runs stored code unchecked. So each piece carries a digest of itself, of what it is the code of, and of
//!   who compiled it, which nothing has but what [`CodeCache::take_changes`] gave: damage and other builds are found out.
//!   Who may write the store on purpose is trusted as with the executable.

use std::collections::HashMap;
use std::ffi::CStr;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use mozjs::jsapi::JS_GetImplementationVersion;
use sha2::{Digest as _, Sha256};

use crate::stencil::{Frontend, Stencil};
use crate::transcode;

/// Says which code it is.
pub type CodeDigest = [u8; 32];

/// The compiled code of earlier processes, and of this one. Shared by the runtimes of a process.
#[derive(Default)]
pub struct CodeCache {
    entries: Mutex<HashMap<CodeDigest, Entry>>,
}

#[derive(Default)]
struct Entry {
    /// Its stencil, for as long as something else holds it.
    stencil: Weak<Stencil>,
    /// What is in the store, or belongs there.
    bytes: Option<Arc<[u8]>>,
    stored: bool,
}

/// What is to be changed in the store, so that the next process finds what this one uses.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct CodeChanges {
    pub added: Vec<(CodeDigest, Arc<[u8]>)>,
    /// Code that is in the store and that nothing here uses.
    pub unused: Vec<CodeDigest>,
}

impl fmt::Debug for CodeCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeCache").finish_non_exhaustive()
    }
}

impl CodeCache {
    /// A cache that knows what a store holds. What this build has not made is as if it were not there.
    pub fn with(stored: impl IntoIterator<Item = (CodeDigest, Vec<u8>)>) -> CodeCache {
        let entries = stored.into_iter().map(|(digest, bytes)| {
            let entry = Entry {
                stencil: Weak::new(),
                bytes: Some(bytes.into()),
                stored: true,
            };
            (digest, entry)
        });
        CodeCache {
            entries: Mutex::new(entries.collect()),
        }
    }

    /// What has changed since the last call, for when programs have been loaded: code that they do not use is forgotten.
    pub fn take_changes(&self) -> CodeChanges {
        let mut changes = CodeChanges::default();
        self.lock().retain(|digest, entry| {
            let used = entry.stencil.strong_count() > 0;
            // Whoever wants the code again finds its stencil.
            let bytes = entry.bytes.take();
            match (used, entry.stored, bytes) {
                (true, false, Some(bytes)) => {
                    changes.added.push((*digest, bytes));
                    entry.stored = true;
                }
                (false, true, _) => changes.unused.push(*digest),
                _ => {}
            }
            used
        });
        changes
    }

    pub(crate) fn digest(file: &str, source: &str) -> CodeDigest {
        let mut hasher = Sha256::new();
        hasher.update((file.len() as u64).to_le_bytes());
        hasher.update(file);
        hasher.update(source);
        hasher.finalize().into()
    }

    /// The stencil, if it is known.
    pub(crate) fn find(&self, digest: &CodeDigest) -> Option<Arc<Stencil>> {
        let bytes = {
            let entries = self.lock();
            let entry = entries.get(digest)?;
            if let Some(stencil) = entry.stencil.upgrade() {
                return Some(stencil);
            }
            Arc::clone(entry.bytes.as_ref()?)
        };
        let stencil = unsealed(digest, &bytes).and_then(|code| {
            let frontend = Frontend::new()?;
            // SAFETY: this thread alone has the context. The seal shows that the code is what `transcode::encode` gave.
            let raw = unsafe { transcode::decode(frontend.raw(), code)? };
            Some(Arc::new(Stencil::from_raw(raw)))
        });
        let mut entries = self.lock();
        let entry = entries.entry(*digest).or_default();
        match &stencil {
            Some(stencil) => entry.stencil = Arc::downgrade(stencil),
            // Damaged: what is compiled in its place is stored anew.
            None => *entry = Entry::default(),
        }
        stencil
    }

    /// Remembers what was compiled.
    pub(crate) fn add(&self, digest: CodeDigest, frontend: &Frontend, stencil: &Arc<Stencil>) {
        // Now, while no other thread has the stencil.
        // SAFETY: both are live, and this thread alone has them.
        let code = unsafe { transcode::encode(frontend.raw(), stencil.raw()) };
        let mut entries = self.lock();
        let entry = entries.entry(digest).or_default();
        entry.stencil = Arc::downgrade(stencil);
        entry.bytes = code.map(|code| sealed(&digest, &code).into());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<CodeDigest, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts the code behind its seal.
fn sealed(digest: &CodeDigest, code: &[u8]) -> Vec<u8> {
    [&seal(digest, code)[..], code].concat()
}

/// The code, if the seal before it is right.
fn unsealed<'c>(digest: &CodeDigest, bytes: &'c [u8]) -> Option<&'c [u8]> {
    let (found, code) = bytes.split_first_chunk()?;
    (*found == seal(digest, code)).then_some(code)
}

fn seal(digest: &CodeDigest, code: &[u8]) -> [u8; 32] {
    // The form of the code depends on nothing but SpiderMonkey's source, which the workspace pins.
    // SAFETY: gives a text that is part of the program.
    let engine = unsafe { CStr::from_ptr(JS_GetImplementationVersion()) };
    let mut hasher = Sha256::new();
    hasher.update(engine.to_bytes_with_nul());
    hasher.update(env!("CARGO_PKG_VERSION"));
    hasher.update([0, u8::from(cfg!(feature = "debugmozjs"))]);
    hasher.update(digest);
    hasher.update(code);
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_sealed_for_a_source_is_its_code() {
        let [one, other] = ["a", "b"].map(|source| CodeCache::digest("file.js", source));
        let bytes = sealed(&one, b"code");
        assert_eq!(unsealed(&one, &bytes), Some(&b"code"[..]));
        assert_eq!(unsealed(&other, &bytes), None);
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert_eq!(unsealed(&one, &damaged), None);
            assert_eq!(unsealed(&one, &bytes[..at]), None);
        }
    }

    #[test]
    fn a_digest_tells_the_name_from_the_text() {
        assert_ne!(CodeCache::digest("ab", "c"), CodeCache::digest("a", "bc"));
    }
}
