//! Signed public keys and challenges (SPKAC), which the `keygen` element of HTML used to make.

use holdfast_engine::{Args, Extension, JsResult, Scope};
use holdfast_web::crypto::key;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Public};
use openssl::sign::Verifier;

use super::der::{self, BIT_STRING, IA5_STRING, SEQUENCE};
use super::{buffer_to_js, bytes_from_js};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_node_spkac_verify", 1, verify)
        .op("op_node_spkac_challenge", 1, challenge)
        .op("op_node_spkac_public_key", 1, public_key)
}

/// A SignedPublicKeyAndChallenge.
struct Spkac<'a> {
    signed: &'a [u8],
    key: PKey<Public>,
    challenge: &'a [u8],
    /// Object identifier of the algorithm, in digits.
    algorithm: String,
    signature: &'a [u8],
}

impl Spkac<'_> {
    fn parse(der: &[u8]) -> Option<Spkac<'_>> {
        let parts = der::parts(&der::first(der)?, SEQUENCE)?;
        let [signed, algorithm, signature] = parts[..] else {
            return None;
        };
        let inner = der::parts(&signed, SEQUENCE)?;
        let [key, challenge] = inner[..] else {
            return None;
        };
        let algorithm = *der::parts(&algorithm, SEQUENCE)?.first()?;
        Some(Spkac {
            signed: signed.full_data(),
            key: key::public_from_spki(key.full_data()).ok()?,
            challenge: der::body(&challenge, IA5_STRING)?,
            algorithm: der::dotted(algorithm.data())?,
            // The first octet says how many bits of the last one do not count: none.
            signature: der::body(&signature, BIT_STRING)?.strip_prefix(&[0])?,
        })
    }

    fn is_right(&self) -> Option<bool> {
        let algorithm = openssl::asn1::Asn1Object::from_str(&self.algorithm).ok()?;
        let hash = algorithm.nid().signature_algorithms()?.digest;
        let hash = MessageDigest::from_nid(hash).filter(|_| hash != Nid::UNDEF)?;
        let mut verifier = Verifier::new(hash, &self.key).ok()?;
        verifier.verify_oneshot(self.signature, self.signed).ok()
    }
}

/// `(DER)` → whether it is signed by the pair of its public key
fn verify<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let der = bytes_from_js(scope, args.get(0))?;
    let right = Spkac::parse(&der).and_then(|spkac| spkac.is_right());
    Ok(scope.bool(right == Some(true)))
}

/// `(DER)` → ArrayBuffer | undefined
fn challenge<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let der = bytes_from_js(scope, args.get(0))?;
    match Spkac::parse(&der) {
        Some(spkac) => scope.array_buffer(spkac.challenge),
        None => Ok(scope.undefined()),
    }
}

/// `(DER)` → ArrayBuffer of PEM | undefined
fn public_key<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let der = bytes_from_js(scope, args.get(0))?;
    match Spkac::parse(&der) {
        Some(spkac) => buffer_to_js(scope, key::public_to_pem(&spkac.key)),
        None => Ok(scope.undefined()),
    }
}
