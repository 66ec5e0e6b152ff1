//! Compressed streams (<https://compression.spec.whatwg.org/>): what `CompressionStream` and `DecompressionStream` do with
//! bytes.
//!
//! A [`Codec`] has no I/O and is `Send`: JavaScript drives one chunk by chunk (`ops`), and a body that nobody looks at is
//! driven through one without JavaScript (`stream`).

mod codec;
mod ops;
mod stream;
#[cfg(test)]
mod tests;

pub(crate) use codec::CodecError;
pub(crate) use ops::register;
