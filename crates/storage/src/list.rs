//! Which keys a listing covers.

use crate::error::{ErrorKind, Result, StorageError};

/// What `list()` was asked for. Keys are compared by their UTF-8 bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOptions {
    /// First key, included.
    pub start: Option<String>,
    /// Last key before the first one; excludes `start`.
    pub start_after: Option<String>,
    /// First key no longer included.
    pub end: Option<String>,
    /// Only keys that begin with this.
    pub prefix: Option<String>,
    /// From the last key to the first. `start` and `end` keep their meaning; `limit` counts from the end.
    pub reverse: bool,
    /// At most so many entries.
    pub limit: Option<i32>,
}

/// A range of keys that may hold something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    /// First key, included.
    pub(crate) lower: Vec<u8>,
    /// First key no longer included.
    pub(crate) upper: Option<Vec<u8>>,
    pub(crate) reverse: bool,
    /// Negative: no limit.
    pub(crate) limit: i64,
}

impl ListOptions {
    /// The range asked for; `None` if no key can be in it.
    ///
    /// # Errors
    /// `TypeError`s of the reference's section 3.5: both starts, a limit that is not positive.
    pub(crate) fn range(&self) -> Result<Option<Range>> {
        let lower = match (&self.start, &self.start_after) {
            (Some(_), Some(_)) => {
                return Err(StorageError::new(
                    ErrorKind::TypeError,
                    "list() cannot be called with both start and startAfter values.",
                ));
            }
            (Some(start), None) => start.as_bytes().to_vec(),
            // The least key greater than `after`.
            (None, Some(after)) => [after.as_bytes(), b"\0"].concat(),
            (None, None) => Vec::new(),
        };
        if self.limit.is_some_and(|limit| limit <= 0) {
            return Err(StorageError::new(
                ErrorKind::TypeError,
                "List limit must be positive.",
            ));
        }
        let end = self.end.as_ref().map(|end| end.as_bytes().to_vec());
        let (lower, upper) = match &self.prefix {
            None => (lower, end),
            Some(prefix) => (
                lower.max(prefix.as_bytes().to_vec()),
                least(end, after_prefix(prefix.as_bytes())),
            ),
        };
        if upper.as_ref().is_some_and(|upper| *upper <= lower) {
            return Ok(None);
        }
        let limit = self.limit.map_or(-1, i64::from);
        Ok(Some(Range {
            lower,
            upper,
            reverse: self.reverse,
            limit,
        }))
    }
}

/// The lower of two bounds, `None` being no bound.
fn least(a: Option<Vec<u8>>, b: Option<Vec<u8>>) -> Option<Vec<u8>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// The least byte string above everything that begins with `prefix`; `None` if there is none.
fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|&byte| byte != 0xff)?;
    let mut bound = prefix[..=last].to_vec();
    bound[last] += 1;
    Some(bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_after_a_prefix_is_the_least_one() {
        assert_eq!(after_prefix(b"ab").as_deref(), Some(&b"ac"[..]));
        assert_eq!(after_prefix(b"a\xff\xff").as_deref(), Some(&b"b"[..]));
        assert_eq!(after_prefix(b"a\x7f").as_deref(), Some(&b"a\x80"[..]));
        assert_eq!(after_prefix(b"\xff"), None);
        assert_eq!(after_prefix(b""), None);
    }

    #[test]
    fn ranges_that_hold_nothing_are_known_without_looking() {
        let options = |start: &str, end: &str, prefix: &str| ListOptions {
            start: Some(start.into()),
            end: Some(end.into()),
            prefix: Some(prefix.into()),
            ..ListOptions::default()
        };
        for (start, end, prefix) in [
            ("b", "b", ""),
            ("b", "a", ""),
            ("c", "z", "b"),
            ("a", "b", "b"),
        ] {
            assert_eq!(
                options(start, end, prefix).range().expect("valid"),
                None,
                "{start} {end} {prefix}"
            );
        }
        let range = options("bb", "z", "b")
            .range()
            .expect("valid")
            .expect("not empty");
        assert_eq!(
            (range.lower, range.upper),
            (b"bb".to_vec(), Some(b"c".to_vec()))
        );
    }
}
