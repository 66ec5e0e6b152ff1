//! RSA: pairs, their numbers, and encryption. Signatures are in [`super::sign`].

use openssl::bn::BigNum;
use openssl::pkey::{HasPublic, PKey, PKeyRef, Private, Public};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::{Padding, Rsa, RsaPrivateKeyBuilder};

use super::Failed;
use super::hash::HashAlgorithm;
use super::key::bytes_of;

/// A new pair. Takes seconds for long moduli: for a blocking thread.
pub fn generate(bits: u32, exponent: &[u8]) -> Result<PKey<Private>, Failed> {
    let exponent = BigNum::from_slice(exponent)?;
    let key = Rsa::generate_with_e(bits, &exponent)?;
    Ok(PKey::from_rsa(key)?)
}

/// The numbers of a key, big end first.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    /// Modulus.
    pub n: Vec<u8>,
    /// Public exponent.
    pub e: Vec<u8>,
    /// Private exponent.
    pub d: Vec<u8>,
    /// Prime factors of the modulus, exponents for them and coefficient: p, q, dp, dq, qi. All of them or none.
    pub factors: Option<[Vec<u8>; 5]>,
}

fn number(bytes: &[u8]) -> Result<BigNum, Failed> {
    Ok(BigNum::from_slice(bytes)?)
}

/// The public key of `n` and `e`.
pub fn public_from_numbers(n: &[u8], e: &[u8]) -> Result<PKey<Public>, Failed> {
    let key = Rsa::from_public_components(number(n)?, number(e)?)?;
    Ok(PKey::from_rsa(key)?)
}

/// The private key of these numbers.
pub fn private_from_numbers(numbers: &Numbers) -> Result<PKey<Private>, Failed> {
    let Numbers { n, e, d, factors } = numbers;
    let mut builder = RsaPrivateKeyBuilder::new(number(n)?, number(e)?, number(d)?)?;
    if let Some([p, q, dp, dq, qi]) = factors {
        builder = builder
            .set_factors(number(p)?, number(q)?)?
            .set_crt_params(number(dp)?, number(dq)?, number(qi)?)?;
    }
    Ok(PKey::from_rsa(builder.build())?)
}

/// Modulus and public exponent.
pub fn public_numbers<T: HasPublic>(key: &PKeyRef<T>) -> Result<(Vec<u8>, Vec<u8>), Failed> {
    let rsa = key.rsa()?;
    Ok((bytes_of(rsa.n()), bytes_of(rsa.e())))
}

/// All numbers of a private key.
pub fn private_numbers(key: &PKeyRef<Private>) -> Result<Numbers, Failed> {
    let rsa = key.rsa()?;
    let parts = [rsa.p(), rsa.q(), rsa.dmp1(), rsa.dmq1(), rsa.iqmp()];
    let factors = match parts {
        [Some(p), Some(q), Some(dp), Some(dq), Some(qi)] => Some([p, q, dp, dq, qi].map(bytes_of)),
        _ => None,
    };
    Ok(Numbers {
        n: bytes_of(rsa.n()),
        e: bytes_of(rsa.e()),
        d: bytes_of(rsa.d()),
        factors,
    })
}

/// How a message is filled up to the length of the modulus.
#[derive(Debug, Clone, Copy)]
pub enum Encryption<'a> {
    /// OAEP (RFC 8017) with one hash for both purposes.
    Oaep {
        /// Of the label, and for the mask.
        hash: HashAlgorithm,
        /// Bound to the message; usually empty.
        label: &'a [u8],
    },
    /// PKCS #1 v1.5.
    Pkcs1,
    /// Not at all: the message has the length of the modulus.
    None,
}

impl Encryption<'_> {
    fn set<T>(self, context: &mut PkeyCtx<T>) -> Result<(), Failed> {
        match self {
            Encryption::Oaep { hash, label } => {
                context.set_rsa_padding(Padding::PKCS1_OAEP)?;
                context.set_rsa_oaep_md(hash.md())?;
                context.set_rsa_mgf1_md(hash.md())?;
                if !label.is_empty() {
                    context.set_rsa_oaep_label(label)?;
                }
            }
            Encryption::Pkcs1 => context.set_rsa_padding(Padding::PKCS1)?,
            Encryption::None => context.set_rsa_padding(Padding::NONE)?,
        }
        Ok(())
    }
}

/// Encrypts for the owner of the private key.
pub fn encrypt<T: HasPublic>(
    key: &PKeyRef<T>,
    how: Encryption<'_>,
    message: &[u8],
) -> Result<Vec<u8>, Failed> {
    let mut context = PkeyCtx::new(key)?;
    context.encrypt_init()?;
    how.set(&mut context)?;
    let mut sealed = Vec::new();
    context.encrypt_to_vec(message, &mut sealed)?;
    Ok(sealed)
}

/// Decrypts. Milliseconds for long moduli: for a blocking thread.
pub fn decrypt(
    key: &PKeyRef<Private>,
    how: Encryption<'_>,
    sealed: &[u8],
) -> Result<Vec<u8>, Failed> {
    let mut context = PkeyCtx::new(key)?;
    context.decrypt_init()?;
    how.set(&mut context)?;
    let mut message = Vec::new();
    context.decrypt_to_vec(sealed, &mut message)?;
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_survives_as_numbers_and_without_its_factors() {
        let key = generate(1024, &[1, 0, 1]).unwrap();
        let mut numbers = private_numbers(&key).unwrap();
        assert_eq!(numbers.e, [1, 0, 1]);
        let how = Encryption::Oaep {
            hash: HashAlgorithm::Sha256,
            label: b"label",
        };
        let public = public_from_numbers(&numbers.n, &numbers.e).unwrap();
        let sealed = encrypt(&public, how, b"message").unwrap();
        for _ in 0..2 {
            let again = private_from_numbers(&numbers).unwrap();
            assert_eq!(decrypt(&again, how, &sealed).unwrap(), b"message");
            numbers.factors = None;
        }
        let other = Encryption::Oaep {
            hash: HashAlgorithm::Sha256,
            label: b"",
        };
        assert!(decrypt(&key, other, &sealed).is_err());
    }
}
