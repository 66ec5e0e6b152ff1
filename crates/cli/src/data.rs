//! The folder that keeps the objects' data, as the command sees it.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Where a project's data is unless somebody says otherwise, below the project's folder.
const DEFAULT: &str = ".holdfast/data";

/// A data folder that this process alone uses, as long as this value lives. The operating system lets go of
/// it when the process dies, however that happens.
pub(crate) struct DataFolder {
    pub(crate) path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Makes the folder if need be. `chosen` is relative to the current folder; without it the project's own
    /// is used.
    ///
    /// # Errors
    /// It cannot be made or written to, or another process uses it.
    pub(crate) fn open(chosen: Option<&Path>, project_root: &Path) -> Result<DataFolder, Failure> {
        let path = match chosen {
            Some(path) => std::path::absolute(path),
            None => Ok(project_root.join(DEFAULT)),
        };
        let path = path.map_err(|error| Failure::Data {
            path: chosen.unwrap_or(Path::new("")).into(),
            error,
        })?;
        let unusable = |error| Failure::Data {
            path: path.clone(),
            error,
        };
        fs::create_dir_all(&path).map_err(unusable)?;
        if chosen.is_none() {
            ignore(&project_root.join(".holdfast")).map_err(unusable)?;
        }
        let lock = File::create(path.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(DataFolder { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Failure::DataInUse { path }),
            Err(TryLockError::Error(error)) => Err(unusable(error)),
        }
    }
}

/// Keeps data out of the project's repository.
fn ignore(folder: &Path) -> std::io::Result<()> {
    let file = folder.join(".gitignore");
    if file.exists() {
        Ok(())
    } else {
        fs::write(file, "*\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_in_the_project_and_out_of_its_repository() {
        let project = tempfile::tempdir().unwrap();
        let data = DataFolder::open(None, project.path()).unwrap();
        assert_eq!(data.path, project.path().join(".holdfast/data"));
        assert_eq!(
            fs::read_to_string(project.path().join(".holdfast/.gitignore")).unwrap(),
            "*\n"
        );
    }

    #[test]
    fn one_process_uses_it_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataFolder::open(Some(folder.path()), Path::new("/nowhere")).unwrap();
        let second = DataFolder::open(Some(folder.path()), Path::new("/nowhere"));
        assert!(matches!(second, Err(Failure::DataInUse { .. })));
        drop(first);
        DataFolder::open(Some(folder.path()), Path::new("/nowhere")).expect("free again");
    }

    #[test]
    fn a_folder_that_cannot_be_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let result = DataFolder::open(Some(&file.path().join("data")), Path::new("/nowhere"));
        assert!(matches!(result, Err(Failure::Data { .. })));
    }
}
