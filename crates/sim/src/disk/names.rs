//! Names of files and folders: as they are, as they are durable, and the changes between the two.

use std::collections::{BTreeMap, BTreeSet};

use super::survival::Survival;
use crate::rng::Rng;

/// A change of a name that is not flushed.
#[derive(Debug, Clone)]
struct Pending {
    sequence: u64,
    change: Change,
}

#[derive(Debug, Clone)]
enum Change {
    Folder(String),
    Create {
        name: String,
        inode: usize,
    },
    Remove(String),
    Rename {
        from: String,
        to: String,
        inode: usize,
    },
}

impl Change {
    /// The folder that has to be flushed for it.
    fn folder(&self) -> &str {
        let (Change::Folder(name)
        | Change::Create { name, .. }
        | Change::Remove(name)
        | Change::Rename { from: name, .. }) = self;
        folder_of(name)
    }
}

/// Names and what they stand for.
#[derive(Debug, Clone, Default)]
struct Table {
    files: BTreeMap<String, usize>,
    folders: BTreeSet<String>,
}

impl Table {
    fn apply(&mut self, change: &Change) {
        match change {
            Change::Folder(name) => {
                self.folders.insert(name.clone());
            }
            Change::Create { name, inode } => {
                self.files.insert(name.clone(), *inode);
            }
            Change::Remove(name) => {
                self.files.remove(name);
            }
            Change::Rename { from, to, inode } => {
                self.files.remove(from);
                self.files.insert(to.clone(), *inode);
            }
        }
    }
}

/// All names of a disk.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    live: Table,
    durable: Table,
    pending: Vec<Pending>,
}

/// The folder that a name is in; `""` for the data folder itself.
pub(super) fn folder_of(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl Names {
    pub(super) fn inode(&self, name: &str) -> Option<usize> {
        self.live.files.get(name).copied()
    }

    pub(super) fn is_folder(&self, name: &str) -> bool {
        name.is_empty() || self.live.folders.contains(name)
    }

    /// Names in a folder, sorted.
    pub(super) fn list(&self, folder: &str) -> Vec<String> {
        let files = self.live.files.keys();
        let mut names: Vec<String> = files
            .chain(&self.live.folders)
            .filter(|name| folder_of(name) == folder)
            .map(|name| name.rsplit('/').next().unwrap_or(name).to_owned())
            .collect();
        names.sort_unstable();
        names
    }

    /// Names of all files.
    pub(super) fn files(&self) -> Vec<String> {
        self.live.files.keys().cloned().collect()
    }

    pub(super) fn pending(&self) -> impl Iterator<Item = u64> {
        self.pending.iter().map(|pending| pending.sequence)
    }

    fn change(&mut self, sequence: u64, change: Change) {
        self.live.apply(&change);
        self.pending.push(Pending { sequence, change });
    }

    pub(super) fn create_folder(&mut self, sequence: u64, name: &str) {
        self.change(sequence, Change::Folder(name.to_owned()));
    }

    pub(super) fn create(&mut self, sequence: u64, name: &str, inode: usize) {
        let name = name.to_owned();
        self.change(sequence, Change::Create { name, inode });
    }

    pub(super) fn remove(&mut self, sequence: u64, name: &str) {
        self.change(sequence, Change::Remove(name.to_owned()));
    }

    pub(super) fn rename(&mut self, sequence: u64, from: &str, to: &str, inode: usize) {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.change(sequence, Change::Rename { from, to, inode });
    }

    /// Makes the names in a folder durable; in all of them if none is given.
    pub(super) fn flush(&mut self, folder: Option<&str>) {
        let pending = std::mem::take(&mut self.pending);
        for pending in pending {
            if folder.is_none_or(|folder| pending.change.folder() == folder) {
                self.durable.apply(&pending.change);
            } else {
                self.pending.push(pending);
            }
        }
    }

    /// What is there after a crash. A file that was being renamed may be there under either name, or under neither.
    pub(super) fn after_crash(&self, survival: Survival, rng: &mut Rng) -> Names {
        let mut table = self.durable.clone();
        for Pending { sequence, change } in &self.pending {
            if survival.keeps_name(*sequence, rng) {
                table.apply(change);
            } else if let Change::Rename { from, .. } = change
                && matches!(survival, Survival::Any { .. })
                && rng.percent(10)
            {
                table.files.remove(from);
            }
        }
        // A folder whose own name is lost takes everything in it along.
        let is_there = |name: &str| {
            let mut folder = folder_of(name);
            while !folder.is_empty() {
                if !table.folders.contains(folder) {
                    return false;
                }
                folder = folder_of(folder);
            }
            true
        };
        let files = table.files.iter().filter(|(name, _)| is_there(name));
        let folders = table.folders.iter().filter(|name| is_there(name));
        let table = Table {
            files: files.map(|(name, inode)| (name.clone(), *inode)).collect(),
            folders: folders.cloned().collect(),
        };
        Names {
            live: table.clone(),
            durable: table,
            pending: Vec::new(),
        }
    }
}
