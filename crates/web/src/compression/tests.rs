use bytes::Bytes;
use futures_util::StreamExt;

use super::codec::{Codec, CodecError, Format, Step};
use super::stream::Coded;
use crate::body::{Body, BodyError};

const FORMATS: [Format; 3] = [Format::Deflate, Format::DeflateRaw, Format::Gzip];

/// Some text, and then some that does not compress.
fn sample() -> Vec<u8> {
    let mut bytes = b"hello world ".repeat(10_000);
    let mut state = 1_u32;
    bytes.extend((0..100_000).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    }));
    bytes
}

fn drain(codec: &mut Codec, output: &mut Vec<u8>) -> Result<(), CodecError> {
    loop {
        match codec.step()? {
            Step::Output(bytes) => output.extend_from_slice(&bytes),
            Step::Again => {}
            Step::Idle => return Ok(()),
        }
    }
}

fn run(mut codec: Codec, input: &[u8], chunk: usize) -> Result<Vec<u8>, CodecError> {
    let mut output = Vec::new();
    for piece in input.chunks(chunk) {
        codec.write(Bytes::copy_from_slice(piece));
        drain(&mut codec, &mut output)?;
    }
    codec.finish();
    drain(&mut codec, &mut output)?;
    Ok(output)
}

fn compressed(format: Format, input: &[u8]) -> Vec<u8> {
    run(Codec::compressor(format), input, input.len().max(1)).expect("any bytes can be compressed")
}

#[test]
fn what_was_compressed_comes_back_whatever_the_chunks() {
    let sample = sample();
    for format in FORMATS {
        for chunk in [7, 4096, 1 << 20] {
            let packed = run(Codec::compressor(format), &sample, chunk).expect("compresses");
            let unpacked = run(Codec::decompressor(format, true), &packed, chunk);
            assert!(
                unpacked == Ok(sample.clone()),
                "{format:?} in chunks of {chunk}"
            );
        }
        let empty = compressed(format, b"");
        let unpacked = run(Codec::decompressor(format, true), &empty, 3);
        assert_eq!(unpacked, Ok(Vec::new()), "{format:?}");
    }
}

#[test]
fn cut_short_too_long_and_damaged_input_is_told_apart() {
    let sample = sample();
    for format in FORMATS {
        let packed = compressed(format, &sample);
        let decompress =
            |input: &[u8], strict| run(Codec::decompressor(format, strict), input, 5000);
        for length in [0, 1, 9, packed.len() / 2, packed.len() - 1] {
            let cut = &packed[..length];
            assert_eq!(
                decompress(cut, true),
                Err(CodecError::Incomplete),
                "{format:?}"
            );
            let lenient = decompress(cut, false).expect("the end is not missed");
            assert!(sample.starts_with(&lenient), "{format:?} cut at {length}");
        }
        let mut longer = packed.clone();
        longer.extend_from_slice(b"xyz");
        assert_eq!(
            decompress(&longer, true),
            Err(CodecError::Trailing),
            "{format:?}"
        );
        assert!(
            decompress(&longer, false) == Ok(sample.clone()),
            "{format:?}"
        );
        let garbage = [0xff; 64];
        assert_eq!(
            decompress(&garbage, true),
            Err(CodecError::Corrupt),
            "{format:?}"
        );
        assert_eq!(
            decompress(&garbage, false),
            Err(CodecError::Corrupt),
            "{format:?}"
        );
    }
    let mut wrong_sum = compressed(Format::Gzip, b"hello");
    let sum = wrong_sum.len() - 8;
    wrong_sum[sum] ^= 1;
    let result = run(Codec::decompressor(Format::Gzip, true), &wrong_sum, 100);
    assert_eq!(result, Err(CodecError::Corrupt));
}

#[test]
fn a_step_is_bounded() {
    let zeros = vec![0; 10 << 20];
    let packed = compressed(Format::Deflate, &zeros);
    let mut codec = Codec::decompressor(Format::Deflate, true);
    codec.write(packed.into());
    let mut steps = 0;
    loop {
        match codec.step().expect("it is whole") {
            Step::Output(bytes) => assert!(bytes.len() <= 16 << 10),
            Step::Again => {}
            Step::Idle => break,
        }
        steps += 1;
    }
    assert!(steps >= 640, "{steps} steps for 10 MiB");
}

#[tokio::test]
async fn bodies_pass_through_and_keep_their_errors() {
    let sample = sample();
    let body = Body::from(sample.clone()).into_stream();
    let packed = Coded::new(body, Codec::compressor(Format::Gzip));
    let body = crate::body::BodyStream::new(packed);
    let unpacked = Coded::new(body, Codec::decompressor(Format::Gzip, true));
    let chunks: Vec<_> = unpacked.collect().await;
    let mut whole = Vec::new();
    for chunk in chunks {
        whole.extend_from_slice(&chunk.expect("it is whole"));
    }
    assert!(whole == sample);

    let (sender, body) = crate::body::channel(2);
    sender.send(Bytes::from_static(b"hello")).await;
    sender.fail(BodyError::Failed("source".into()));
    let mut coded = Coded::new(body.into_stream(), Codec::compressor(Format::DeflateRaw));
    assert_eq!(
        coded.next().await,
        Some(Err(BodyError::Failed("source".into())))
    );
    assert_eq!(coded.next().await, None);

    let body = Body::from(b"not gzip at all".to_vec()).into_stream();
    let mut coded = Coded::new(body, Codec::decompressor(Format::Gzip, true));
    let error = coded.next().await.expect("an error").expect_err("not gzip");
    assert_eq!(error, BodyError::Codec(CodecError::Corrupt));
    assert!(error.is_type_error());
    assert_eq!(coded.next().await, None);
}
