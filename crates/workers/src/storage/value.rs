//! Stored values as bytes.
//!
//! The first byte says how to read the rest, so that the format can grow. Nearly everything is the engine's structured
//! clone, which is versioned itself; the two kinds of values that programs store most in bulk, short texts and numbers,
//! have a form of their own that takes a tenth of the time.

use holdfast_engine::{JsResult, Local, Scope, Thrown};

/// The engine's structured clone follows.
const CLONE: u8 = 1;
/// A string follows, one byte per code unit below 256.
const LATIN1: u8 = 2;
/// A number follows: an IEEE double, little-endian.
const NUMBER: u8 = 3;

/// Longest string that is looked at for its code units before it is handed to structured clone.
const LATIN1_BYTES_MAX: usize = 64 * 1024;

/// The bytes of a value. Throws DataCloneError for what has no clone, and whatever a getter throws.
pub(super) fn encode(scope: &mut Scope<'_>, value: Local<'_>) -> Result<Vec<u8>, Thrown> {
    if let Some(number) = value.as_number() {
        let mut bytes = vec![NUMBER];
        bytes.extend_from_slice(&number.to_le_bytes());
        return Ok(bytes);
    }
    if value.is_string()
        && let Some(units) = scope.string_latin1(value)?
        && units.len() <= LATIN1_BYTES_MAX
    {
        return Ok([&[LATIN1], units.as_slice()].concat());
    }
    let clone = scope.serialize(value)?;
    Ok([&[CLONE], clone.as_slice()].concat())
}

/// The value that [`encode`] wrote. Throws, an error that names no details, if the bytes are damaged.
pub(super) fn decode<'s>(scope: &mut Scope<'s>, bytes: &[u8]) -> JsResult<'s> {
    match bytes.split_first() {
        Some((&CLONE, clone)) => scope.deserialize(clone),
        Some((&LATIN1, units)) => scope.latin1(units),
        Some((&NUMBER, number)) => match <[u8; 8]>::try_from(number) {
            Ok(number) => Ok(scope.number(f64::from_le_bytes(number))),
            Err(_) => Err(scope.throw_error("a stored number does not have eight bytes")),
        },
        Some((version, _)) => {
            Err(scope.throw_error(&format!("a stored value has the unknown format {version}")))
        }
        None => Err(scope.throw_error("a stored value is empty")),
    }
}

/// What to throw when [`decode`] failed: stored bytes are not the program's fault.
pub(super) fn decode_failed(scope: &mut Scope<'_>, key: Option<&str>) -> Thrown {
    // Without an exception, execution was terminated.
    let Some(error) = scope.try_take_exception() else {
        return Thrown;
    };
    let cause = scope.display(error);
    let key = key.unwrap_or("(in a listing)");
    super::handle::throw_internal(scope, &format!("cannot read the value of {key:?}: {cause}"))
}
