//! Messages → bytes for the network.

use super::Role;
use super::deflate::Deflate;
use super::frame::{CONTROL_BYTES_MAX, Header, Opcode, apply_mask};
use crate::websocket::message::{Frame, NO_STATUS};

/// Shorter messages are not compressed: without what came before them there is little to find in them.
const COMPRESSED_BYTES_MIN: usize = 128;

/// Writes frames for one connection. Messages are not fragmented.
#[derive(Debug)]
pub struct Encoder {
    role: Role,
    deflate: Option<Deflate>,
}

impl Encoder {
    /// For a connection on which `deflate` was agreed.
    pub fn new(role: Role, deflate: Option<Deflate>) -> Encoder {
        Encoder { role, deflate }
    }

    /// Appends a message or the close frame to `out`.
    pub fn frame(&mut self, frame: &Frame, out: &mut Vec<u8>) {
        match frame {
            Frame::Text(text) => self.data(Opcode::Text, text.as_bytes(), out),
            Frame::Binary(bytes) => self.data(Opcode::Binary, bytes, out),
            Frame::Close { code, reason } => self.close(*code, reason, out),
        }
    }

    /// Appends a pong.
    ///
    /// # Panics
    /// If the payload is longer than a ping's can be.
    pub fn pong(&mut self, payload: &[u8], out: &mut Vec<u8>) {
        assert!(payload.len() <= CONTROL_BYTES_MAX, "a pong echoes a ping");
        self.write(Opcode::Pong, false, payload, out);
    }

    fn data(&mut self, opcode: Opcode, payload: &[u8], out: &mut Vec<u8>) {
        if payload.len() >= COMPRESSED_BYTES_MIN
            && let Some(deflate) = &mut self.deflate
        {
            let compressed = deflate.compress(payload);
            if compressed.len() < payload.len() {
                self.write(opcode, true, &compressed, out);
                return;
            }
        }
        self.write(opcode, false, payload, out);
    }

    fn close(&mut self, code: u16, reason: &str, out: &mut Vec<u8>) {
        let mut payload = Vec::with_capacity(2 + reason.len());
        if code != NO_STATUS {
            payload.extend_from_slice(&code.to_be_bytes());
            let mut end = reason.len().min(CONTROL_BYTES_MAX - 2);
            while !reason.is_char_boundary(end) {
                end -= 1;
            }
            payload.extend_from_slice(&reason.as_bytes()[..end]);
        }
        self.write(Opcode::Close, false, &payload, out);
    }

    fn write(&mut self, opcode: Opcode, compressed: bool, payload: &[u8], out: &mut Vec<u8>) {
        let mask = (self.role == Role::Client).then(|| {
            let mut mask = [0; 4];
            getrandom::fill(&mut mask).expect("the operating system gives random bytes");
            mask
        });
        Header {
            last: true,
            compressed,
            reserved: false,
            opcode: opcode.bits(),
            mask,
            length: payload.len() as u64,
        }
        .write(out);
        let start = out.len();
        out.extend_from_slice(payload);
        if let Some(mask) = mask {
            apply_mask(&mut out[start..], mask);
        }
    }
}
