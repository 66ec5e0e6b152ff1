//! Column names as JavaScript arrays, made once per statement.

use std::cell::RefCell;
use std::collections::HashMap;

use holdfast_engine::{Global, JsResult, Scope};
use holdfast_storage::ColumnNames;

/// How many statements' names are kept; as many as statements.
const ENTRIES_MAX: usize = 64;

/// Arrays of names by the allocation that they were made from.
///
/// The arrays are the runtime's own: a program gets copies.
#[derive(Default)]
pub(super) struct ColumnArrays {
    // The names are kept with their array, so that their address stays theirs.
    entries: RefCell<HashMap<usize, (ColumnNames, Global)>>,
}

impl ColumnArrays {
    /// The array of `names`.
    pub(super) fn array<'s>(&self, scope: &mut Scope<'s>, names: &ColumnNames) -> JsResult<'s> {
        let address = names.as_ptr().addr();
        if !names.is_empty()
            && let Some((_, array)) = self.entries.borrow().get(&address)
        {
            return Ok(scope.local(array));
        }
        let mut values = Vec::with_capacity(names.len());
        for name in names.iter() {
            values.push(scope.string(name)?);
        }
        let array = scope.array(&values)?;
        // All empty slices share one address.
        if !names.is_empty() {
            let kept = scope.persist(array);
            let mut entries = self.entries.borrow_mut();
            if entries.len() >= ENTRIES_MAX {
                entries.clear();
            }
            entries.insert(address, (names.clone(), kept));
        }
        Ok(array)
    }

    /// Forgets all of them.
    pub(super) fn clear(&self) {
        self.entries.borrow_mut().clear();
    }
}
