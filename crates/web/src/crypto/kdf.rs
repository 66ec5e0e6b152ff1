//! Keys from passwords and from other keys.

use openssl::kdf::{HkdfMode, hkdf as openssl_hkdf};
use openssl::pkcs5;

use super::Failed;
use super::hash::HashAlgorithm;

/// PBKDF2 (RFC 8018). Takes a time that grows with iterations and length: for a blocking thread.
pub fn pbkdf2(
    hash: HashAlgorithm,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    length: usize,
) -> Result<Vec<u8>, Failed> {
    let mut derived = vec![0; length];
    if length > 0 {
        let iterations = iterations as usize;
        pkcs5::pbkdf2_hmac(password, salt, iterations, hash.digest(), &mut derived)?;
    }
    Ok(derived)
}

/// HKDF (RFC 5869), extracting and expanding; at most 255 digests long.
pub fn hkdf(
    hash: HashAlgorithm,
    key: &[u8],
    salt: &[u8],
    info: &[u8],
    length: usize,
) -> Result<Vec<u8>, Failed> {
    if length > 255 * hash.size() {
        return Err(Failed::because("too long"));
    }
    let mut derived = vec![0; length];
    if length > 0 {
        let mode = HkdfMode::ExtractAndExpand;
        let some = |bytes: &[u8]| (!bytes.is_empty()).then(|| bytes.to_vec());
        let (salt, info) = (some(salt), some(info));
        let (salt, info) = (salt.as_deref(), info.as_deref());
        openssl_hkdf(hash.md(), key, salt, info, mode, None, &mut derived)?;
    }
    Ok(derived)
}

/// What [`scrypt`] costs.
#[derive(Debug, Clone, Copy)]
pub struct ScryptCost {
    /// Cost, a power of two.
    pub n: u64,
    /// Size of blocks.
    pub r: u64,
    /// How many in parallel.
    pub p: u64,
    /// Memory that it may take, in bytes.
    pub memory_max: u64,
}

/// scrypt (RFC 7914). Slow on purpose: for a blocking thread.
pub fn scrypt(
    password: &[u8],
    salt: &[u8],
    cost: ScryptCost,
    length: usize,
) -> Result<Vec<u8>, Failed> {
    let ScryptCost {
        n,
        r,
        p,
        memory_max,
    } = cost;
    let mut derived = vec![0; length];
    if length > 0 {
        pkcs5::scrypt(password, salt, n, r, p, memory_max, &mut derived)?;
    }
    Ok(derived)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_may_be_empty_that_the_standards_let_be_empty() {
        let derived = hkdf(HashAlgorithm::Sha256, b"", b"", b"", 16).unwrap();
        assert_eq!(derived.len(), 16);
        let derived = pbkdf2(HashAlgorithm::Sha256, b"", b"", 1, 16).unwrap();
        assert_eq!(derived.len(), 16);
        assert_eq!(hkdf(HashAlgorithm::Sha256, b"key", b"", b"", 0), Ok(vec![]));
    }

    #[test]
    fn hkdf_has_a_bound() {
        let hash = HashAlgorithm::Sha256;
        assert!(hkdf(hash, b"k", b"", b"", 255 * 32).is_ok());
        assert!(hkdf(hash, b"k", b"", b"", 255 * 32 + 1).is_err());
    }
}
