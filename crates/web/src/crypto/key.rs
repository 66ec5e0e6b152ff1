//! Keys: what they are, and their encodings.

use std::fmt;
use std::sync::Arc;

use openssl::bn::BigNumRef;
use openssl::ec::EcKey;
use openssl::pkey::{HasPublic, Id, PKey, PKeyRef, Private, Public};
use openssl::rsa::Rsa;
use openssl::symm;
use zeroize::Zeroizing;

use super::Failed;
use super::ec::Curve;

/// A key. Copies share what they hold.
#[derive(Clone)]
pub enum Key {
    /// Bytes.
    Secret(Arc<Zeroizing<Vec<u8>>>),
    /// The private half of a pair; it knows the other one too.
    Private(PKey<Private>),
    /// The public half of a pair.
    Public(PKey<Public>),
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Key::Secret(_) => "Key::Secret",
            Key::Private(_) => "Key::Private",
            Key::Public(_) => "Key::Public",
        })
    }
}

impl Key {
    /// A key of these bytes.
    pub fn secret(bytes: Vec<u8>) -> Key {
        Key::Secret(Arc::new(Zeroizing::new(bytes)))
    }

    /// What the pair is for; `None` for bytes.
    pub fn kind(&self) -> Option<Kind> {
        match self {
            Key::Secret(_) => None,
            Key::Private(key) => Some(kind(key)),
            Key::Public(key) => Some(kind(key)),
        }
    }

    /// Whether both are the same, in a time that tells nothing of secret bytes.
    pub fn equals(&self, other: &Key) -> bool {
        match (self, other) {
            (Key::Secret(a), Key::Secret(b)) => super::mac::same(a, b),
            (Key::Private(a), Key::Private(b)) => a.public_eq(b),
            (Key::Public(a), Key::Public(b)) => a.public_eq(b),
            _ => false,
        }
    }
}

/// What a pair of keys is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Kind {
    Rsa,
    /// RSA, for PSS only.
    RsaPss,
    /// A curve that has no name here is `None`.
    Ec(Option<Curve>),
    Ed25519,
    X25519,
    Ed448,
    X448,
    Dsa,
    Dh,
    Other,
}

impl Kind {
    /// Node's name (`asymmetricKeyType`), if it has one.
    pub fn node_name(self) -> Option<&'static str> {
        Some(match self {
            Kind::Rsa => "rsa",
            Kind::RsaPss => "rsa-pss",
            Kind::Ec(_) => "ec",
            Kind::Ed25519 => "ed25519",
            Kind::X25519 => "x25519",
            Kind::Ed448 => "ed448",
            Kind::X448 => "x448",
            Kind::Dsa => "dsa",
            Kind::Dh => "dh",
            Kind::Other => return None,
        })
    }
}

/// What a pair of keys is for.
pub fn kind<T: HasPublic>(key: &PKeyRef<T>) -> Kind {
    match key.id() {
        Id::RSA => Kind::Rsa,
        Id::RSA_PSS => Kind::RsaPss,
        Id::EC => Kind::Ec(Curve::of(key)),
        Id::ED25519 => Kind::Ed25519,
        Id::X25519 => Kind::X25519,
        Id::ED448 => Kind::Ed448,
        Id::X448 => Kind::X448,
        Id::DSA => Kind::Dsa,
        Id::DH | Id::DHX => Kind::Dh,
        _ => Kind::Other,
    }
}

/// The public half of a pair.
pub fn public_of(key: &PKeyRef<Private>) -> Result<PKey<Public>, Failed> {
    Ok(PKey::public_key_from_der(&key.public_key_to_der()?)?)
}

/// How long the first value of DER in `bytes` is, with its header; `None` if it does not even have one, or more is
/// announced than there is.
pub fn der_length(bytes: &[u8]) -> Option<usize> {
    let &[_, first, ref rest @ ..] = bytes else {
        return None;
    };
    let (header, length) = if first < 0x80 {
        (2, usize::from(first))
    } else {
        let count = usize::from(first & 0x7f);
        if count == 0 || count > size_of::<usize>() || count > rest.len() {
            return None;
        }
        let fold = |length: usize, byte: &u8| length << 8 | usize::from(*byte);
        (2 + count, rest[..count].iter().fold(0, fold))
    };
    let all = length.checked_add(header)?;
    (all <= bytes.len()).then_some(all)
}

/// PKCS #8, or what is often taken for it: PKCS #1 of RSA, SEC 1 of elliptic curves.
pub fn private_from_any_der(der: &[u8]) -> Result<PKey<Private>, Failed> {
    Ok(PKey::private_key_from_der(der)?)
}

/// PKCS #8.
pub fn private_from_pkcs8(der: &[u8]) -> Result<PKey<Private>, Failed> {
    Ok(PKey::private_key_from_pkcs8(der)?)
}

/// PKCS #8, encrypted.
pub fn private_from_encrypted_pkcs8(
    der: &[u8],
    passphrase: &[u8],
) -> Result<PKey<Private>, Failed> {
    Ok(PKey::private_key_from_pkcs8_passphrase(der, passphrase)?)
}

/// PKCS #1.
pub fn private_from_pkcs1(der: &[u8]) -> Result<PKey<Private>, Failed> {
    Ok(PKey::from_rsa(Rsa::private_key_from_der(der)?)?)
}

/// SEC 1.
pub fn private_from_sec1(der: &[u8]) -> Result<PKey<Private>, Failed> {
    Ok(PKey::from_ec_key(EcKey::private_key_from_der(der)?)?)
}

/// PEM of any of them; with a passphrase if it is encrypted.
pub fn private_from_pem(pem: &[u8], passphrase: Option<&[u8]>) -> Result<PKey<Private>, Failed> {
    let key = PKey::private_key_from_pem_callback(pem, |room| {
        // Without this, OpenSSL would ask at the terminal.
        let Some(passphrase) = passphrase else {
            return Ok(0);
        };
        let Some(room) = room.get_mut(..passphrase.len()) else {
            return Ok(0);
        };
        room.copy_from_slice(passphrase);
        Ok(passphrase.len())
    });
    Ok(key?)
}

/// A SubjectPublicKeyInfo.
pub fn public_from_spki(der: &[u8]) -> Result<PKey<Public>, Failed> {
    Ok(PKey::public_key_from_der(der)?)
}

/// PKCS #1.
pub fn public_from_pkcs1(der: &[u8]) -> Result<PKey<Public>, Failed> {
    Ok(PKey::from_rsa(Rsa::public_key_from_der_pkcs1(der)?)?)
}

/// PEM of a SubjectPublicKeyInfo, of PKCS #1, or of a certificate.
pub fn public_from_pem(pem: &[u8]) -> Result<PKey<Public>, Failed> {
    if let Ok(key) = PKey::public_key_from_pem(pem) {
        return Ok(key);
    }
    if let Ok(key) = Rsa::public_key_from_pem_pkcs1(pem) {
        return Ok(PKey::from_rsa(key)?);
    }
    let certificate = openssl::x509::X509::from_pem(pem)?;
    Ok(certificate.public_key()?)
}

/// PKCS #8.
pub fn private_to_pkcs8(key: &PKeyRef<Private>) -> Result<Vec<u8>, Failed> {
    Ok(key.private_key_to_pkcs8()?)
}

/// PKCS #8, encrypted by a cipher with OpenSSL's name.
pub fn private_to_encrypted_pkcs8(
    key: &PKeyRef<Private>,
    cipher: &str,
    passphrase: &[u8],
) -> Result<Vec<u8>, Failed> {
    let cipher = encryption(cipher)?;
    Ok(key.private_key_to_pkcs8_passphrase(cipher, passphrase)?)
}

/// PEM of PKCS #8; encrypted if there is a cipher and a passphrase.
pub fn private_to_pem(
    key: &PKeyRef<Private>,
    encrypt: Option<(&str, &[u8])>,
) -> Result<Vec<u8>, Failed> {
    Ok(match encrypt {
        Some((cipher, passphrase)) => {
            key.private_key_to_pem_pkcs8_passphrase(encryption(cipher)?, passphrase)?
        }
        None => key.private_key_to_pem_pkcs8()?,
    })
}

/// A cipher that keys can be encrypted with, by OpenSSL's name in any case.
pub fn encryption(name: &str) -> Result<symm::Cipher, Failed> {
    Ok(match name.to_ascii_lowercase().as_str() {
        "aes-128-cbc" => symm::Cipher::aes_128_cbc(),
        "aes-192-cbc" => symm::Cipher::aes_192_cbc(),
        "aes-256-cbc" => symm::Cipher::aes_256_cbc(),
        "des-ede3-cbc" => symm::Cipher::des_ede3_cbc(),
        _ => return Err(Failed::because("unknown cipher")),
    })
}

/// A SubjectPublicKeyInfo.
pub fn public_to_spki<T: HasPublic>(key: &PKeyRef<T>) -> Result<Vec<u8>, Failed> {
    Ok(key.public_key_to_der()?)
}

/// PEM of a SubjectPublicKeyInfo.
pub fn public_to_pem<T: HasPublic>(key: &PKeyRef<T>) -> Result<Vec<u8>, Failed> {
    Ok(key.public_key_to_pem()?)
}

/// The private key of Ed25519 or X25519 of 32 bytes.
pub fn private_from_raw(kind: Kind, bytes: &[u8]) -> Result<PKey<Private>, Failed> {
    Ok(PKey::private_key_from_raw_bytes(bytes, raw_id(kind)?)?)
}

/// The public key of Ed25519 or X25519 of 32 bytes.
pub fn public_from_raw(kind: Kind, bytes: &[u8]) -> Result<PKey<Public>, Failed> {
    Ok(PKey::public_key_from_raw_bytes(bytes, raw_id(kind)?)?)
}

/// A new pair of Ed25519 or X25519.
pub fn generate_raw(kind: Kind) -> Result<PKey<Private>, Failed> {
    Ok(match kind {
        Kind::Ed25519 => PKey::generate_ed25519()?,
        Kind::X25519 => PKey::generate_x25519()?,
        Kind::Ed448 => PKey::generate_ed448()?,
        Kind::X448 => PKey::generate_x448()?,
        _ => return Err(Failed::because("unsupported algorithm")),
    })
}

fn raw_id(kind: Kind) -> Result<Id, Failed> {
    Ok(match kind {
        Kind::Ed25519 => Id::ED25519,
        Kind::X25519 => Id::X25519,
        Kind::Ed448 => Id::ED448,
        Kind::X448 => Id::X448,
        _ => return Err(Failed::because("unsupported algorithm")),
    })
}

/// The bytes that two parties share: ECDH, X25519, X448, and Diffie-Hellman over a prime, padded to its length.
pub fn agree(key: &PKeyRef<Private>, peer: &PKeyRef<Public>) -> Result<Vec<u8>, Failed> {
    let mut deriver = openssl::derive::Deriver::new(key)?;
    deriver.set_peer(peer)?;
    let mut secret = deriver.derive_to_vec()?;
    if kind(key) == Kind::Dh {
        let missing = key.size().saturating_sub(secret.len());
        secret.splice(0..0, std::iter::repeat_n(0, missing));
    }
    Ok(secret)
}

/// A number's bytes, big end first, without leading zeros; zero is one byte.
pub(super) fn bytes_of(number: &BigNumRef) -> Vec<u8> {
    let bytes = number.to_vec();
    if bytes.is_empty() { vec![0] } else { bytes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_der() {
        assert_eq!(der_length(&[0x30, 0]), Some(2));
        assert_eq!(der_length(&[0x30, 1, 5, 9]), Some(3));
        assert_eq!(der_length(&[0x30, 0x81, 1, 5]), Some(4));
        assert_eq!(der_length(&[0x30, 0x82, 0, 1, 5]), Some(5));
        for short in [&[][..], &[0x30], &[0x30, 1], &[0x30, 0x81], &[0x30, 0x80]] {
            assert_eq!(der_length(short), None, "{short:?}");
        }
        assert_eq!(
            der_length(&[0x30, 0x88, 255, 255, 255, 255, 255, 255, 255, 255]),
            None
        );
    }

    #[test]
    fn a_pair_survives_its_encodings() {
        for kind in [Kind::Ed25519, Kind::X25519] {
            let private = generate_raw(kind).unwrap();
            let public = public_of(&private).unwrap();
            let again = private_from_pkcs8(&private_to_pkcs8(&private).unwrap()).unwrap();
            assert!(Key::Private(private.clone()).equals(&Key::Private(again)));
            let again = public_from_spki(&public_to_spki(&public).unwrap()).unwrap();
            assert!(Key::Public(public.clone()).equals(&Key::Public(again)));
            assert!(!Key::Public(public).equals(&Key::Private(private)));
        }
    }

    #[test]
    fn pem_is_encrypted_and_a_wrong_passphrase_is_refused() {
        let private = generate_raw(Kind::Ed25519).unwrap();
        let pem = private_to_pem(&private, Some(("aes-256-cbc", b"secret"))).unwrap();
        assert!(pem.starts_with(b"-----BEGIN ENCRYPTED PRIVATE KEY-----"));
        assert!(private_from_pem(&pem, Some(b"secret")).is_ok());
        assert!(private_from_pem(&pem, Some(b"other")).is_err());
        assert!(private_from_pem(&pem, None).is_err());
        let pem = private_to_pem(&private, None).unwrap();
        assert!(private_from_pem(&pem, None).is_ok());
        let pem = public_to_pem(&private).unwrap();
        assert!(public_from_pem(&pem).is_ok());
    }
}
