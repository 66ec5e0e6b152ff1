//! Facets: objects inside an object, each with a database of its own (semantics §2.7).
//!
//! A facet has a name among those of its parent, which may be a facet itself. What names it everywhere is its path
//! from the object at the root. The id that is made from a path begins like that of the root, so that whatever decides by
//! the beginning of an id where an object lives decides the same for its facets.

mod family;

use std::fmt;

use sha2::{Digest, Sha256};
use thiserror::Error;

pub use self::family::Family;
use crate::id::ObjectId;

/// The longest name, in UTF-8 bytes (semantics §2.7).
pub const NAME_BYTES_MAX: usize = 256;
/// Levels of a tree, the root among them (semantics §2.7).
pub const LEVELS_MAX: usize = 4;
/// Bytes at the beginning of its id that a facet shares with its root.
pub const ROOT_BYTES: usize = 8;

/// Where an object is in the tree of its root; no names are the root itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FacetPath {
    root: ObjectId,
    names: Vec<String>,
}

/// Why there can be no facet of this name. `Display` is the message that JavaScript sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FacetError {
    /// A `TypeError` in JavaScript.
    #[error("Facet name is too long (max 256 characters).")]
    NameTooLong,
    /// An `Error` in JavaScript.
    #[error(
        "Facet nesting depth limit exceeded. The maximum depth including the root Durable Object is 4."
    )]
    TooDeep,
}

impl FacetPath {
    /// The path of an object that is no facet.
    pub const fn root(id: ObjectId) -> Self {
        Self {
            root: id,
            names: Vec::new(),
        }
    }

    /// The path of a facet of this object.
    ///
    /// # Errors
    /// [`FacetError::NameTooLong`], then [`FacetError::TooDeep`].
    pub fn child(&self, name: &str) -> Result<Self, FacetError> {
        check_name(name)?;
        if self.names.len() + 1 >= LEVELS_MAX {
            return Err(FacetError::TooDeep);
        }
        let mut names = self.names.clone();
        names.push(name.to_owned());
        Ok(Self {
            root: self.root,
            names,
        })
    }

    /// The id of the root object.
    pub const fn root_id(&self) -> ObjectId {
        self.root
    }

    /// Names that lead here from the root.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether this is the root itself.
    pub fn is_root(&self) -> bool {
        self.names.is_empty()
    }

    /// Whether `other` is this object or lies below it.
    pub fn contains(&self, other: &Self) -> bool {
        self.root == other.root && other.names.starts_with(&self.names)
    }

    /// The path of `below`, which lies at or below this one, when the tree from here on is moved to `target`.
    ///
    /// # Panics
    /// When `below` lies elsewhere.
    pub fn moved(&self, below: &Self, target: &Self) -> Self {
        assert!(self.contains(below), "only what lies below moves along");
        let mut names = target.names.clone();
        names.extend_from_slice(&below.names[self.names.len()..]);
        Self {
            root: target.root,
            names,
        }
    }

    /// The id under which the object's data is kept: the root's own, or one made from the path.
    pub fn id(&self) -> ObjectId {
        if self.is_root() {
            return self.root;
        }
        let mut hash = Sha256::new();
        hash.update(b"holdfast facet");
        hash.update(self.root.as_bytes());
        for name in &self.names {
            hash.update((name.len() as u64).to_le_bytes());
            hash.update(name.as_bytes());
        }
        let mut id = *self.root.as_bytes();
        let own = id.len() - ROOT_BYTES;
        id[ROOT_BYTES..].copy_from_slice(&hash.finalize()[..own]);
        ObjectId::from_bytes(id)
    }

    /// All ids of facets of this root lie between these two, with few others.
    pub fn id_range(root: ObjectId) -> [ObjectId; 2] {
        [0, 0xff].map(|fill| {
            let mut id = [fill; 32];
            id[..ROOT_BYTES].copy_from_slice(&root.as_bytes()[..ROOT_BYTES]);
            ObjectId::from_bytes(id)
        })
    }

    /// Reads what [`Display`](fmt::Display) wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let root = ObjectId::from_hex(parts.next()?)?;
        let mut path = Self::root(root);
        for part in parts {
            path = path.child(&unescape(part)?).ok()?;
        }
        Some(path)
    }
}

/// Whether a facet may have this name.
///
/// # Errors
/// [`FacetError::NameTooLong`].
pub const fn check_name(name: &str) -> Result<(), FacetError> {
    if name.len() > NAME_BYTES_MAX {
        return Err(FacetError::NameTooLong);
    }
    Ok(())
}

/// The id of the root, and after it each name behind a slash. Slashes, percent signs and control characters of names
/// are escaped as in URLs.
impl fmt::Display for FacetPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.root)?;
        self.names.iter().try_for_each(|name| {
            f.write_str("/")?;
            name.chars().try_for_each(|c| match c {
                '/' | '%' | '\0'..='\x1f' => write!(f, "%{:02X}", u32::from(c)),
                c => write!(f, "{c}"),
            })
        })
    }
}

fn unescape(part: &str) -> Option<String> {
    let mut pieces = part.split('%');
    let mut name = pieces.next()?.to_owned();
    for piece in pieces {
        let (code, rest) = piece.split_at_checked(2)?;
        let code = u8::from_str_radix(code, 16).ok()?;
        name.push(char::from(code));
        name.push_str(rest);
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::NamespaceKey;

    fn root() -> FacetPath {
        FacetPath::root(NamespaceKey::new("worker-Class").id_from_name("an object"))
    }

    #[test]
    fn the_root_keeps_its_id_and_facets_share_its_beginning() {
        let root = root();
        assert_eq!(root.id(), root.root_id());
        let child = root.child("a").unwrap();
        let [low, high] = FacetPath::id_range(root.root_id());
        for path in [&child, &child.child("b").unwrap()] {
            let id = path.id();
            assert_ne!(id, root.id());
            assert_eq!(
                id.as_bytes()[..ROOT_BYTES],
                root.id().as_bytes()[..ROOT_BYTES]
            );
            assert!(low <= id && id <= high);
        }
    }

    #[test]
    fn ids_tell_paths_apart() {
        let root = root();
        let other = FacetPath::root(NamespaceKey::new("worker-Class").id_from_name("another"));
        let paths = [
            root.child("ab").unwrap(),
            root.child("a").unwrap().child("b").unwrap(),
            root.child("a").unwrap().child("").unwrap(),
            root.child("").unwrap(),
            other.child("ab").unwrap(),
        ];
        for (index, path) in paths.iter().enumerate() {
            assert_eq!(
                path.id(),
                path.clone().id(),
                "an id is made from nothing else"
            );
            for other in &paths[..index] {
                assert_ne!(path.id(), other.id(), "{path} and {other}");
            }
        }
    }

    #[test]
    fn names_are_measured_in_bytes() {
        let root = root();
        assert!(root.child(&"x".repeat(256)).is_ok());
        let too_long = [&"x".repeat(257), &"é".repeat(129)];
        for name in too_long {
            assert_eq!(root.child(name), Err(FacetError::NameTooLong));
        }
    }

    #[test]
    fn a_tree_has_four_levels() {
        let mut path = root();
        for name in ["a", "b", "c"] {
            path = path.child(name).unwrap();
        }
        assert_eq!(path.child("d"), Err(FacetError::TooDeep));
        assert_eq!(path.child(&"x".repeat(257)), Err(FacetError::NameTooLong));
    }

    #[test]
    fn a_path_contains_itself_and_what_is_below() {
        let root = root();
        let a = root.child("a").unwrap();
        let ab = a.child("b").unwrap();
        assert!(root.contains(&ab) && a.contains(&ab) && a.contains(&a));
        assert!(!ab.contains(&a) && !root.child("ab").unwrap().contains(&ab));
        let target = root.child("t").unwrap();
        assert_eq!(a.moved(&ab, &target), target.child("b").unwrap());
        assert_eq!(a.moved(&a, &target), target);
    }

    #[test]
    fn paths_can_be_written_and_read() {
        let root = root();
        for names in [
            vec![],
            vec![""],
            vec!["a/b%\0\n", "ü", "%2F"],
            vec!["", "", ""],
        ] {
            let mut path = root.clone();
            for name in names {
                path = path.child(name).unwrap();
            }
            assert_eq!(FacetPath::parse(&path.to_string()), Some(path));
        }
        for text in [
            "",
            "abc",
            "zz/a",
            &format!("{root}/%2"),
            &format!("{root}/%zz"),
        ] {
            assert_eq!(FacetPath::parse(text), None, "{text}");
        }
    }
}
