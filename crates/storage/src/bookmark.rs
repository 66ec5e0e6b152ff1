//! Bookmarks: names for states of an object's database.
//!
//! A bookmark is a position of the node's log as text, `HHHHHHHH-HHHHHHHH-HHHHHHHH-` and 32 more digits, so that the
//! bookmarks of an object sort by time. The first two groups are the position. The third is zero, or one for *the
//! state right before the first time that the object goes back after that position*, which lies in the future when the
//! bookmark is made. The rest is the beginning of the object's id: a bookmark of another object is refused.

use std::cell::Cell;
use std::rc::Rc;

use holdfast_journal::{ObjectRef, Position};

use crate::error::{Result, StorageError};

const ID_BYTES: usize = 16;

/// A state of one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bookmark {
    /// That of a position.
    At(Position),
    /// The one right before the first restore after a position.
    BeforeRestore(Position),
}

impl Bookmark {
    pub(crate) fn position(self) -> Position {
        match self {
            Bookmark::At(position) | Bookmark::BeforeRestore(position) => position,
        }
    }

    pub(crate) fn text(self, object: &ObjectRef) -> String {
        use std::fmt::Write;
        let position = self.position().0;
        let kind = u8::from(matches!(self, Bookmark::BeforeRestore(_)));
        let mut text = format!(
            "{:08x}-{:08x}-{kind:08x}-",
            position >> 32,
            position & 0xffff_ffff
        );
        for byte in &object.id[..ID_BYTES] {
            write!(text, "{byte:02x}").expect("a string takes everything");
        }
        text
    }

    /// Reads what [`Self::text`] made for this object.
    ///
    /// # Errors
    /// It is no bookmark, or another object's.
    pub(crate) fn parse(text: &str, object: &ObjectRef) -> Result<Bookmark> {
        let invalid =
            || StorageError::error(format!("{text:?} is not a bookmark of this storage."));
        let mut groups = text.split('-');
        let mut group = |digits: usize| {
            groups
                .next()
                .filter(|group| group.len() == digits)
                .filter(|group| {
                    group
                        .bytes()
                        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
                })
                .ok_or_else(invalid)
        };
        let number = |digits: &str| u64::from_str_radix(digits, 16).map_err(|_| invalid());
        let high = number(group(8)?)?;
        let low = number(group(8)?)?;
        let kind = number(group(8)?)?;
        let id = group(2 * ID_BYTES)?;
        if groups.next().is_some() {
            return Err(invalid());
        }
        let position = Position(high << 32 | low);
        let bookmark = match kind {
            0 => Bookmark::At(position),
            1 => Bookmark::BeforeRestore(position),
            _ => return Err(invalid()),
        };
        if bookmark.text(object).ends_with(id) {
            Ok(bookmark)
        } else {
            Err(StorageError::error(format!(
                "The bookmark {text:?} belongs to another Durable Object."
            )))
        }
    }
}

/// The bookmark of what is written now; known once the transaction that is open has ended.
pub struct CurrentBookmark {
    object: ObjectRef,
    /// The state that counts if the open transaction commits nothing.
    committed: Position,
    next: Option<Rc<Cell<Option<Position>>>>,
}

impl CurrentBookmark {
    pub(crate) fn new(
        object: ObjectRef,
        committed: Position,
        next: Option<Rc<Cell<Option<Position>>>>,
    ) -> CurrentBookmark {
        CurrentBookmark {
            object,
            committed,
            next,
        }
    }

    /// Its text. To be asked for after the turn has committed: before, it is the one of the last commit.
    pub fn text(&self) -> String {
        let next = self.next.as_ref().and_then(|next| next.get());
        Bookmark::At(next.unwrap_or(self.committed)).text(&self.object)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn object(first: u8) -> ObjectRef {
        let mut id = [7; 32];
        id[0] = first;
        ObjectRef {
            class: Arc::from("C"),
            id,
        }
    }

    #[test]
    fn bookmarks_are_text_that_sorts_by_time() {
        let object = object(0xab);
        let bookmarks = [
            Bookmark::At(Position(0)),
            Bookmark::At(Position(0xff)),
            Bookmark::BeforeRestore(Position(0xff)),
            Bookmark::At(Position(0x100)),
            Bookmark::At(Position(0xffff_ffff)),
            Bookmark::At(Position(0x12_0000_0034)),
        ];
        let texts: Vec<_> = bookmarks.iter().map(|b| b.text(&object)).collect();
        assert!(texts.is_sorted());
        assert_eq!(
            texts[5],
            "00000012-00000034-00000000-ab070707070707070707070707070707"
        );
        for (bookmark, text) in bookmarks.iter().zip(&texts) {
            assert_eq!(Bookmark::parse(text, &object).as_ref(), Ok(bookmark));
        }
    }

    #[test]
    fn what_is_no_bookmark_of_the_object_is_refused() {
        let text = Bookmark::At(Position(5)).text(&object(1));
        let error = Bookmark::parse(&text, &object(2)).unwrap_err();
        assert_eq!(
            error.message,
            format!("The bookmark \"{text}\" belongs to another Durable Object.")
        );
        let wrong = [
            "",
            "x",
            &text[1..],
            &text.to_uppercase().replace('0', "A"),
            &format!("{text}-"),
            &format!("+{}", &text[1..]),
            &text.replacen("-00000000", "-00000002", 1),
        ];
        for wrong in wrong {
            let error = Bookmark::parse(wrong, &object(1)).unwrap_err();
            assert_eq!(
                error.message,
                format!("{wrong:?} is not a bookmark of this storage.")
            );
        }
    }
}
