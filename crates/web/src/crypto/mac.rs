//! HMAC (RFC 2104): at once, and in pieces.

use openssl::md_ctx::MdCtx;
use openssl::memcmp;
use openssl::pkey::PKey;

use super::hash::HashAlgorithm;

/// A message authentication code in the making.
pub struct Hmac(MdCtx);

impl Hmac {
    /// The code of nothing so far. The key may have any length.
    pub fn new(algorithm: HashAlgorithm, key: &[u8]) -> Hmac {
        // Keys are filled up with zeros, so this is the same one; OpenSSL 3 fails to allocate no bytes.
        let key: &[u8] = if key.is_empty() { &[0] } else { key };
        let make = || {
            let key = PKey::hmac(key)?;
            let mut context = MdCtx::new()?;
            context.digest_sign_init(Some(algorithm.md()), &key)?;
            Ok::<_, openssl::error::ErrorStack>(context)
        };
        Hmac(make().expect("HMAC needs nothing but memory"))
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0
            .digest_sign_update(bytes)
            .expect("HMAC needs nothing but memory");
    }

    /// The code.
    pub fn finish(mut self) -> Vec<u8> {
        let mut code = Vec::new();
        self.0
            .digest_sign_final_to_vec(&mut code)
            .expect("HMAC needs nothing but memory");
        code
    }
}

/// The code of `bytes`.
pub fn hmac(algorithm: HashAlgorithm, key: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::new(algorithm, key);
    mac.update(bytes);
    mac.finish()
}

/// Whether two byte strings are the same, in a time that depends on their lengths alone.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && memcmp::eq(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_key_is_a_key() {
        // HMAC_MD5("", "") of the reference implementation.
        let expected = [
            0x74, 0xe6, 0xf7, 0x29, 0x8a, 0x9c, 0x2d, 0x16, 0x89, 0x35, 0xf5, 0x8c, 0x00, 0x1b,
            0xad, 0x88,
        ];
        assert_eq!(hmac(HashAlgorithm::Md5, b"", b""), expected);
    }

    #[test]
    fn every_byte_counts() {
        assert!(same(b"abc", b"abc"));
        assert!(!same(b"abc", b"abd"));
        assert!(!same(b"abc", b"bbc"));
        assert!(!same(b"abc", b"ab"));
    }
}
