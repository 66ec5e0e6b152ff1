//! Bytes from the network → messages, pings, pongs, the close frame.

use bytes::{Buf, Bytes, BytesMut};

use super::Role;
use super::deflate::Deflate;
use super::frame::{CONTROL_BYTES_MAX, Header, Opcode, ProtocolError, apply_mask, is_close_code};
use crate::websocket::message::{Frame, MESSAGE_BYTES_MAX, NO_STATUS};

/// What arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A whole message, or the close frame.
    Frame(Frame),
    /// To be answered with a pong of the same payload.
    Ping(Bytes),
    /// Nothing to do.
    Pong(Bytes),
}

/// Takes bytes in and gives events out. After an error nothing more comes out.
#[derive(Debug)]
pub struct Decoder {
    role: Role,
    deflate: Option<Deflate>,
    buffer: BytesMut,
    /// The message of which fragments have arrived.
    partial: Option<Partial>,
    over: bool,
}

#[derive(Debug)]
struct Partial {
    text: bool,
    compressed: bool,
    bytes: BytesMut,
    /// How many of the bytes are known to be whole characters.
    valid: usize,
}

impl Decoder {
    /// For a connection on which `deflate` was agreed. `role` is our own: servers want masks, clients none.
    pub fn new(role: Role, deflate: Option<Deflate>) -> Decoder {
        Decoder {
            role,
            deflate,
            buffer: BytesMut::new(),
            partial: None,
            over: false,
        }
    }

    /// Where to read into: what is appended here is decoded by [`Decoder::next_event`].
    pub fn buffer(&mut self) -> &mut BytesMut {
        &mut self.buffer
    }

    /// The next event, if it has arrived in whole.
    ///
    /// # Errors
    /// The other side broke the protocol; the connection is to be ended.
    pub fn next_event(&mut self) -> Result<Option<Event>, ProtocolError> {
        if self.over {
            return Ok(None);
        }
        let next = self.decode();
        if next.is_err() {
            self.over = true;
            self.partial = None;
            self.buffer = BytesMut::new();
        }
        next
    }

    fn decode(&mut self) -> Result<Option<Event>, ProtocolError> {
        loop {
            let Some((header, header_bytes)) = Header::parse(&self.buffer)? else {
                return Ok(None);
            };
            let opcode = self.check(&header)?;
            let length = header.length as usize; // checked to be below the limit
            if self.buffer.len() < header_bytes + length {
                // Room for the rest in one go, but not on the word of a peer that has sent nothing yet.
                if self.buffer.len() > header_bytes {
                    self.buffer
                        .reserve((header_bytes + length - self.buffer.len()).min(1 << 20));
                }
                return Ok(None);
            }
            self.buffer.advance(header_bytes);
            let mut payload = self.buffer.split_to(length);
            if self.buffer.is_empty() {
                // A connection that lies idle keeps nothing.
                self.buffer = BytesMut::new();
            }
            if let Some(mask) = header.mask {
                apply_mask(&mut payload, mask);
            }
            let event = if opcode.is_control() {
                Some(self.control(opcode, payload.freeze())?)
            } else {
                self.data(opcode, &header, payload)?.map(Event::Frame)
            };
            if event.is_some() {
                return Ok(event);
            }
        }
    }

    /// What can be wrong with a header.
    fn check(&self, header: &Header) -> Result<Opcode, ProtocolError> {
        if header.reserved {
            return Err(ProtocolError::wrong(
                "Received frame had RSV bits 2 or 3 set",
            ));
        }
        let opcode = Opcode::from_bits(header.opcode)?;
        if opcode.is_control() {
            if !header.last {
                return Err(ProtocolError::wrong("Received fragmented control frame"));
            }
            if header.length > CONTROL_BYTES_MAX as u64 {
                return Err(ProtocolError::wrong(
                    "Received control frame of more than 125 bytes",
                ));
            }
        }
        if header.compressed {
            if self.deflate.is_none() {
                return Err(ProtocolError::wrong(
                    "Received a WebSocket frame whose compression bit was set, but the compression \
                     extension was not negotiated for this connection.",
                ));
            }
            if opcode.is_control() || opcode == Opcode::Continuation {
                return Err(ProtocolError::wrong(
                    "Received a frame whose compression bit must not be set",
                ));
            }
        }
        match (opcode, &self.partial) {
            (Opcode::Continuation, None) => {
                return Err(ProtocolError::wrong("Unexpected continuation frame"));
            }
            (Opcode::Text | Opcode::Binary, Some(_)) => {
                return Err(ProtocolError::wrong("Missing continuation frame"));
            }
            _ => {}
        }
        if header.mask.is_some() != (self.role == Role::Server) {
            return Err(ProtocolError::wrong(match self.role {
                Role::Server => "Received a frame without a mask from a client",
                Role::Client => "Received a masked frame from a server",
            }));
        }
        let before = self
            .partial
            .as_ref()
            .map_or(0, |partial| partial.bytes.len());
        let before = if opcode.is_control() { 0 } else { before };
        let total = header.length.saturating_add(before as u64);
        if total > MESSAGE_BYTES_MAX as u64 {
            return Err(ProtocolError::too_large(total, MESSAGE_BYTES_MAX));
        }
        Ok(opcode)
    }

    fn control(&mut self, opcode: Opcode, payload: Bytes) -> Result<Event, ProtocolError> {
        match opcode {
            Opcode::Ping => Ok(Event::Ping(payload)),
            Opcode::Pong => Ok(Event::Pong(payload)),
            _ => {
                let close = close(&payload)?;
                // Whatever follows is none of ours (section 5.5.1).
                self.over = true;
                self.buffer = BytesMut::new();
                Ok(Event::Frame(close))
            }
        }
    }

    fn data(
        &mut self,
        opcode: Opcode,
        header: &Header,
        payload: BytesMut,
    ) -> Result<Option<Frame>, ProtocolError> {
        let mut partial = match (opcode, self.partial.take()) {
            (Opcode::Continuation, Some(mut partial)) => {
                partial.bytes.extend_from_slice(&payload);
                partial
            }
            _ => Partial {
                text: opcode == Opcode::Text,
                compressed: header.compressed,
                bytes: payload,
                valid: 0,
            },
        };
        if partial.text && !partial.compressed {
            partial.check_text(header.last)?;
        }
        if !header.last {
            self.partial = Some(partial);
            return Ok(None);
        }
        let Partial {
            text,
            compressed,
            bytes,
            ..
        } = partial;
        let (bytes, checked) = if compressed {
            let deflate = self.deflate.as_mut().expect("checked with the header");
            (deflate.decompress(&bytes, MESSAGE_BYTES_MAX)?, false)
        } else {
            (bytes.freeze(), true)
        };
        if !text {
            return Ok(Some(Frame::Binary(bytes)));
        }
        debug_assert!(!checked || std::str::from_utf8(&bytes).is_ok());
        match String::from_utf8(bytes.into()) {
            Ok(text) => Ok(Some(Frame::Text(text))),
            Err(_) => Err(ProtocolError::not_utf8()),
        }
    }
}

impl Partial {
    /// Fails at the first fragment that cannot belong to UTF-8 text, not only at the end of the message.
    fn check_text(&mut self, last: bool) -> Result<(), ProtocolError> {
        match std::str::from_utf8(&self.bytes[self.valid..]) {
            Ok(_) => self.valid = self.bytes.len(),
            // The rest of a character may be in the next fragment.
            Err(error) if !last && error.error_len().is_none() => self.valid += error.valid_up_to(),
            Err(_) => return Err(ProtocolError::not_utf8()),
        }
        Ok(())
    }
}

fn close(payload: &[u8]) -> Result<Frame, ProtocolError> {
    let Some((code, reason)) = payload.split_first_chunk::<2>() else {
        if !payload.is_empty() {
            return Err(ProtocolError::wrong("Received close frame of one byte"));
        }
        return Ok(Frame::Close {
            code: NO_STATUS,
            reason: String::new(),
        });
    };
    let code = u16::from_be_bytes(*code);
    if !is_close_code(code) {
        return Err(ProtocolError::wrong(format!("Received close code {code}")));
    }
    match std::str::from_utf8(reason) {
        Ok(reason) => Ok(Frame::Close {
            code,
            reason: reason.to_owned(),
        }),
        Err(_) => Err(ProtocolError::not_utf8()),
    }
}
