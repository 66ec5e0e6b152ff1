//! Diffie-Hellman over prime numbers. The arithmetic alone: OpenSSL's own type refuses primes that Node and Workers
//! take, and JavaScript keeps the halves of a pair apart.

use std::sync::OnceLock;

use holdfast_engine::{Args, Extension, JsResult, Scope};
use holdfast_web::crypto::Failed;
use holdfast_web::crypto::key::{Key, public_of};
use openssl::bn::{BigNum, BigNumContext, BigNumRef, MsbOption};
use openssl::dh::Dh;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};

use super::{buffer_to_js, bytes_from_js, key_to_js, number_from_js, run};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_node_dh_group", 1, group)
        .op("op_node_dh_power", 3, power)
        .op("op_node_dh_private", 1, private)
        .op("op_node_dh_search", 2, search)
        .op("op_node_dh_is_composite", 1, is_composite)
        .op("op_node_dh_pair", 3, pair)
}

/// `(name)` → the prime of a group of RFC 3526 as ArrayBuffer | undefined; its generator is 2
fn group<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let prime = match scope.to_string(args.get(0))?.as_str() {
        "modp5" => BigNum::get_rfc3526_prime_1536(),
        "modp14" => BigNum::get_rfc3526_prime_2048(),
        "modp15" => BigNum::get_rfc3526_prime_3072(),
        "modp16" => BigNum::get_rfc3526_prime_4096(),
        "modp17" => BigNum::get_rfc3526_prime_6144(),
        "modp18" => BigNum::get_rfc3526_prime_8192(),
        _ => return Ok(scope.undefined()),
    };
    buffer_to_js(scope, bytes_of(prime))
}

fn bytes_of(number: Result<BigNum, ErrorStack>) -> Result<Vec<u8>, Failed> {
    Ok(number?.to_vec())
}

fn raise(base: &[u8], exponent: &[u8], prime: &[u8]) -> Result<BigNum, ErrorStack> {
    let (base, prime) = (BigNum::from_slice(base)?, BigNum::from_slice(prime)?);
    let mut exponent = BigNum::from_slice(exponent)?;
    // It is the secret one.
    exponent.set_const_time();
    let mut context = BigNumContext::new_secure()?;
    let mut power = BigNum::new()?;
    power.mod_exp(&base, &exponent, &prime, &mut context)?;
    Ok(power)
}

/// `(base, exponent, odd prime)` → ArrayBuffer as long as the prime
fn power<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let base = bytes_from_js(scope, args.get(0))?;
    let exponent = bytes_from_js(scope, args.get(1))?;
    let prime = bytes_from_js(scope, args.get(2))?;
    let size = BigNum::from_slice(&prime).map(|prime| prime.num_bytes());
    let power = raise(&base, &exponent, &prime);
    let bytes = power.and_then(|power| power.to_vec_padded(size?));
    buffer_to_js(scope, bytes.map_err(Failed::from))
}

/// A secret number below half of the prime, and not 0.
fn secret_below(prime: &[u8]) -> Result<BigNum, ErrorStack> {
    let mut half = BigNum::new()?;
    half.rshift1(&*BigNum::from_slice(prime)?)?;
    let mut secret = BigNum::new()?;
    loop {
        half.rand_range(&mut secret)?;
        if secret.num_bits() > 0 || half.num_bits() < 2 {
            return Ok(secret);
        }
    }
}

/// `(prime)` → a new secret number as ArrayBuffer
fn private<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let prime = bytes_from_js(scope, args.get(0))?;
    buffer_to_js(scope, bytes_of(secret_below(&prime)))
}

// --- primes --------------------------------------------------------------------------------------

// OpenSSL's own search for a safe prime comes back with one only (with 2048 bits, that is half a minute), and its test
// does 64 rounds at least, so that neither would heed the limit on CPU time: hence a search in steps, and single rounds.

/// How far one call looks; then JavaScript has its turn, and with it the limit on CPU time.
const CANDIDATES_MAX: u32 = 1 << 14;
/// Numbers that pass the sieve and are looked at closely in one call.
const TRIALS_MAX: usize = 8;

/// `(bits, generator)` → a safe prime for the generator as ArrayBuffer, or `undefined` if this call found none
fn search<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let bits = number_from_js(scope, args.get(0))? as i32;
    let generator = number_from_js(scope, args.get(1))?;
    match find_safe_prime(bits, generator) {
        Ok(Some(prime)) => scope.array_buffer(prime.to_vec()),
        Ok(None) | Err(_) => Ok(scope.undefined()),
    }
}

/// What a safe prime leaves when it is divided, so that the generator makes all numbers: as OpenSSL chose it before its
/// third version, and BoringSSL does.
fn residue(generator: u32) -> (u32, u32) {
    match generator {
        2 => (24, 11),
        5 => (10, 3),
        _ => (12, 11),
    }
}

/// Looks for `p` such that it and `(p - 1) / 2` are primes, from a random number on.
fn find_safe_prime(bits: i32, generator: u32) -> Result<Option<BigNum>, ErrorStack> {
    let (step, rest) = residue(generator);
    let mut start = BigNum::new()?;
    start.rand(bits, MsbOption::TWO_ONES, true)?;
    let excess = start.mod_word(step)? as u32;
    start.add_word((step + rest - excess) % step)?;

    // Of the start; those of the candidates follow from them.
    let sieve = small_primes()
        .iter()
        .filter(|prime| bits > 2 * prime_bits(**prime) + 2);
    let residues: Result<Vec<(u32, u32)>, ErrorStack> = sieve
        .map(|prime| Ok((*prime, start.mod_word(*prime)? as u32)))
        .collect();
    let residues = residues?;
    let mut context = BigNumContext::new()?;
    let mut trials = 0;
    for offset in (0..CANDIDATES_MAX).map(|index| index * step) {
        // `p` or `(p - 1) / 2` can be divided.
        let is_divided = |(prime, residue): &(u32, u32)| (residue + offset) % prime < 2;
        if residues.iter().any(is_divided) {
            continue;
        }
        let mut candidate = start.to_owned()?;
        candidate.add_word(offset)?;
        if candidate.num_bits() != bits || trials == TRIALS_MAX {
            return Ok(None);
        }
        trials += 1;
        let mut half = BigNum::new()?;
        half.rshift1(&candidate)?;
        // A round for both first: most fail it. OpenSSL's rounds for one of them while the other is composite would
        // make the search two to four times as long.
        if !passes_round(&half, &mut context)? || !passes_round(&candidate, &mut context)? {
            continue;
        }
        if half.is_prime(0, &mut context)? && candidate.is_prime(0, &mut context)? {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

fn prime_bits(prime: u32) -> i32 {
    (u32::BITS - prime.leading_zeros()) as i32
}

/// The odd ones below 4096.
fn small_primes() -> &'static [u32] {
    static PRIMES: OnceLock<Vec<u32>> = OnceLock::new();
    PRIMES.get_or_init(|| {
        let is_prime = |number: &u32| {
            (2..*number)
                .take_while(|d| d * d <= *number)
                .all(|d| !number.is_multiple_of(d))
        };
        (3..4096).filter(is_prime).collect()
    })
}

/// One round of Miller and Rabin's test with a random base. A composite number passes with a probability of a quarter
/// at most.
fn passes_round(number: &BigNumRef, context: &mut BigNumContext) -> Result<bool, ErrorStack> {
    if number.num_bits() <= 2 || number.is_even() {
        return Ok(matches!(number.to_vec()[..], [2] | [3]));
    }
    let mut less_one = number.to_owned()?;
    less_one.sub_word(1)?;
    let zeros = (0..).take_while(|bit| !less_one.is_bit_set(*bit)).count() as i32;
    let mut odd = BigNum::new()?;
    odd.rshift(&less_one, zeros)?;
    // 2 to number - 2.
    let mut range = number.to_owned()?;
    range.sub_word(3)?;
    let mut base = BigNum::new()?;
    range.rand_range(&mut base)?;
    base.add_word(2)?;

    let one = BigNum::from_u32(1)?;
    let mut power = BigNum::new()?;
    power.mod_exp(&base, &odd, number, context)?;
    if power == one || power == less_one {
        return Ok(true);
    }
    for _ in 1..zeros {
        let mut square = BigNum::new()?;
        square.mod_sqr(&power, number, context)?;
        power = square;
        if power == less_one {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `(odd number)` → whether one round shows that it is no prime
fn is_composite<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let number = bytes_from_js(scope, args.get(0))?;
    let number = BigNum::from_slice(&number);
    let passes = number.and_then(|number| passes_round(&number, &mut BigNumContext::new()?));
    Ok(scope.bool(!matches!(passes, Ok(true))))
}

// --- pairs of keys -------------------------------------------------------------------------------

fn make_pair(prime: &[u8], generator: &[u8]) -> Result<PKey<Private>, ErrorStack> {
    let secret = secret_below(prime)?;
    let open = raise(generator, &secret.to_vec(), prime)?;
    let (prime, generator) = (BigNum::from_slice(prime)?, BigNum::from_slice(generator)?);
    let key = Dh::from_pqg(prime, None, generator)?.set_key(open, secret)?;
    PKey::from_dh(key)
}

/// `(prime, generator, later)` → `[private key, public key]` or `undefined`, or a promise of it
fn pair<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let prime = bytes_from_js(scope, args.get(0))?;
    let generator = bytes_from_js(scope, args.get(1))?;
    let work = move || {
        if generator.iter().all(|byte| *byte == 0) {
            return None;
        }
        let private = make_pair(&prime, &generator).ok()?;
        let public = public_of(&private).ok()?;
        Some((private, public))
    };
    run(scope, args.get(2), work, |scope, pair| match pair {
        Some((private, public)) => {
            let private = key_to_js(scope, Key::Private(private))?;
            let public = key_to_js(scope, Key::Public(public))?;
            scope.array(&[private, public])
        }
        None => Ok(scope.undefined()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_web::crypto::key::agree;

    #[test]
    fn safe_primes_are_found_and_fit_their_generator() {
        let mut context = BigNumContext::new().unwrap();
        for (bits, generator, step, rest) in [(64, 2, 24, 11), (128, 5, 10, 3), (20, 3, 12, 11)] {
            let found = (0..).find_map(|_| find_safe_prime(bits, generator).unwrap());
            let prime = found.unwrap();
            assert_eq!(prime.num_bits(), bits);
            assert_eq!(prime.mod_word(step).unwrap(), rest);
            assert!(prime.is_prime(0, &mut context).unwrap());
            let mut half = BigNum::new().unwrap();
            half.rshift1(&prime).unwrap();
            assert!(half.is_prime(0, &mut context).unwrap());
        }
    }

    #[test]
    fn rounds_tell_primes_from_others() {
        let mut context = BigNumContext::new().unwrap();
        let mut passes = |number: u32| {
            let number = BigNum::from_u32(number).unwrap();
            (0..40).all(|_| passes_round(&number, &mut context).unwrap())
        };
        for prime in [2, 3, 5, 7, 97, 65537, 2_147_483_647] {
            assert!(passes(prime), "{prime}");
        }
        // With Carmichael numbers among them.
        for number in [0, 1, 4, 9, 15, 561, 1105, 65536, 2_147_483_645] {
            assert!(!passes(number), "{number}");
        }
    }

    #[test]
    fn both_sides_of_a_pair_agree() {
        let prime = BigNum::get_rfc3526_prime_2048().unwrap().to_vec();
        let (a, b) = (
            make_pair(&prime, &[2]).unwrap(),
            make_pair(&prime, &[2]).unwrap(),
        );
        let secret = agree(&a, &public_of(&b).unwrap()).unwrap();
        assert_eq!(secret, agree(&b, &public_of(&a).unwrap()).unwrap());
        assert_eq!(secret.len(), prime.len());
    }
}
