//! Object ids: 32 bytes that name one object of one namespace and prove that they belong to it.
//!
//! The first half of an id is its *base* (a keyed hash of a name, or entropy), the second half a
//! keyed hash of the base. The key is derived from the namespace's unique key, so an id can be
//! checked without any table of ids, and an id of another namespace is refused (semantics §1.1).

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// Bytes of an id's base, and of its check.
const HALF_BYTES: usize = 16;
/// SHA-256's block: the length to which HMAC pads its key.
const HMAC_BLOCK_BYTES: usize = 64;

/// The longest name, in UTF-8 bytes, that an object gets to see as `ctx.id.name` (semantics §1.2).
/// A longer name still leads to its object.
pub const NAME_VISIBLE_BYTES_MAX: usize = 1_024;

/// The id of one object. Two ids are equal when their bytes are; names take no part in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId([u8; 32]);

impl ObjectId {
    /// An id from bytes that this system wrote earlier (a journal record, a message between nodes).
    /// Nothing is checked: text that a user gives goes through [`NamespaceKey::parse`].
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// An id from its 64 hex digits, as this system wrote them earlier. As for [`Self::from_bytes`], nothing else is
    /// checked.
    pub fn from_hex(hex: &str) -> Option<Self> {
        decode(hex).map(Self)
    }

    /// The raw bytes: base, then check.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 64 lower-case hex digits, what `DurableObjectId.toString()` gives.
    pub fn to_hex(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 64];
        for (byte, pair) in self.0.iter().zip(text.chunks_exact_mut(2)) {
            pair[0] = b"0123456789abcdef"[usize::from(byte >> 4)];
            pair[1] = b"0123456789abcdef"[usize::from(byte & 15)];
        }
        f.pad(std::str::from_utf8(&text).expect("hex digits are ASCII"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectId({self})")
    }
}

/// Why a text is not an id of this namespace. `Display` is the message that JavaScript sees; the
/// JavaScript error is a `TypeError` in every case ([`IdError::CLASS`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdError {
    /// Not 64 hex digits.
    #[error("Invalid Durable Object ID: must be 64 hex digits")]
    NotHex,
    /// Well-formed, but the check does not match: made by another namespace, or mistyped.
    #[error("Durable Object ID is not valid for this namespace.")]
    OtherNamespace,
}

impl IdError {
    /// The JavaScript error class (semantics §1.4).
    pub const CLASS: &'static str = "TypeError";
}

/// What a namespace needs to make and check ids: the keyed hash, ready to use.
#[derive(Clone)]
pub struct NamespaceKey {
    /// HMAC-SHA256 with the key already absorbed; each use starts from a copy.
    keyed: Hmac<Sha256>,
}

impl NamespaceKey {
    /// The key of the namespace with this unique key, the string that the configuration gives
    /// the namespace for ever.
    pub fn new(unique_key: &str) -> Self {
        // HMAC pads a key shorter than its block with zeros; doing so here needs no fallible call.
        let mut block = [0; HMAC_BLOCK_BYTES];
        block[..32].copy_from_slice(&Sha256::digest(unique_key.as_bytes()));
        Self {
            keyed: Hmac::new(&block.into()),
        }
    }

    /// The id of the object with this name. The empty name is a name.
    pub fn id_from_name(&self, name: &str) -> ObjectId {
        self.with_check(self.hash(name.as_bytes()))
    }

    /// A fresh id; `entropy` must come from the operating system's generator.
    pub fn unique_id(&self, entropy: [u8; 16]) -> ObjectId {
        self.with_check(entropy)
    }

    /// Reads an id as `idFromString` does: 64 hex digits of either case, made by this namespace.
    ///
    /// # Errors
    /// [`IdError::NotHex`], then [`IdError::OtherNamespace`].
    pub fn parse(&self, hex: &str) -> Result<ObjectId, IdError> {
        let id = decode(hex).ok_or(IdError::NotHex)?;
        let (base, check) = id.split_at(HALF_BYTES);
        let mut mac = self.keyed.clone();
        mac.update(base);
        mac.verify_truncated_left(check)
            .map_err(|_| IdError::OtherNamespace)?;
        Ok(ObjectId(id))
    }

    fn with_check(&self, base: [u8; HALF_BYTES]) -> ObjectId {
        let mut id = [0; 32];
        id[..HALF_BYTES].copy_from_slice(&base);
        id[HALF_BYTES..].copy_from_slice(&self.hash(&base));
        ObjectId(id)
    }

    fn hash(&self, message: &[u8]) -> [u8; HALF_BYTES] {
        let mut mac = self.keyed.clone();
        mac.update(message);
        let mut half = [0; HALF_BYTES];
        half.copy_from_slice(&mac.finalize().into_bytes()[..HALF_BYTES]);
        half
    }
}

impl fmt::Debug for NamespaceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamespaceKey").finish_non_exhaustive()
    }
}

fn decode(hex: &str) -> Option<[u8; 32]> {
    if hex.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

fn digit(ascii: u8) -> Option<u8> {
    char::from(ascii)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}
