//! Translated modules and compiled code that are kept in the data folder, so that the next start need not make them again.
//!
//! It is never needed: where it cannot be read or written, everything is compiled. All of it is from one executable; another
//! one begins anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::UNIX_EPOCH;

use holdfast_project::{TranslationChanges, Translations};
use holdfast_runtime::{CodeCache, CodeChanges};
use rusqlite::{Connection, ErrorCode, params};

/// The file in the data folder. Removing it while nothing runs is safe.
const FILE: &str = "compiled.sqlite";

const BUILD: &str = "CREATE TABLE IF NOT EXISTS build (name TEXT NOT NULL)";
const BEGIN_ANEW: &str = "
    DELETE FROM build;
    DROP TABLE IF EXISTS code;
    DROP TABLE IF EXISTS translation;
    CREATE TABLE code (digest BLOB PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE translation (digest BLOB PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
";

/// The caches of this process, and their file.
pub(crate) struct Compiled {
    pub(crate) translations: Arc<Translations>,
    pub(crate) code: Arc<CodeCache>,
    /// Held while it is written.
    store: Arc<Mutex<Store>>,
}

enum Store {
    /// There is no file. Whether the folder is one for data is not known before a node runs with it.
    None(PathBuf),
    Open(Connection),
    /// It cannot be used.
    GivenUp,
}

impl Compiled {
    /// Reads what is in the data folder. Changes nothing where that is empty.
    pub(crate) fn open(data: &Path) -> Compiled {
        let path = data.join(FILE);
        let (store, stored) = match path.exists().then(|| read(&path)) {
            None => (Store::None(path), Stored::default()),
            Some(Ok((connection, stored))) => (Store::Open(connection), stored),
            Some(Err(error)) => (given_up(&error), Stored::default()),
        };
        Compiled {
            translations: Arc::new(Translations::with(stored.translations)),
            code: Arc::new(CodeCache::with(stored.code)),
            store: Arc::new(Mutex::new(store)),
        }
    }

    /// Writes what has changed, while the caller goes on: for when programs have been loaded.
    pub(crate) fn save(&self) {
        let (translations, code) = (Arc::clone(&self.translations), Arc::clone(&self.code));
        let store = Arc::clone(&self.store);
        let write = move || {
            let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
            let changes = Changes {
                translations: translations.take_changes(),
                code: code.take_changes(),
            };
            if let Err(error) = store.write(&changes) {
                *store = given_up(&error);
            }
        };
        let spawned = thread::Builder::new().name("compiled".into()).spawn(write);
        if let Err(error) = spawned {
            tracing::warn!(%error, "compiled code is not kept this time");
        }
    }
}

fn given_up(error: &Unusable) -> Store {
    tracing::warn!(%error, "compiled code is not kept in the data folder");
    Store::GivenUp
}

impl Store {
    fn write(&mut self, changes: &Changes) -> Result<(), Unusable> {
        if let Store::None(path) = self {
            // Nobody but us writes here.
            *self = Store::Open(read(path)?.0);
        }
        match self {
            Store::Open(connection) => Ok(write(connection, changes)?),
            _ => Ok(()),
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error("this program's own file cannot be looked at: {0}")]
    Executable(std::io::Error),
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// Pieces by their digests.
type Pieces<B> = Vec<([u8; 32], B)>;

#[derive(Default)]
struct Stored {
    translations: Pieces<Vec<u8>>,
    code: Pieces<Vec<u8>>,
}

struct Changes {
    translations: TranslationChanges,
    code: CodeChanges,
}

fn read(path: &Path) -> Result<(Connection, Stored), Unusable> {
    let build = build().map_err(Unusable::Executable)?;
    match open(path, &build) {
        Err(error) if is_damaged(&error) => {
            for suffix in ["", "-wal", "-shm"] {
                let mut file = path.as_os_str().to_owned();
                file.push(suffix);
                // What cannot be removed is met again below.
                fs::remove_file(PathBuf::from(file)).ok();
            }
            Ok(open(path, &build)?)
        }
        result => Ok(result?),
    }
}

fn is_damaged(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
        // A table of another shape.
        || code == Some(ErrorCode::Unknown)
}

/// Which executable this is.
fn build() -> std::io::Result<String> {
    let file = fs::metadata(std::env::current_exe()?)?;
    let modified = file.modified()?.duration_since(UNIX_EPOCH);
    let modified = modified.map_err(std::io::Error::other)?;
    let version = env!("CARGO_PKG_VERSION");
    Ok(format!("{version} {} {}", file.len(), modified.as_nanos()))
}

fn open(path: &Path, build: &str) -> rusqlite::Result<(Connection, Stored)> {
    let mut connection = Connection::open(path)?;
    // Nothing is lost with it, but it must not be damaged by a crash.
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "normal")?;
    let transaction = connection.transaction()?;
    transaction.execute_batch(BUILD)?;
    let same: bool = transaction.query_row(
        "SELECT EXISTS (SELECT 1 FROM build WHERE name = ?)",
        [build],
        |row| row.get(0),
    )?;
    let stored = if same {
        Stored {
            translations: pieces(&transaction, "translation")?,
            code: pieces(&transaction, "code")?,
        }
    } else {
        transaction.execute_batch(BEGIN_ANEW)?;
        transaction.execute("INSERT INTO build (name) VALUES (?)", [build])?;
        Stored::default()
    };
    transaction.commit()?;
    Ok((connection, stored))
}

fn pieces(connection: &Connection, table: &str) -> rusqlite::Result<Pieces<Vec<u8>>> {
    let mut select = connection.prepare(&format!("SELECT digest, bytes FROM {table}"))?;
    let rows = select.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

fn write(connection: &mut Connection, changes: &Changes) -> rusqlite::Result<()> {
    let Changes { translations, code } = changes;
    if *translations == TranslationChanges::default() && *code == CodeChanges::default() {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    let tables = [
        ("translation", &translations.added, &translations.unused),
        ("code", &code.added, &code.unused),
    ];
    for (table, added, unused) in tables {
        let mut delete = transaction.prepare(&format!("DELETE FROM {table} WHERE digest = ?"))?;
        for digest in unused {
            delete.execute([digest])?;
        }
        let insert = format!("INSERT OR REPLACE INTO {table} (digest, bytes) VALUES (?, ?)");
        let mut insert = transaction.prepare(&insert)?;
        for (digest, bytes) in added {
            insert.execute(params![digest, &**bytes])?;
        }
    }
    transaction.commit()?;
    // The file alone has it all, and no second copy takes room beside it.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(added: &[(u8, &str)], unused: &[u8]) -> Changes {
        let bytes = |text: &str| Arc::from(text.as_bytes());
        let code = CodeChanges {
            added: added
                .iter()
                .map(|(n, text)| ([*n; 32], bytes(text)))
                .collect(),
            unused: unused.iter().map(|n| [*n; 32]).collect(),
        };
        let translations = TranslationChanges {
            added: code.added.clone(),
            unused: code.unused.clone(),
        };
        Changes { translations, code }
    }

    fn stored(path: &Path, build: &str) -> Vec<(u8, String)> {
        let (_, stored) = open(path, build).unwrap();
        assert_eq!(stored.translations, stored.code);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        stored
            .code
            .into_iter()
            .map(|(digest, bytes)| (digest[0], text(bytes)))
            .collect()
    }

    #[test]
    fn what_was_written_is_read_until_it_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let (mut store, found) = open(&path, "one").unwrap();
        assert!(found.code.is_empty());
        write(&mut store, &changes(&[(1, "a"), (2, "b")], &[])).unwrap();
        write(&mut store, &changes(&[(1, "c")], &[2])).unwrap();
        drop(store);
        assert_eq!(stored(&path, "one"), [(1, "c".to_owned())]);
    }

    #[test]
    fn another_executable_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let (mut store, _) = open(&path, "one").unwrap();
        write(&mut store, &changes(&[(1, "a")], &[])).unwrap();
        drop(store);
        assert_eq!(stored(&path, "two"), []);
        assert_eq!(stored(&path, "one"), []);
    }

    #[test]
    fn a_file_that_is_none_of_ours_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let other = folder.path().join("other");
        let connection = Connection::open(&other).unwrap();
        connection.execute_batch("CREATE TABLE code (a)").unwrap();
        drop(connection);
        for content in [
            b"this is no database".repeat(100),
            fs::read(&other).unwrap(),
        ] {
            fs::write(&path, content).unwrap();
            let (mut store, found) = read(&path).unwrap();
            assert!(found.code.is_empty());
            write(&mut store, &changes(&[(1, "a")], &[])).unwrap();
            drop(store);
            assert_eq!(read(&path).unwrap().1.code.len(), 1);
        }
    }

    #[test]
    fn nothing_is_made_before_there_is_something_to_keep() {
        let folder = tempfile::tempdir().unwrap();
        let compiled = Compiled::open(folder.path());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let mut store = compiled.store.lock().unwrap();
        store.write(&changes(&[(1, "a")], &[])).unwrap();
        assert_eq!(read(&folder.path().join(FILE)).unwrap().1.code.len(), 1);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_done_without() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(FILE)).unwrap();
        let compiled = Compiled::open(folder.path());
        let mut store = compiled.store.lock().unwrap();
        assert!(matches!(*store, Store::GivenUp));
        store.write(&changes(&[(1, "a")], &[])).unwrap();
    }
}
