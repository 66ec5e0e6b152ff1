//! Signatures.

use openssl::md_ctx::MdCtx;
use openssl::pkey::{HasPublic, PKeyRef, Private};
use openssl::pkey_ctx::PkeyCtxRef;
use openssl::rsa::Padding;
use openssl::sign::RsaPssSaltlen;

use super::Failed;
use super::hash::HashAlgorithm;

/// How a message is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5.
    Pkcs1(HashAlgorithm),
    /// RSASSA-PSS with one hash for both purposes.
    Pss {
        /// Of the message, and for the mask.
        hash: HashAlgorithm,
        /// Length of the salt in bytes.
        salt: SaltLength,
    },
    /// ECDSA; the signature is DER (see [`super::ec::signature_from_der`]). DSA, too.
    Ecdsa(HashAlgorithm),
    /// Ed25519 and Ed448, which hash by themselves.
    Eddsa,
}

/// Length of the salt of PSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum SaltLength {
    Bytes(u32),
    /// As long as the digest.
    Digest,
    /// As long as the key allows; when a signature is checked, whatever it has.
    Maximum,
}

impl Scheme {
    fn hash(self) -> Option<HashAlgorithm> {
        match self {
            Scheme::Pkcs1(hash) | Scheme::Pss { hash, .. } | Scheme::Ecdsa(hash) => Some(hash),
            Scheme::Eddsa => None,
        }
    }

    fn set<T>(self, context: &mut PkeyCtxRef<T>) -> Result<(), Failed> {
        match self {
            Scheme::Pkcs1(_) => context.set_rsa_padding(Padding::PKCS1)?,
            Scheme::Pss { salt, .. } => {
                context.set_rsa_padding(Padding::PKCS1_PSS)?;
                context.set_rsa_pss_saltlen(match salt {
                    SaltLength::Bytes(length) => {
                        let length = i32::try_from(length);
                        RsaPssSaltlen::custom(length.map_err(|_| Failed::because("too long"))?)
                    }
                    SaltLength::Digest => RsaPssSaltlen::DIGEST_LENGTH,
                    SaltLength::Maximum => RsaPssSaltlen::MAXIMUM_LENGTH,
                })?;
            }
            Scheme::Ecdsa(_) | Scheme::Eddsa => {}
        }
        Ok(())
    }
}

/// Signs a message. Milliseconds for RSA with a long modulus: for a blocking thread.
pub fn sign(key: &PKeyRef<Private>, scheme: Scheme, message: &[u8]) -> Result<Vec<u8>, Failed> {
    let mut context = MdCtx::new()?;
    let hash = scheme.hash().map(HashAlgorithm::md);
    scheme.set(context.digest_sign_init(hash, key)?)?;
    let mut signature = Vec::new();
    context.digest_sign_to_vec(message, &mut signature)?;
    Ok(signature)
}

/// Whether a signature is that of the message. One that is malformed is not.
pub fn verify<T: HasPublic>(
    key: &PKeyRef<T>,
    scheme: Scheme,
    signature: &[u8],
    message: &[u8],
) -> Result<bool, Failed> {
    let mut context = MdCtx::new()?;
    let hash = scheme.hash().map(HashAlgorithm::md);
    scheme.set(context.digest_verify_init(hash, key)?)?;
    Ok(context.digest_verify(message, signature).unwrap_or(false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{ec, key, rsa};

    #[test]
    fn what_was_signed_is_verified_and_nothing_else() {
        let hash = HashAlgorithm::Sha256;
        let pair = rsa::generate(1024, &[1, 0, 1]).unwrap();
        let curve = ec::generate(ec::Curve::P256).unwrap();
        let edwards = key::generate_raw(key::Kind::Ed25519).unwrap();
        let pss = |salt| Scheme::Pss { hash, salt };
        let cases = [
            (&pair, Scheme::Pkcs1(hash)),
            (&pair, pss(SaltLength::Bytes(0))),
            (&pair, pss(SaltLength::Bytes(94))),
            (&pair, pss(SaltLength::Digest)),
            (&pair, pss(SaltLength::Maximum)),
            (&curve, Scheme::Ecdsa(hash)),
            (&edwards, Scheme::Eddsa),
        ];
        for (key, scheme) in cases {
            let mut signature = sign(key, scheme, b"message").unwrap();
            assert_eq!(
                verify(key, scheme, &signature, b"message"),
                Ok(true),
                "{scheme:?}"
            );
            assert_eq!(
                verify(key, scheme, &signature, b"other"),
                Ok(false),
                "{scheme:?}"
            );
            assert_eq!(
                verify(key, scheme, b"", b"message"),
                Ok(false),
                "{scheme:?}"
            );
            *signature.last_mut().unwrap() ^= 1;
            assert_eq!(
                verify(key, scheme, &signature, b"message"),
                Ok(false),
                "{scheme:?}"
            );
        }
        let too_long = pss(SaltLength::Bytes(95));
        assert!(sign(&pair, too_long, b"message").is_err());
    }
}
