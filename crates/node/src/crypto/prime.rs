//! Prime numbers.

use holdfast_engine::{Args, Extension, JsResult, Scope};
use openssl::bn::{BigNum, BigNumContext};
use openssl::error::ErrorStack;

use super::{bytes_from_js, bytes_if_any, number_from_js, run};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_node_prime_check", 3, check)
        .op("op_node_prime_generate", 5, generate)
}

/// `(number, rounds, later)` → whether it is (most probably) a prime number, or a promise of that
fn check<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let candidate = bytes_from_js(scope, args.get(0))?;
    let rounds = number_from_js(scope, args.get(1))? as i32;
    let work = move || {
        let mut context = BigNumContext::new()?;
        BigNum::from_slice(&candidate)?.is_prime(rounds, &mut context)
    };
    run(scope, args.get(2), work, |scope, prime| match prime {
        Ok(prime) => Ok(scope.bool(prime)),
        Err(_) => Ok(scope.undefined()),
    })
}

/// `(bits, safe, add | undefined, rem | undefined, later)` → ArrayBuffer or `undefined`, or a promise of it
fn generate<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let bits = number_from_js(scope, args.get(0))? as i32;
    let safe = args.get(1).as_bool() == Some(true);
    let add = bytes_if_any(scope, args.get(2))?;
    let rem = bytes_if_any(scope, args.get(3))?;
    let work = move || {
        let number =
            |bytes: Option<Vec<u8>>| bytes.map(|bytes| BigNum::from_slice(&bytes)).transpose();
        let (add, rem) = (number(add)?, number(rem)?);
        let mut prime = BigNum::new()?;
        prime.generate_prime(bits, safe, add.as_deref(), rem.as_deref())?;
        prime.to_vec_padded((bits + 7) / 8)
    };
    run(
        scope,
        args.get(4),
        work,
        |scope, prime: Result<_, ErrorStack>| match prime {
            Ok(prime) => scope.array_buffer(prime),
            Err(_) => Ok(scope.undefined()),
        },
    )
}
