//! The frame header (RFC 6455, section 5.2), masking, and what can be wrong.

use std::fmt;

/// Largest payload of a control frame, in bytes.
pub(super) const CONTROL_BYTES_MAX: usize = 125;

/// The kind of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opcode {
    /// More of the message before.
    Continuation,
    /// A text message.
    Text,
    /// A binary message.
    Binary,
    /// The last frame.
    Close,
    /// To be answered with a pong.
    Ping,
    /// An answer to a ping, or a sign of life.
    Pong,
}

impl Opcode {
    pub(super) fn from_bits(bits: u8) -> Result<Opcode, ProtocolError> {
        Ok(match bits {
            0 => Opcode::Continuation,
            1 => Opcode::Text,
            2 => Opcode::Binary,
            8 => Opcode::Close,
            9 => Opcode::Ping,
            10 => Opcode::Pong,
            other => return Err(ProtocolError::wrong(format!("Unknown opcode {other}"))),
        })
    }

    pub(super) const fn bits(self) -> u8 {
        match self {
            Opcode::Continuation => 0,
            Opcode::Text => 1,
            Opcode::Binary => 2,
            Opcode::Close => 8,
            Opcode::Ping => 9,
            Opcode::Pong => 10,
        }
    }

    pub(super) const fn is_control(self) -> bool {
        self.bits() >= 8
    }
}

/// The other side broke the protocol: the code and the reason of the close frame that it gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtocolError {
    /// 1002, 1007 or 1009.
    pub code: u16,
    /// Fits into a close frame.
    pub reason: String,
}

impl ProtocolError {
    /// A violation of the protocol.
    pub(super) fn wrong(reason: impl Into<String>) -> ProtocolError {
        ProtocolError {
            code: 1002,
            reason: reason.into(),
        }
    }

    /// A text that is not UTF-8.
    pub(super) fn not_utf8() -> ProtocolError {
        ProtocolError {
            code: 1007,
            reason: "Received text that is not valid UTF-8".to_owned(),
        }
    }

    /// A message that is too large.
    pub(super) fn too_large(bytes: u64, limit: usize) -> ProtocolError {
        ProtocolError {
            code: 1009,
            reason: format!("Message is too large: {bytes} > {limit}"),
        }
    }
}

impl fmt::Display for ProtocolError {
    /// In the words of `workerd`, which programs see as the message of an `Error`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "WebSocket protocol error; protocolError.statusCode = {}; protocolError.description = {}",
            self.code, self.reason
        )
    }
}

/// Whether a code may stand in a close frame (RFC 6455, section 7.4).
pub const fn is_close_code(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

/// What stands before a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) last: bool,
    /// RSV1: the message is compressed.
    pub(super) compressed: bool,
    /// RSV2 or RSV3.
    pub(super) reserved: bool,
    pub(super) opcode: u8,
    pub(super) mask: Option<[u8; 4]>,
    pub(super) length: u64,
}

impl Header {
    /// The header at the front of `bytes` and its own length, if it is there in whole.
    pub(super) fn parse(bytes: &[u8]) -> Result<Option<(Header, usize)>, ProtocolError> {
        let [first, second, rest @ ..] = bytes else {
            return Ok(None);
        };
        let (length, extended) = match second & 0x7f {
            126 => match rest.first_chunk::<2>() {
                Some(bytes) => (u64::from(u16::from_be_bytes(*bytes)), 2),
                None => return Ok(None),
            },
            127 => match rest.first_chunk::<8>() {
                Some(bytes) => (u64::from_be_bytes(*bytes), 8),
                None => return Ok(None),
            },
            short => (u64::from(short), 0),
        };
        if length > i64::MAX as u64 {
            return Err(ProtocolError::wrong("Received a frame of negative length"));
        }
        let (mask, mask_bytes) = if second & 0x80 == 0 {
            (None, 0)
        } else {
            match rest[extended..].first_chunk::<4>() {
                Some(mask) => (Some(*mask), 4),
                None => return Ok(None),
            }
        };
        let header = Header {
            last: first & 0x80 != 0,
            compressed: first & 0x40 != 0,
            reserved: first & 0x30 != 0,
            opcode: first & 0x0f,
            mask,
            length,
        };
        Ok(Some((header, 2 + extended + mask_bytes)))
    }

    /// Appends the header to `out`.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let first =
            u8::from(self.last) << 7 | u8::from(self.compressed) << 6 | (self.opcode & 0x0f);
        let masked = u8::from(self.mask.is_some()) << 7;
        out.push(first);
        match self.length {
            0..126 => out.push(masked | self.length as u8),
            126..0x1_0000 => {
                out.push(masked | 126);
                out.extend_from_slice(&(self.length as u16).to_be_bytes());
            }
            _ => {
                out.push(masked | 127);
                out.extend_from_slice(&self.length.to_be_bytes());
            }
        }
        if let Some(mask) = self.mask {
            out.extend_from_slice(&mask);
        }
    }
}

/// Masks or unmasks (section 5.3): the same operation.
pub(super) fn apply_mask(bytes: &mut [u8], mask: [u8; 4]) {
    let wide = u64::from_ne_bytes([
        mask[0], mask[1], mask[2], mask[3], mask[0], mask[1], mask[2], mask[3],
    ]);
    let (words, rest) = bytes.as_chunks_mut::<8>();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= mask;
    }
}
