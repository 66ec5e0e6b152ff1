//! Translations that outlive the process that made them.
//!
//! What holds: a translation is found only if nothing that it was made from has changed: the file's text and path, what is
//! known of its package, what NODE_ENV is and what else the configuration defines, and the TypeScript configuration, where that was looked at. Where a request leads
//! is no part of it, but looked up each time.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::transform::Language;
use super::translate::{Script, Settings};

/// Says which file it is, or what it was translated from.
pub type TranslationDigest = [u8; 32];

/// The translations of earlier processes, and of this one.
#[derive(Debug, Default)]
pub struct Translations {
    entries: Mutex<HashMap<TranslationDigest, Entry>>,
}

#[derive(Debug)]
struct Entry {
    /// Behind a digest of itself, its place among them: what is damaged is not found.
    bytes: Arc<[u8]>,
    used: bool,
    stored: bool,
}

/// What is to be changed in a store, so that the next process finds what this one uses.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct TranslationChanges {
    /// In place of what the store has under the same digest.
    pub added: Vec<(TranslationDigest, Arc<[u8]>)>,
    /// What is in the store and was not used.
    pub unused: Vec<TranslationDigest>,
}

#[derive(Serialize, Deserialize)]
struct Stored<S> {
    text: TranslationDigest,
    /// Of the TypeScript configuration, where it was looked at.
    language: Option<TranslationDigest>,
    script: S,
}

impl Translations {
    /// Translations as a store holds them. What this build has not made is for the caller to leave out.
    pub fn with(stored: impl IntoIterator<Item = (TranslationDigest, Vec<u8>)>) -> Translations {
        let entries = stored.into_iter().map(|(place, bytes)| {
            let entry = Entry {
                bytes: bytes.into(),
                used: false,
                stored: true,
            };
            (place, entry)
        });
        Translations {
            entries: Mutex::new(entries.collect()),
        }
    }

    /// What has changed since the last call. The first time, for when all projects have been read, what they did not use is
    /// forgotten.
    pub fn take_changes(&self) -> TranslationChanges {
        let mut changes = TranslationChanges::default();
        self.lock().retain(|place, entry| {
            if !entry.used {
                changes.unused.push(*place);
                return false;
            }
            if !entry.stored {
                changes.added.push((*place, Arc::clone(&entry.bytes)));
                entry.stored = true;
            }
            true
        });
        changes
    }

    /// The translation of `text`, made by `translate` unless it is known. `language` is asked for if need be.
    pub(super) fn of<E>(
        &self,
        text: &str,
        settings: &Settings<'_>,
        mut language: impl FnMut() -> Result<Language, E>,
        translate: impl FnOnce(&mut dyn FnMut() -> Result<Language, E>) -> Result<Script, E>,
    ) -> Result<Script, E> {
        let place = place_of(settings);
        let text = Sha256::digest(text).into();
        let known = self.find(&place).filter(|stored| stored.text == text);
        if let Some(stored) = known
            && match stored.language {
                None => true,
                Some(before) => digest_of(&language()?) == before,
            }
        {
            return Ok(stored.script);
        }
        let mut used = None;
        let script = translate(&mut || {
            let language = language()?;
            used = Some(digest_of(&language));
            Ok(language)
        })?;
        let stored = Stored {
            text,
            language: used,
            script: &script,
        };
        // It writes into memory, and what it writes has a length.
        let code = postcard::to_allocvec(&stored).expect("a translation can be written");
        let entry = Entry {
            bytes: [&seal(&place, &code)[..], &code].concat().into(),
            used: true,
            stored: false,
        };
        self.lock().insert(place, entry);
        Ok(script)
    }

    fn find(&self, place: &TranslationDigest) -> Option<Stored<Script>> {
        let bytes = {
            let mut entries = self.lock();
            let entry = entries.get_mut(place)?;
            entry.used = true;
            Arc::clone(&entry.bytes)
        };
        let (found, code) = bytes.split_first_chunk()?;
        let stored = (*found == seal(place, code)).then(|| postcard::from_bytes(code));
        stored?.ok()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TranslationDigest, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file, and what it is translated with besides the TypeScript configuration.
fn place_of(settings: &Settings<'_>) -> TranslationDigest {
    let mut text = settings.path.to_string_lossy().into_owned();
    // Writing to a string does not fail.
    let _ = write!(
        text,
        "\0{:?}\0{}\0{:?}\0{:?}",
        settings.hints,
        settings.node_env,
        settings.defines.pairs(),
        settings.types
    );
    Sha256::digest(text).into()
}

fn digest_of(language: &Language) -> TranslationDigest {
    Sha256::digest(format!("{language:?}")).into()
}

fn seal(place: &TranslationDigest, code: &[u8]) -> [u8; 32] {
    let hasher = Sha256::new().chain_update(place).chain_update(code);
    hasher.finalize().into()
}
