//! What JavaScript holds of a WebSocket.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use super::message::{Frame, Received};
use super::pipe::{Endpoint, QUEUE_BYTES_MAX, Receiver, Sender, pair};

/// Where a socket is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Made by `new WebSocket()`, and not open yet.
    Connecting,
    /// One of a pair, or from a response, and not used yet.
    Fresh,
    /// `accept()` was called, or the connection that `new WebSocket()` made is open.
    Accepted,
    /// `acceptWebSocket()` was called.
    Hibernatable,
    /// Its connection went away with a response.
    Released,
}

/// What a socket says about its connection.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// Where it is connected to, for those made by `new WebSocket()`.
    pub url: Option<String>,
    /// The subprotocol that the server chose.
    pub protocol: String,
    /// The extensions that the server agreed to.
    pub extensions: String,
}

/// What a socket sends when the output gate lets it.
#[derive(Debug)]
pub enum Outgoing {
    /// A frame.
    Frame(Frame),
    /// Nothing more: the connection is given up. A close frame that was not answered is answered first.
    Drop,
}

/// The Rust side of a `WebSocket` object. Stays on its thread; the connection itself can be taken out and sent on.
#[derive(Debug)]
pub struct HostSocket {
    phase: Cell<Phase>,
    /// Made by `new WebSocket()`.
    client: bool,
    sender: RefCell<Option<Sender>>,
    receiver: RefCell<Option<Rc<Receiver>>>,
    close_sent: Cell<bool>,
    close_received: Cell<bool>,
    /// The close frame that is answered in kind if the program does not.
    unanswered: RefCell<Option<Frame>>,
    failed: Cell<bool>,
    /// A close frame that arrives is left to the program to answer.
    half_open: Cell<bool>,
    /// Frames that wait at the output gate.
    held: Cell<u32>,
    /// Its number among the sockets of its object, once it hibernates.
    number: Cell<Option<u64>>,
    attachment: RefCell<Option<Vec<u8>>>,
    about: RefCell<About>,
    /// The other one of a pair.
    partner: RefCell<Weak<HostSocket>>,
}

impl HostSocket {
    fn new(phase: Phase, end: Option<Endpoint>) -> Rc<HostSocket> {
        let (sender, receiver) = match end {
            Some(Endpoint { sender, receiver }) => (Some(sender), Some(Rc::new(receiver))),
            None => (None, None),
        };
        Rc::new(HostSocket {
            phase: Cell::new(phase),
            client: phase == Phase::Connecting,
            sender: RefCell::new(sender),
            receiver: RefCell::new(receiver),
            close_sent: Cell::new(false),
            close_received: Cell::new(false),
            unanswered: RefCell::new(None),
            failed: Cell::new(false),
            half_open: Cell::new(true),
            held: Cell::new(0),
            number: Cell::new(None),
            attachment: RefCell::new(None),
            about: RefCell::default(),
            partner: RefCell::new(Weak::new()),
        })
    }

    /// The two sockets of a `WebSocketPair`.
    pub fn pair() -> [Rc<HostSocket>; 2] {
        let (left, right) = pair();
        let left = HostSocket::from_endpoint(left);
        let right = HostSocket::from_endpoint(right);
        left.partner.replace(Rc::downgrade(&right));
        right.partner.replace(Rc::downgrade(&left));
        [left, right]
    }

    /// A socket over a connection that came with a response.
    pub fn from_endpoint(end: Endpoint) -> Rc<HostSocket> {
        HostSocket::new(Phase::Fresh, Some(end))
    }

    /// The socket of `new WebSocket(url)`, which has no connection yet.
    pub fn connecting(url: String) -> Rc<HostSocket> {
        let socket = HostSocket::new(Phase::Connecting, None);
        socket.about.borrow_mut().url = Some(url);
        socket
    }

    /// Gives a connecting socket its connection. False: it was closed meanwhile.
    pub fn connected(&self, end: Endpoint, protocol: String, extensions: String) -> bool {
        if self.phase.get() != Phase::Connecting || self.close_sent.get() {
            return false;
        }
        self.phase.set(Phase::Accepted);
        self.sender.replace(Some(end.sender));
        self.receiver.replace(Some(Rc::new(end.receiver)));
        let mut about = self.about.borrow_mut();
        about.protocol = protocol;
        about.extensions = extensions;
        true
    }

    /// Where it is in its life.
    pub fn phase(&self) -> Phase {
        self.phase.get()
    }

    /// Begins to deliver events to listeners.
    ///
    /// # Errors
    /// The message of the TypeError that says why it cannot.
    pub fn accept(&self, half_open: bool) -> Result<(), &'static str> {
        if self.client {
            return Err(
                "Websockets obtained from the 'new WebSocket()' constructor cannot call accept",
            );
        }
        match self.phase.get() {
            Phase::Released => {
                return Err("Can't accept() WebSocket that was already used in a response.");
            }
            Phase::Hibernatable => {
                return Err("Can't accept() WebSocket after enabling hibernation.");
            }
            Phase::Connecting | Phase::Fresh | Phase::Accepted => {}
        }
        self.phase.set(Phase::Accepted);
        self.half_open.set(half_open);
        Ok(())
    }

    /// A received close frame is left to the program to answer.
    pub fn set_half_open(&self, half_open: bool) {
        self.half_open.set(half_open);
    }

    /// Whether the other one of its pair is in use already.
    pub fn partner_is_coupled(&self) -> bool {
        self.partner
            .borrow()
            .upgrade()
            .is_some_and(|partner| partner.phase.get() != Phase::Fresh)
    }

    /// Makes a fresh socket hibernatable: its events do not go to listeners. Its object knows it by this number.
    pub fn hibernate(&self, number: u64) {
        debug_assert_eq!(self.phase.get(), Phase::Fresh);
        self.phase.set(Phase::Hibernatable);
        self.number.set(Some(number));
    }

    /// Its number among the sockets of its object, if it hibernates.
    pub fn number(&self) -> Option<u64> {
        self.number.get()
    }

    /// Takes the connection out, for a response.
    ///
    /// # Errors
    /// The message of the TypeError that says why it cannot.
    pub fn release(&self) -> Result<Endpoint, &'static str> {
        if self.client {
            return Err(
                "Can't return WebSocket in a Response if it was created with `new WebSocket()`",
            );
        }
        match self.phase.get() {
            Phase::Accepted => {
                return Err("Can't return WebSocket in a Response after calling accept().");
            }
            Phase::Hibernatable => {
                return Err(
                    "Can't return WebSocket in a Response after calling acceptWebSocket().",
                );
            }
            Phase::Connecting | Phase::Fresh | Phase::Released => {}
        }
        let used = "Can't return WebSocket that was already used in a response.";
        let sender = self.sender.take().ok_or(used)?;
        let receiver = self.receiver.take().and_then(Rc::into_inner).ok_or(used)?;
        self.phase.set(Phase::Released);
        Ok(Endpoint { sender, receiver })
    }

    /// `readyState`.
    pub fn ready_state(&self) -> i32 {
        let closed = [&self.close_sent, &self.close_received];
        let closed = closed.into_iter().filter(|closed| closed.get()).count();
        match (self.phase.get(), self.failed.get(), closed) {
            (_, true, _) | (_, _, 2) => 3,
            (_, _, 1) => 2,
            (Phase::Connecting, ..) => 0,
            _ => 1,
        }
    }

    /// Whether a frame can be sent. `Ok(false)`: it would go nowhere, and nobody is to be told.
    ///
    /// # Errors
    /// The message of the TypeError of `send()`.
    pub fn may_send(&self) -> Result<bool, &'static str> {
        if self.close_sent.get() {
            return Err("Can't call WebSocket send() after close().");
        }
        self.is_usable()
    }

    /// Whether a close frame can be sent, as above.
    ///
    /// # Errors
    /// The message of the TypeError of `close()`.
    pub fn may_close(&self) -> Result<bool, &'static str> {
        if self.close_sent.get() {
            return Ok(false);
        }
        self.is_usable()
    }

    fn is_usable(&self) -> Result<bool, &'static str> {
        match self.phase.get() {
            Phase::Fresh | Phase::Connecting => Err(
                "You must call one of accept() or state.acceptWebSocket() on this WebSocket before \
                 sending messages.",
            ),
            Phase::Released => Ok(false),
            Phase::Accepted | Phase::Hibernatable => {
                Ok(!self.failed.get() && self.sender.borrow().is_some())
            }
        }
    }

    /// `close()` was called, or the answer to a close frame is on its way.
    pub fn set_close_sent(&self) {
        self.close_sent.set(true);
    }

    /// Whether `close()` was called.
    pub fn close_sent(&self) -> bool {
        self.close_sent.get()
    }

    /// Whether an arriving close frame is to be answered at once.
    pub fn answers_close(&self) -> bool {
        !self.half_open.get() && !self.close_sent.get()
    }

    /// The other side sends nothing any more.
    pub fn set_close_received(&self) {
        self.close_received.set(true);
    }

    /// A close frame has arrived that is to be answered in kind when the connection is given up
    /// ([`Outgoing::Drop`]), unless the program has answered it by then.
    pub fn owe_answer(&self, close: Frame) {
        self.unanswered.replace(Some(close));
    }

    /// The connection failed: it is closed in both directions.
    pub fn set_failed(&self) {
        self.failed.set(true);
        self.disconnect();
    }

    /// Gives the connection up, without a close frame.
    pub fn disconnect(&self) {
        let sender = self.sender.take();
        let receiver = self.receiver.take();
        // Their other ends may wake something; no borrow is held by now.
        drop((sender, receiver));
    }

    /// What to receive from; `None` once the connection is gone.
    pub fn receiver(&self) -> Option<Rc<Receiver>> {
        self.receiver.borrow().clone()
    }

    /// What is there to be received.
    pub fn try_next(&self) -> Option<Received> {
        self.receiver()?.try_next()
    }

    /// A frame waits at the output gate.
    pub fn hold(&self) {
        self.held.set(self.held.get() + 1);
    }

    /// How many frames wait at the output gate.
    pub fn held(&self) -> u32 {
        self.held.get()
    }

    /// The gate has let a frame out that was held.
    pub fn let_out(&self, what: Outgoing) {
        self.held.set(self.held.get() - 1);
        self.deliver(what);
    }

    /// Sends past the gate. A connection whose other side does not read what is sent is given up.
    pub fn deliver(&self, what: Outgoing) {
        let frame = match what {
            Outgoing::Frame(frame) => frame,
            Outgoing::Drop => {
                let owed = self.unanswered.take().filter(|_| !self.close_sent.get());
                if let (Some(frame), Some(sender)) = (owed, &*self.sender.borrow()) {
                    let pushed = sender.push(frame);
                    debug_assert!(pushed.is_ok(), "a close frame always has room");
                }
                return self.disconnect();
            }
        };
        let full = self
            .sender
            .borrow()
            .as_ref()
            .is_some_and(|sender| sender.push(frame).is_err());
        if !full {
            return;
        }
        if let Some(sender) = self.sender.take() {
            sender.cut();
        }
        if let Some(receiver) = self.receiver() {
            receiver.fail(format!(
                "The other side of this WebSocket does not read what is sent to it: more than {} MiB wait.",
                QUEUE_BYTES_MAX >> 20
            ));
        }
    }

    /// `serializeAttachment()`.
    pub fn set_attachment(&self, bytes: Vec<u8>) {
        self.attachment.replace(Some(bytes));
    }

    /// The attachment, if there is one.
    pub fn attachment(&self) -> Option<Vec<u8>> {
        self.attachment.borrow().clone()
    }

    /// What it says about its connection.
    pub fn about(&self) -> About {
        self.about.borrow().clone()
    }

    /// Sets what it says about its connection.
    pub fn set_about(&self, about: About) {
        self.about.replace(about);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Frame {
        Frame::Text(text.to_owned())
    }

    #[test]
    fn a_connection_goes_away_with_one_response() {
        let [left, right] = HostSocket::pair();
        let end = left.release().expect("nobody has used it");
        assert_eq!(
            left.release().unwrap_err(),
            "Can't return WebSocket that was already used in a response."
        );
        assert_eq!(
            left.accept(true).unwrap_err(),
            "Can't accept() WebSocket that was already used in a response."
        );
        assert!(right.partner_is_coupled());
        right.accept(true).expect("it is still ours");
        assert!(right.release().is_err());
        right.deliver(Outgoing::Frame(text("hello")));
        assert_eq!(
            end.receiver.try_next(),
            Some(Received::Frame(text("hello")))
        );
    }

    #[test]
    fn ready_states_follow_what_was_closed() {
        let [left, right] = HostSocket::pair();
        assert_eq!(left.ready_state(), 1);
        left.set_close_sent();
        assert_eq!(left.ready_state(), 2);
        left.set_close_received();
        assert_eq!(left.ready_state(), 3);
        right.set_failed();
        assert_eq!(right.ready_state(), 3);
        assert_eq!(
            HostSocket::connecting("ws://a/".to_owned()).ready_state(),
            0
        );
    }

    #[test]
    fn sending_needs_acceptance_and_ends_with_close() {
        let [left, _right] = HostSocket::pair();
        assert!(left.may_send().is_err());
        assert!(left.may_close().is_err());
        left.accept(true).expect("it is fresh");
        assert_eq!(left.may_send(), Ok(true));
        left.set_close_sent();
        assert_eq!(
            left.may_send(),
            Err("Can't call WebSocket send() after close().")
        );
        assert_eq!(left.may_close(), Ok(false), "a second close is ignored");
    }

    #[test]
    fn a_failed_socket_ignores_what_is_sent() {
        let [left, right] = HostSocket::pair();
        left.accept(true).expect("it is fresh");
        left.set_failed();
        assert_eq!(left.may_send(), Ok(false));
        assert_eq!(right.try_next(), Some(Received::Lost));
    }

    #[test]
    fn a_peer_that_does_not_read_loses_its_connection() {
        let [left, right] = HostSocket::pair();
        left.accept(true).expect("it is fresh");
        let big = || Outgoing::Frame(Frame::Binary(vec![0; 40 << 20].into()));
        left.deliver(big());
        left.deliver(big());
        assert!(matches!(left.try_next(), Some(Received::Failed(why)) if why.contains("64 MiB")));
        assert_eq!(right.try_next(), Some(Received::Lost));
        assert_eq!(left.may_send(), Ok(false));
    }
}
