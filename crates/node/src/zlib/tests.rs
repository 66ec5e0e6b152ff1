use super::deflate::{Settings, Wrapper};
use super::inflate::Wrapping;
use super::{Codec, Failure, Next, Stream, brotli, deflate, inflate, zstd};

fn sample() -> Vec<u8> {
    let mut bytes = b"hello world ".repeat(10_000);
    let mut state = 1_u32;
    bytes.extend((0..100_000).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    }));
    bytes
}

/// Everything, ended by `flush`; and how much of the input was taken.
fn run(
    codec: impl Codec + 'static,
    input: &[u8],
    room: usize,
    flush: u32,
) -> Result<(Vec<u8>, usize), Failure> {
    let mut stream = Stream(Box::new(codec));
    let (mut output, mut taken) = (Vec::new(), 0);
    loop {
        let step = stream.step(&input[taken..], room, flush)?;
        assert!(step.output.len() <= room);
        output.extend_from_slice(&step.output);
        taken += step.taken;
        if step.next != Next::Again {
            return Ok((output, taken));
        }
    }
}

fn deflater(wrapper: Wrapper) -> deflate::Compressor {
    deflate::Compressor::new(Settings {
        wrapper,
        level: -1,
        window_bits: 15,
        mem_level: 8,
        strategy: 0,
        dictionary: Vec::new(),
        may_change: true,
    })
    .expect("usual settings")
}

fn inflater(wrapping: Wrapping) -> inflate::Decompressor {
    inflate::Decompressor::new(wrapping, 15, Vec::new()).expect("usual settings")
}

const Z_FINISH: u32 = 4;
const OTHER_FINISH: u32 = 2;

#[test]
fn what_was_compressed_comes_back_whatever_the_room() {
    let sample = sample();
    for room in [64, 1000, 16 << 10, 1 << 20] {
        for (wrapper, wrapping) in [
            (Wrapper::Zlib, Wrapping::Zlib),
            (Wrapper::Gzip, Wrapping::Gzip),
            (Wrapper::None, Wrapping::None),
            (Wrapper::Zlib, Wrapping::Either),
            (Wrapper::Gzip, Wrapping::Either),
        ] {
            let (packed, _) = run(deflater(wrapper), &sample, room, Z_FINISH).expect("packs");
            let (unpacked, taken) =
                run(inflater(wrapping), &packed, room, Z_FINISH).expect("unpacks");
            assert!(
                unpacked == sample && taken == packed.len(),
                "{wrapper:?}, room {room}"
            );
        }
        let encoder = brotli::Compressor::new(vec![(1, 5)]).expect("a quality");
        let (packed, _) = run(encoder, &sample, room, OTHER_FINISH).expect("packs");
        let decoder = brotli::Decompressor::new(Vec::new()).expect("no parameters");
        let (unpacked, _) = run(decoder, &packed, room, OTHER_FINISH).expect("unpacks");
        assert!(unpacked == sample, "brotli, room {room}");

        let encoder = zstd::Compressor::new(&[(201, 1)], None, &[]).expect("a checksum");
        let (packed, _) = run(encoder, &sample, room, OTHER_FINISH).expect("packs");
        let decoder = zstd::Decompressor::new(&[], &[]).expect("no parameters");
        let (unpacked, _) = run(decoder, &packed, room, OTHER_FINISH).expect("unpacks");
        assert!(unpacked == sample, "zstd, room {room}");
    }
}

#[test]
fn members_of_gzip_follow_each_other_and_padding_ends_them() {
    let (one, _) = run(deflater(Wrapper::Gzip), b"one", 64, Z_FINISH).expect("packs");
    let two = [one.as_slice(), one.as_slice()].concat();
    // A room of three bytes is full exactly when the first member ends.
    for room in [3, 64] {
        for wrapping in [Wrapping::Gzip, Wrapping::Either] {
            let whole = run(inflater(wrapping), &two, room, Z_FINISH).expect("unpacks");
            assert_eq!(whole, (b"oneone".to_vec(), two.len()));
        }
    }
    let padded = [one.as_slice(), &[0, 0, 1]].concat();
    let first = run(inflater(Wrapping::Gzip), &padded, 64, Z_FINISH).expect("unpacks");
    assert_eq!(first, (b"one".to_vec(), one.len()));
    let garbled = [one.as_slice(), b"xyz"].concat();
    let failure = run(inflater(Wrapping::Gzip), &garbled, 64, Z_FINISH).expect_err("no member");
    assert_eq!(
        failure,
        Failure::zlib(super::DATA_ERROR, "incorrect header check")
    );
}

#[test]
fn input_that_is_cut_short_fails_unless_it_may_be() {
    let sample = sample();
    let (packed, _) = run(deflater(Wrapper::Zlib), &sample, 4096, Z_FINISH).expect("packs");
    let cut = &packed[..packed.len() - 5];
    let failure = run(inflater(Wrapping::Zlib), cut, 4096, Z_FINISH).expect_err("cut short");
    assert_eq!(
        failure,
        Failure::zlib(super::BUF_ERROR, "unexpected end of file")
    );
    let (unpacked, _) = run(inflater(Wrapping::Zlib), cut, 4096, 2).expect("Z_SYNC_FLUSH");
    assert!(sample.starts_with(&unpacked) && unpacked.len() > sample.len() / 2);
}

#[test]
fn settings_that_do_not_fit_are_refused() {
    for wrapper in [Wrapper::Gzip, Wrapper::None] {
        let settings = Settings {
            wrapper,
            level: 6,
            window_bits: 8,
            mem_level: 8,
            strategy: 0,
            dictionary: Vec::new(),
            may_change: true,
        };
        assert!(deflate::Compressor::new(settings).is_err());
    }
    assert!(inflate::Decompressor::new(Wrapping::None, 0, Vec::new()).is_err());
    // 0: as the header says.
    for (wrapper, wrapping) in [
        (Wrapper::Zlib, Wrapping::Zlib),
        (Wrapper::Gzip, Wrapping::Gzip),
    ] {
        let (packed, _) = run(deflater(wrapper), b"abc", 64, Z_FINISH).expect("packs");
        let decoder = inflate::Decompressor::new(wrapping, 0, Vec::new()).expect("0 is allowed");
        let (unpacked, _) = run(decoder, &packed, 64, Z_FINISH).expect("unpacks");
        assert_eq!(unpacked, b"abc");
    }
    assert!(brotli::Compressor::new(vec![(99, 1)]).is_err());
    assert!(zstd::Compressor::new(&[(99, 1)], None, &[]).is_err());
    assert!(zstd::Compressor::new(&[(101, 5)], None, &[]).is_err());
}

#[test]
fn output_that_just_fits_ends_once() {
    let (packed, _) = run(zstd_encoder(), b"abc", 64, OTHER_FINISH).expect("packs");
    let (again, _) = run(zstd_encoder(), b"abc", packed.len(), OTHER_FINISH).expect("packs");
    assert_eq!(again, packed);
    let (packed, _) = run(deflater(Wrapper::Gzip), b"abc", 64, Z_FINISH).expect("packs");
    let (again, _) = run(deflater(Wrapper::Gzip), b"abc", packed.len(), Z_FINISH).expect("packs");
    assert_eq!(again, packed);
}

fn zstd_encoder() -> zstd::Compressor {
    zstd::Compressor::new(&[], None, &[]).expect("no parameters")
}

#[test]
fn settings_may_change_on_the_way() {
    let sample = sample();
    let parts = [
        &sample[..50_000],
        &sample[50_000..150_000],
        &sample[150_000..],
    ];
    // Each with the level and strategy that follow it.
    let changes = [(0, 0), (9, 2), (1, 3)];
    for (wrapper, wrapping) in [
        (Wrapper::Zlib, Wrapping::Zlib),
        (Wrapper::Gzip, Wrapping::Gzip),
        (Wrapper::None, Wrapping::None),
    ] {
        // Where there is room for six bytes or less, zlib repeats what ends a flush.
        for room in [7, 64, 4096] {
            let mut stream = Stream(Box::new(deflater(wrapper)));
            stream.0.set_params(1, 0).expect("before anything");
            let mut packed = Vec::new();
            let mut write = |stream: &mut Stream, mut input: &[u8], flush| loop {
                let step = stream.step(input, room, flush).expect("compresses");
                packed.extend_from_slice(&step.output);
                input = &input[step.taken..];
                if step.next != Next::Again {
                    break;
                }
            };
            for (part, (level, strategy)) in parts.into_iter().zip(changes) {
                write(&mut stream, part, 2);
                stream.0.set_params(level, strategy).expect("after a flush");
            }
            write(&mut stream, &[], Z_FINISH);
            let (unpacked, taken) =
                run(inflater(wrapping), &packed, 4096, Z_FINISH).expect("unpacks");
            assert!(
                unpacked == sample && taken == packed.len(),
                "{wrapper:?}, room {room}"
            );
        }
    }
}
