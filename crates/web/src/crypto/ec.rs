//! Elliptic curves of NIST, and secp224r1 and secp256k1 for Node.

use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint, PointConversionForm};
use openssl::ecdsa::EcdsaSig;
use openssl::nid::Nid;
use openssl::pkey::{HasPublic, PKey, PKeyRef, Private, Public};

use super::Failed;

/// A curve that has a name here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Curve {
    P224,
    P256,
    P384,
    P521,
    Secp256k1,
}

impl Curve {
    const ALL: [Curve; 5] = [
        Curve::P224,
        Curve::P256,
        Curve::P384,
        Curve::P521,
        Curve::Secp256k1,
    ];

    /// By WebCrypto's name; it does not know secp224r1.
    pub fn from_web_name(name: &str) -> Option<Curve> {
        let mut known = Self::ALL.into_iter().filter(|curve| *curve != Curve::P224);
        known.find(|curve| curve.web_name() == name)
    }

    /// By one of the names that Node takes.
    pub fn from_node_name(name: &str) -> Option<Curve> {
        Some(match name {
            "secp224r1" | "P-224" => Curve::P224,
            "prime256v1" | "secp256r1" | "P-256" => Curve::P256,
            "secp384r1" | "P-384" => Curve::P384,
            "secp521r1" | "P-521" => Curve::P521,
            "secp256k1" => Curve::Secp256k1,
            _ => return None,
        })
    }

    /// WebCrypto's name, which is also that of JSON Web Keys.
    pub fn web_name(self) -> &'static str {
        match self {
            Curve::P224 => "P-224",
            Curve::P256 => "P-256",
            Curve::P384 => "P-384",
            Curve::P521 => "P-521",
            Curve::Secp256k1 => "secp256k1",
        }
    }

    /// OpenSSL's name, which Node shows.
    pub fn node_name(self) -> &'static str {
        match self {
            Curve::P224 => "secp224r1",
            Curve::P256 => "prime256v1",
            Curve::P384 => "secp384r1",
            Curve::P521 => "secp521r1",
            Curve::Secp256k1 => "secp256k1",
        }
    }

    /// Length of a coordinate in bytes, and of each half of a signature.
    pub fn size(self) -> usize {
        match self {
            Curve::P224 => 28,
            Curve::P256 | Curve::Secp256k1 => 32,
            Curve::P384 => 48,
            Curve::P521 => 66,
        }
    }

    /// The curve of a key on one of these.
    pub fn of<T: HasPublic>(key: &PKeyRef<T>) -> Option<Curve> {
        let nid = key.ec_key().ok()?.group().curve_name()?;
        Self::ALL.into_iter().find(|curve| curve.nid() == nid)
    }

    fn nid(self) -> Nid {
        match self {
            Curve::P224 => Nid::SECP224R1,
            Curve::P256 => Nid::X9_62_PRIME256V1,
            Curve::P384 => Nid::SECP384R1,
            Curve::P521 => Nid::SECP521R1,
            Curve::Secp256k1 => Nid::SECP256K1,
        }
    }

    fn group(self) -> Result<EcGroup, Failed> {
        Ok(EcGroup::from_curve_name(self.nid())?)
    }
}

/// A new pair.
pub fn generate(curve: Curve) -> Result<PKey<Private>, Failed> {
    let group = curve.group()?;
    let key = EcKey::generate(&group)?;
    Ok(PKey::from_ec_key(key)?)
}

/// The key of an encoded point (SEC 1), compressed or not.
pub fn public_from_point(curve: Curve, point: &[u8]) -> Result<PKey<Public>, Failed> {
    let group = curve.group()?;
    let mut context = BigNumContext::new()?;
    let point = EcPoint::from_bytes(&group, point, &mut context)?;
    let key = EcKey::from_public_key(&group, &point)?;
    key.check_key()?;
    Ok(PKey::from_ec_key(key)?)
}

/// The encoded point of a key, not compressed.
pub fn public_to_point<T: HasPublic>(key: &PKeyRef<T>) -> Result<Vec<u8>, Failed> {
    let key = key.ec_key()?;
    let mut context = BigNumContext::new()?;
    let form = PointConversionForm::UNCOMPRESSED;
    Ok(key.public_key().to_bytes(key.group(), form, &mut context)?)
}

/// The key of two coordinates, big end first.
pub fn public_from_coordinates(curve: Curve, x: &[u8], y: &[u8]) -> Result<PKey<Public>, Failed> {
    let group = curve.group()?;
    let (x, y) = (BigNum::from_slice(x)?, BigNum::from_slice(y)?);
    let key = EcKey::from_public_key_affine_coordinates(&group, &x, &y)?;
    Ok(PKey::from_ec_key(key)?)
}

/// The private key of two coordinates and the secret number; they must belong together.
pub fn private_from_coordinates(
    curve: Curve,
    x: &[u8],
    y: &[u8],
    d: &[u8],
) -> Result<PKey<Private>, Failed> {
    let public = public_from_coordinates(curve, x, y)?.ec_key()?;
    let d = BigNum::from_slice(d)?;
    let group = curve.group()?;
    check_range(&group, &d)?;
    let key = EcKey::from_private_components(&group, &d, public.public_key())?;
    key.check_key()?;
    Ok(PKey::from_ec_key(key)?)
}

/// The private key of the secret number alone.
pub fn private_from_scalar(curve: Curve, d: &[u8]) -> Result<PKey<Private>, Failed> {
    let group = curve.group()?;
    let d = BigNum::from_slice(d)?;
    check_range(&group, &d)?;
    let mut context = BigNumContext::new_secure()?;
    let mut point = EcPoint::new(&group)?;
    point.mul_generator2(&group, &d, &mut context)?;
    let key = EcKey::from_private_components(&group, &d, &point)?;
    key.check_key()?;
    Ok(PKey::from_ec_key(key)?)
}

/// The secret number is neither 0 nor as large as the order of the curve.
fn check_range(group: &EcGroup, d: &BigNum) -> Result<(), Failed> {
    let mut order = BigNum::new()?;
    let mut context = BigNumContext::new()?;
    group.order(&mut order, &mut context)?;
    if d.num_bits() == 0 || *d >= order {
        return Err(Failed::because("private key is out of range"));
    }
    Ok(())
}

/// The coordinates of a key, padded to the length that the curve has.
pub fn coordinates<T: HasPublic>(key: &PKeyRef<T>) -> Result<(Vec<u8>, Vec<u8>), Failed> {
    let point = public_to_point(key)?;
    // 4, x, y
    let (x, y) = point[1..].split_at(point.len() / 2);
    Ok((x.to_vec(), y.to_vec()))
}

/// The secret number, padded to the length that the curve has.
pub fn scalar(key: &PKeyRef<Private>) -> Result<Vec<u8>, Failed> {
    let key = key.ec_key()?;
    let size = key.group().degree().div_ceil(8);
    Ok(key.private_key().to_vec_padded(size as i32)?)
}

/// A signature as WebCrypto has it, two numbers one behind the other, from DER.
pub fn signature_from_der(der: &[u8], size: usize) -> Result<Vec<u8>, Failed> {
    let signature = EcdsaSig::from_der(der)?;
    let mut bytes = signature.r().to_vec_padded(size as i32)?;
    bytes.extend(signature.s().to_vec_padded(size as i32)?);
    Ok(bytes)
}

/// The other way round; the signature has twice the length of a coordinate.
pub fn signature_to_der(signature: &[u8]) -> Result<Vec<u8>, Failed> {
    let (r, s) = signature.split_at(signature.len() / 2);
    let (r, s) = (BigNum::from_slice(r)?, BigNum::from_slice(s)?);
    Ok(EcdsaSig::from_private_components(r, s)?.to_der()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::key::{agree, public_of};

    #[test]
    fn a_pair_survives_as_point_and_numbers() {
        for curve in Curve::ALL {
            let key = generate(curve).unwrap();
            assert_eq!(Curve::of(&key), Some(curve));
            let (x, y) = coordinates(&key).unwrap();
            assert_eq!((x.len(), y.len()), (curve.size(), curve.size()));
            let d = scalar(&key).unwrap();
            assert_eq!(d.len(), curve.size());
            let again = private_from_coordinates(curve, &x, &y, &d).unwrap();
            assert!(again.public_eq(&key));
            assert!(private_from_scalar(curve, &d).unwrap().public_eq(&key));
            let public = public_from_point(curve, &public_to_point(&key).unwrap()).unwrap();
            assert!(public.public_eq(&key));
            let other = generate(curve).unwrap();
            assert!(private_from_coordinates(curve, &x, &y, &scalar(&other).unwrap()).is_err());
            assert!(public_from_coordinates(curve, &y, &x).is_err());
            let zero = private_from_coordinates(curve, &x, &y, &[0]);
            assert_eq!(zero.unwrap_err().reason, "private key is out of range");
        }
    }

    #[test]
    fn both_sides_agree() {
        for curve in Curve::ALL {
            let (a, b) = (generate(curve).unwrap(), generate(curve).unwrap());
            let secret = agree(&a, &public_of(&b).unwrap()).unwrap();
            assert_eq!(secret.len(), curve.size());
            assert_eq!(secret, agree(&b, &public_of(&a).unwrap()).unwrap());
        }
    }
}
