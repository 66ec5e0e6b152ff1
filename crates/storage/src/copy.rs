//! Making a database what another one is.

use holdfast_journal::PAGE_BYTES;

use crate::database::Database;
use crate::error::{Result, StorageError};
use crate::transaction::Commit;
use crate::vfs::PageFile;

impl Database {
    /// Makes the database what `source` is as of its last commit, in one commit. An alarm comes with it, a wish to go
    /// back to a bookmark does not. Nothing may be open here. `None` if there is nothing in either.
    ///
    /// # Errors
    /// A page of `source` cannot be read; the log's, after which the object is broken.
    pub fn copy_from(&self, source: &Database) -> Result<Option<Commit>> {
        let from = source.inner.pages()?;
        let bytes = from.bytes().map_err(failed)?;
        if bytes == 0 {
            return self.delete_all(true);
        }
        self.close();
        let inner = &self.inner;
        let target = inner.pages()?;
        target.reset();
        let mut page = [0; PAGE_BYTES];
        for offset in (0..bytes).step_by(PAGE_BYTES) {
            from.read(&mut page, offset).map_err(failed)?;
            target.write(&page, offset).map_err(failed)?;
        }
        inner.clear_wish()?;
        let alarm = inner.alarm()?;
        inner.take_pages(Some(alarm))
    }
}

fn failed(error: std::io::Error) -> StorageError {
    StorageError::internal(format!("cannot copy a database: {error}"))
}
