//! Hash functions: at once, and in pieces.

use openssl::hash::{Hasher, MessageDigest};
use openssl::md::{Md, MdRef};

use super::Failed;

/// A hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum HashAlgorithm {
    Md5,
    Md5Sha1,
    Ripemd160,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha512_224,
    Sha512_256,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    Shake128,
    Shake256,
    Blake2b512,
    Blake2s256,
}

use HashAlgorithm::*;

impl HashAlgorithm {
    /// Every one, with its name in Node.
    pub const ALL: [(HashAlgorithm, &'static str); 18] = [
        (Blake2b512, "blake2b512"),
        (Blake2s256, "blake2s256"),
        (Md5, "md5"),
        (Md5Sha1, "md5-sha1"),
        (Ripemd160, "ripemd160"),
        (Sha1, "sha1"),
        (Sha224, "sha224"),
        (Sha256, "sha256"),
        (Sha3_224, "sha3-224"),
        (Sha3_256, "sha3-256"),
        (Sha3_384, "sha3-384"),
        (Sha3_512, "sha3-512"),
        (Sha384, "sha384"),
        (Sha512, "sha512"),
        (Sha512_224, "sha512-224"),
        (Sha512_256, "sha512-256"),
        (Shake128, "shake128"),
        (Shake256, "shake256"),
    ];

    /// By the name that WebCrypto gives it, in any case: SHA-1, SHA-256, SHA-384, SHA-512, and MD5 as Workers have it.
    pub fn from_web_name(name: &str) -> Option<HashAlgorithm> {
        let known = [Md5, Sha1, Sha256, Sha384, Sha512];
        let named = |hash: &HashAlgorithm| hash.web_name().eq_ignore_ascii_case(name);
        known.into_iter().find(named)
    }

    /// By the name that Node gives it, in any case; `sha-256` and `RSA-SHA256` mean the same as `sha256`.
    pub fn from_node_name(name: &str) -> Option<HashAlgorithm> {
        let lower = name.to_ascii_lowercase();
        let lower = lower.strip_prefix("rsa-").unwrap_or(&lower);
        let find = |name: &str| Self::ALL.iter().find(|(_, known)| *known == name);
        let alias = match lower {
            "rmd160" | "ripemd" => "ripemd160",
            "sha-1" => "sha1",
            "sha-224" => "sha224",
            "sha-256" => "sha256",
            "sha-384" => "sha384",
            "sha-512" => "sha512",
            "sha-512/224" | "sha512/224" => "sha512-224",
            "sha-512/256" | "sha512/256" => "sha512-256",
            other => other,
        };
        find(alias).map(|(hash, _)| *hash)
    }

    /// WebCrypto's name for those that it has, else Node's.
    pub fn web_name(self) -> &'static str {
        match self {
            Md5 => "MD5",
            Sha1 => "SHA-1",
            Sha256 => "SHA-256",
            Sha384 => "SHA-384",
            Sha512 => "SHA-512",
            other => other.node_name(),
        }
    }

    /// Node's name.
    pub fn node_name(self) -> &'static str {
        let known = Self::ALL.iter().find(|(hash, _)| *hash == self);
        known.expect("every hash is in the list").1
    }

    /// Length of the digest in bytes; of an extendable one, what Node takes if it is not told.
    pub fn size(self) -> usize {
        match self {
            Shake128 => 16,
            Shake256 => 32,
            _ => self.digest().size(),
        }
    }

    /// Length of a block in bytes: of a key of HMAC, for example.
    pub fn block_size(self) -> usize {
        self.digest().block_size()
    }

    /// Whether the digest may have any length.
    pub fn is_extendable(self) -> bool {
        matches!(self, Shake128 | Shake256)
    }

    pub(super) fn digest(self) -> MessageDigest {
        match self {
            Md5 => MessageDigest::md5(),
            Ripemd160 => MessageDigest::ripemd160(),
            Sha1 => MessageDigest::sha1(),
            Sha224 => MessageDigest::sha224(),
            Sha256 => MessageDigest::sha256(),
            Sha384 => MessageDigest::sha384(),
            Sha512 => MessageDigest::sha512(),
            Sha3_224 => MessageDigest::sha3_224(),
            Sha3_256 => MessageDigest::sha3_256(),
            Sha3_384 => MessageDigest::sha3_384(),
            Sha3_512 => MessageDigest::sha3_512(),
            Shake128 => MessageDigest::shake_128(),
            Shake256 => MessageDigest::shake_256(),
            Md5Sha1 | Sha512_224 | Sha512_256 | Blake2b512 | Blake2s256 => {
                MessageDigest::from_name(self.node_name()).expect("OpenSSL is built with it")
            }
        }
    }

    pub(super) fn md(self) -> &'static MdRef {
        Md::from_nid(self.digest().type_()).expect("OpenSSL is built with it")
    }
}

/// A digest in the making.
#[derive(Clone)]
pub struct Hash {
    algorithm: HashAlgorithm,
    hasher: Hasher,
}

impl Hash {
    /// The digest of nothing so far.
    pub fn new(algorithm: HashAlgorithm) -> Hash {
        let hasher = Hasher::new(algorithm.digest()).expect("hashing needs nothing but memory");
        Hash { algorithm, hasher }
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.hasher
            .update(bytes)
            .expect("hashing needs nothing but memory");
    }

    /// The digest.
    pub fn finish(self) -> Vec<u8> {
        let size = self.algorithm.size();
        self.finish_with(size).expect("its own length fits")
    }

    /// The digest with a length in bytes, which only an extendable function leaves open.
    pub fn finish_with(mut self, length: usize) -> Result<Vec<u8>, Failed> {
        if self.algorithm.is_extendable() {
            let mut digest = vec![0; length];
            if length > 0 {
                self.hasher.finish_xof(&mut digest)?;
            }
            return Ok(digest);
        }
        if length != self.algorithm.size() {
            return Err(Failed::because("invalid digest size"));
        }
        Ok(self.hasher.finish()?.to_vec())
    }
}

/// The digest of `bytes`.
pub fn digest(algorithm: HashAlgorithm, bytes: &[u8]) -> Vec<u8> {
    let mut hash = Hash::new(algorithm);
    hash.update(bytes);
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openssl_has_every_hash() {
        for (algorithm, name) in HashAlgorithm::ALL {
            assert_eq!(HashAlgorithm::from_node_name(name), Some(algorithm));
            assert_eq!(digest(algorithm, b"abc").len(), algorithm.size(), "{name}");
            assert!(algorithm.block_size() > 0, "{name}");
            assert_eq!(algorithm.md().type_(), algorithm.digest().type_(), "{name}");
        }
    }

    #[test]
    fn names_have_aliases() {
        for name in ["SHA256", "sha-256", "RSA-SHA256"] {
            assert_eq!(HashAlgorithm::from_node_name(name), Some(Sha256), "{name}");
        }
        assert_eq!(HashAlgorithm::from_node_name("sha257"), None);
        assert_eq!(HashAlgorithm::from_web_name("sha-384"), Some(Sha384));
        assert_eq!(HashAlgorithm::from_web_name("sha384"), None);
    }

    #[test]
    fn pieces_give_what_the_whole_gives_and_a_copy_goes_its_own_way() {
        let mut hash = Hash::new(Sha256);
        hash.update(b"a");
        let mut copy = hash.clone();
        hash.update(b"bc");
        copy.update(b"b");
        assert_eq!(hash.finish(), digest(Sha256, b"abc"));
        assert_eq!(copy.finish(), digest(Sha256, b"ab"));
    }

    #[test]
    fn only_extendable_functions_have_other_lengths() {
        assert_eq!(Hash::new(Shake128).finish_with(3).map(|d| d.len()), Ok(3));
        assert_eq!(Hash::new(Shake128).finish_with(0), Ok(vec![]));
        assert_eq!(Hash::new(Sha256).finish_with(32).map(|d| d.len()), Ok(32));
        assert!(Hash::new(Sha256).finish_with(31).is_err());
    }
}
