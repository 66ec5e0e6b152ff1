//! AES as WebCrypto has it: whole messages, keys of 128, 192 or 256 bits.

use openssl::aes::{AesKey, unwrap_key, wrap_key};

use super::Failed;
use super::cipher::{Cipher, CipherStream, Direction};

const BLOCK: usize = 16;

fn cipher(key: &[u8], mode: &str) -> Result<Cipher, Failed> {
    Cipher::by_name(&format!("aes-{}-{mode}", key.len() * 8))
        .ok_or_else(|| Failed::because("invalid key length"))
}

fn run(
    mode: &str,
    direction: Direction,
    key: &[u8],
    iv: &[u8],
    message: &[u8],
) -> Result<Vec<u8>, Failed> {
    let mut stream = CipherStream::new(cipher(key, mode)?, direction, key, iv, None)?;
    let mut output = Vec::with_capacity(message.len() + 2 * BLOCK);
    stream.update(message, &mut output)?;
    stream.finish(&mut output)?;
    Ok(output)
}

/// AES-CBC with padding.
pub fn cbc(direction: Direction, key: &[u8], iv: &[u8], message: &[u8]) -> Result<Vec<u8>, Failed> {
    run("cbc", direction, key, iv, message)
}

/// AES-CTR, the same both ways. The last `length` bits of `counter` (1 to 128) count, and wrap around without touching
/// those before them. The caller has checked that no value comes twice.
pub fn ctr(
    key: &[u8],
    counter: [u8; BLOCK],
    length: u32,
    message: &[u8],
) -> Result<Vec<u8>, Failed> {
    let direction = Direction::Encrypt; // it makes no difference
    let start = u128::from_be_bytes(counter);
    let mask = u128::MAX >> (128 - length);
    // OpenSSL counts with all 128 bits: where the counting ones overflow, it starts again.
    let until_wrap = (mask - (start & mask)).saturating_add(1);
    let first = usize::try_from(until_wrap)
        .unwrap_or(usize::MAX)
        .saturating_mul(BLOCK)
        .min(message.len());
    let (before, after) = message.split_at(first);
    let mut output = run("ctr", direction, key, &counter, before)?;
    if !after.is_empty() {
        let wrapped = (start & !mask).to_be_bytes();
        output.extend(run("ctr", direction, key, &wrapped, after)?);
    }
    Ok(output)
}

/// Whether a message of this many bytes needs more values than a counter of `length` bits has.
pub fn ctr_repeats(length: u32, message: usize) -> bool {
    let blocks = message.div_ceil(BLOCK) as u128;
    length < 128 && blocks > 1 << length
}

/// AES-GCM: the message and behind it the tag of `tag_length` bytes.
pub fn gcm_seal(
    key: &[u8],
    iv: &[u8],
    additional: &[u8],
    tag_length: usize,
    message: &[u8],
) -> Result<Vec<u8>, Failed> {
    let cipher = cipher(key, "gcm")?;
    let mut stream = CipherStream::new(cipher, Direction::Encrypt, key, iv, None)?;
    stream.additional_data(additional)?;
    let mut output = Vec::with_capacity(message.len() + 2 * BLOCK);
    stream.update(message, &mut output)?;
    stream.finish(&mut output)?;
    output.extend(stream.tag(tag_length)?);
    Ok(output)
}

/// The message that [`gcm_seal`] was given.
pub fn gcm_open(
    key: &[u8],
    iv: &[u8],
    additional: &[u8],
    tag_length: usize,
    sealed: &[u8],
) -> Result<Vec<u8>, Failed> {
    let Some(length) = sealed.len().checked_sub(tag_length) else {
        return Err(Failed::because("too short for a tag"));
    };
    let (message, tag) = sealed.split_at(length);
    let cipher = cipher(key, "gcm")?;
    let mut stream = CipherStream::new(cipher, Direction::Decrypt, key, iv, None)?;
    stream.additional_data(additional)?;
    let mut output = Vec::with_capacity(message.len() + BLOCK);
    stream.update(message, &mut output)?;
    stream.expect_tag(tag)?;
    stream.finish(&mut output)?;
    Ok(output)
}

/// AES-KW (RFC 3394): `bytes` are a multiple of 8 and at least 16.
pub fn wrap(key: &[u8], bytes: &[u8]) -> Result<Vec<u8>, Failed> {
    if !bytes.len().is_multiple_of(8) || bytes.len() < 16 {
        return Err(Failed::because("invalid length"));
    }
    let key = AesKey::new_encrypt(key).map_err(|_| Failed::because("invalid key length"))?;
    let mut wrapped = vec![0; bytes.len() + 8];
    wrap_key(&key, None, &mut wrapped, bytes).map_err(|_| Failed::because("wrapping failed"))?;
    Ok(wrapped)
}

/// The bytes that [`wrap`] was given.
pub fn unwrap(key: &[u8], wrapped: &[u8]) -> Result<Vec<u8>, Failed> {
    if !wrapped.len().is_multiple_of(8) || wrapped.len() < 24 {
        return Err(Failed::because("invalid length"));
    }
    let key = AesKey::new_decrypt(key).map_err(|_| Failed::because("invalid key length"))?;
    let mut bytes = vec![0; wrapped.len() - 8];
    unwrap_key(&key, None, &mut bytes, wrapped)
        .map_err(|_| Failed::because("unwrapping failed"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_counter_wraps_without_touching_its_nonce() {
        let key = [1; 16];
        let mut counter = [0xff; BLOCK];
        counter[0] = 0x12;
        let message = [0; 3 * BLOCK];
        let output = ctr(&key, counter, 4, &message).unwrap();
        let mut next = counter;
        for block in 0..3 {
            let alone = ctr(&key, next, 128, &message[..BLOCK]).unwrap();
            assert_eq!(output[block * BLOCK..][..BLOCK], alone, "block {block}");
            next[15] = 0xf0 | (next[15].wrapping_add(1) & 0x0f);
        }
    }

    #[test]
    fn a_counter_of_all_bits_wraps_to_zero() {
        let key = [1; 16];
        let output = ctr(&key, [0xff; BLOCK], 128, &[0; 2 * BLOCK]).unwrap();
        let second = ctr(&key, [0; BLOCK], 128, &[0; BLOCK]).unwrap();
        assert_eq!(output[BLOCK..], second);
    }

    #[test]
    fn values_of_a_counter_are_counted() {
        assert!(!ctr_repeats(1, 32));
        assert!(ctr_repeats(1, 33));
        assert!(!ctr_repeats(128, usize::MAX));
    }
}
