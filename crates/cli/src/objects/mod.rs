//! `holdfast objects`: a look into the objects of a data folder, and changes to them from outside.
//!
//! The folder may be at rest or in use by a running server: in the second case the server is asked, through a
//! socket in the folder, and its objects go on meanwhile.

pub(crate) mod control;
mod list;
mod names;
mod request;
mod show;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use holdfast_runtime::Replacement;
use holdfast_storage::{Keeper, RealDisk, Store, StoreOptions, SystemClock};
use serde_json::Value;

use crate::args::{ObjectsCommand, ObjectsOptions};
use crate::failure::Failure;
use names::Named;
use request::{Backend, Request};

/// Where a project's data is, below the folder of its configuration.
const DEFAULT: &str = ".holdfast/data";

/// Runs the command.
///
/// # Errors
/// There is no such folder or object, or it cannot be read or written.
pub(crate) fn run(options: &ObjectsOptions) -> Result<(), Failure> {
    let folder = find(options.data.as_deref())?;
    match Rest::open(&folder)? {
        Some(rest) => {
            let answered = answer(options, &mut |request| Ok(request::answer(request, &rest)));
            rest.close()?;
            answered
        }
        None => answer(options, &mut |request| control::ask(&folder, &request)),
    }
}

/// Asks a data folder, at rest or in use. Inside: why it does not do what it was asked.
type Ask<'a> = dyn FnMut(Request) -> Result<Result<Value, String>, Failure> + 'a;

fn answer(options: &ObjectsOptions, ask: &mut Ask<'_>) -> Result<(), Failure> {
    if let ObjectsCommand::List {
        class,
        after,
        limit,
    } = &options.command
    {
        let mut list = show::List::new(options.json);
        return pages(class.as_ref(), after.clone(), *limit, ask, |page| {
            list.page(page)
        })
        .map(|()| list.end());
    }
    let answer = ask(to_request(&options.command)?)?.map_err(Failure::Objects)?;
    show::print(&options.command, &answer, options.json);
    Ok(())
}

/// Asks for objects until there are no more, or `show` does not want them.
fn pages(
    class: Option<&String>,
    mut after: Option<String>,
    limit: Option<usize>,
    ask: &mut Ask<'_>,
    mut show: impl FnMut(&[Value]) -> bool,
) -> Result<(), Failure> {
    let mut left = limit.unwrap_or(usize::MAX);
    while left > 0 {
        let request = Request::List {
            class: class.cloned(),
            after,
            limit: left.min(list::LIST_MAX),
        };
        let answer = ask(request)?.map_err(Failure::Objects)?;
        let objects = answer["objects"]
            .as_array()
            .map_or(&[][..], |objects| objects);
        left = left.saturating_sub(objects.len());
        after = answer["next"].as_str().map(str::to_owned);
        if !show(objects) || after.is_none() {
            break;
        }
    }
    Ok(())
}

fn to_request(command: &ObjectsCommand) -> Result<Request, Failure> {
    let absolute = |path: &Path| {
        std::path::absolute(path)
            .map_err(|error| Failure::Objects(format!("{}: {error}", path.display())))
    };
    Ok(match command {
        ObjectsCommand::List { .. } => unreachable!("a list is asked for page by page"),
        ObjectsCommand::Show { object } => Request::Show {
            object: object.clone(),
        },
        ObjectsCommand::Query { object, sql } => Request::Query {
            object: object.clone(),
            sql: sql.clone(),
        },
        ObjectsCommand::Export { object, file } => Request::Export {
            object: object.clone(),
            file: absolute(file)?,
        },
        ObjectsCommand::Import { object, file } => Request::Import {
            object: object.clone(),
            file: absolute(file)?,
        },
        ObjectsCommand::Delete { object } => Request::Delete {
            object: object.clone(),
        },
    })
}

/// The data folder that was named, or that of the project around the current folder.
fn find(chosen: Option<&Path>) -> Result<PathBuf, Failure> {
    let folder = match chosen {
        Some(folder) => folder.to_owned(),
        None => {
            let here = std::env::current_dir()
                .map_err(|error| Failure::Objects(format!("no current folder: {error}")))?;
            let found = here
                .ancestors()
                .map(|folder| folder.join(DEFAULT))
                .find(|folder| folder.is_dir());
            found.ok_or_else(|| {
                Failure::Objects(format!(
                    "there is no {DEFAULT} here or in a folder above\n  name the data folder with --data"
                ))
            })?
        }
    };
    match folder.join(holdfast_storage::SUPERBLOCK).is_file() {
        true => Ok(folder),
        false => Err(Failure::Objects(format!(
            "{} is no data folder of Holdfast\n  name one with --data",
            folder.display()
        ))),
    }
}

/// A data folder that no server uses.
struct Rest {
    folder: PathBuf,
    store: Store,
    keeper: Keeper,
    _lock: File,
}

impl Rest {
    /// None if a server uses the folder.
    fn open(folder: &Path) -> Result<Option<Rest>, Failure> {
        let unusable = |error| Failure::Data {
            path: folder.to_owned(),
            error,
        };
        let lock = File::create(folder.join(holdfast_storage::LOCK)).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        let disk = RealDisk::new(folder).map_err(unusable)?;
        let store = Store::open(
            Arc::new(disk),
            Arc::new(SystemClock),
            StoreOptions {
                // Whoever serves the folder decides how long its history is kept.
                history_ms: match folder.join("history/begin").exists() {
                    true => u64::MAX,
                    false => 0,
                },
                ..StoreOptions::default()
            },
            0,
        )
        .map_err(|error| Failure::Unusable {
            path: folder.to_owned(),
            error,
        })?;
        let keeper = store.start().map_err(unusable)?;
        Ok(Some(Rest {
            folder: folder.to_owned(),
            store,
            keeper,
            _lock: lock,
        }))
    }

    /// Flushes, and leaves the folder in order.
    fn close(self) -> Result<(), Failure> {
        self.keeper.stop().map_err(|error| Failure::Storage {
            path: self.folder,
            error,
        })
    }
}

impl Backend for Rest {
    fn store(&self) -> &Store {
        &self.store
    }

    fn replace(&self, named: &Named, replacement: Replacement) -> Result<bool, String> {
        let name = named.name().map(Arc::from);
        let changed = replacement.apply(&self.store, &named.object, name);
        let changed = changed.map_err(|error| error.message)?;
        self.store.flush().map_err(|error| error.to_string())?;
        Ok(changed)
    }
}
