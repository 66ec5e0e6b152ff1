//! The hibernatable WebSockets of one object (semantics §2.5, §8.8, §8.11, §8.12).
//!
//! They belong to the object and not to its instance: an instance that nobody uses is given up while they stay, and
//! the next event of one of them builds another. So everything that must be known then is here: which
//! there are, their tags, the automatic response, the time that an event may take. (An attachment stays with the
//! connection itself, since sockets that do not hibernate have one, too.)
//!
//! One event of a socket is under way at a time. The last event of a socket (its close frame, its loss, its
//! failure) takes it off the lists when it was delivered, and forgets it when its handler is done.
//!
//! `H` is the driver's handle on a connection.

mod limits;
mod tags;

use std::collections::{BTreeMap, BTreeSet};

pub use self::limits::{AutoResponseError, TimeoutError};
pub use self::tags::{TagError, Tags};
use crate::lifecycle::Generation;
use crate::sabotage::{Planted, Sabotage};

/// Most sockets of one object.
pub const SOCKETS_MAX: usize = 32_768;

/// The number of a socket among all that its object ever accepted on this node. Later ones are higher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub u64);

/// Why a socket is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("only {SOCKETS_MAX} websockets can be accepted on a single Durable Object instance")]
pub struct TooMany;

/// What has arrived at a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival<'a> {
    /// A text message.
    Text(&'a str),
    /// A binary message.
    Binary,
    /// The close frame, the loss or the failure of the connection.
    Last,
}

/// What is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaction {
    /// Deliver it to the instance, which is built if there is none; report [`Sockets::delivered`].
    Deliver,
    /// Send this, and do not wake anybody.
    Respond(String),
    /// Nothing: it asks for the automatic response, and the socket is closing.
    Ignore,
}

/// What a socket does after an event was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// It receives the next.
    Receive,
    /// It receives nothing any more. Report [`Sockets::finished`] when the handler is done.
    Over,
}

/// A socket that is here no more.
#[derive(Debug, PartialEq, Eq)]
pub struct Gone<H> {
    /// The driver's handle.
    pub handle: H,
    /// The instance that accepted it.
    pub generation: Generation,
}

/// What an event of a socket is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Under {
    /// There is none.
    Nothing,
    /// One is on its way to the instance; the last one or not.
    Delivery { last: bool },
    /// The last one was delivered, its handler is at work.
    Handling,
}

struct Socket<H> {
    handle: H,
    tags: Tags,
    generation: Generation,
    responded_ms: Option<u64>,
    under: Under,
}

/// All hibernatable sockets of one object.
pub struct Sockets<H> {
    sockets: BTreeMap<SocketId, Socket<H>>,
    /// Those on the lists, by tag.
    tagged: BTreeMap<String, BTreeSet<SocketId>>,
    next: u64,
    auto_response: Option<(String, String)>,
    event_timeout_ms: Option<u32>,
    planted: Planted,
}

impl<H> Default for Sockets<H> {
    fn default() -> Self {
        Self {
            sockets: BTreeMap::new(),
            tagged: BTreeMap::new(),
            next: 0,
            auto_response: None,
            event_timeout_ms: None,
            planted: Planted::NOTHING,
        }
    }
}

impl<H> Sockets<H> {
    /// With a mistake, for tests of the tests.
    #[cfg(feature = "sabotage")]
    pub fn sabotaged(mistake: Sabotage) -> Self {
        Self {
            planted: Planted::new(mistake),
            ..Self::default()
        }
    }

    /// Takes a socket in, accepted by this instance.
    ///
    /// # Errors
    /// [`TooMany`]; the socket is not taken in.
    pub fn accept(
        &mut self,
        handle: H,
        tags: Tags,
        generation: Generation,
    ) -> Result<SocketId, TooMany> {
        if self.sockets.len() >= SOCKETS_MAX {
            return Err(TooMany);
        }
        let id = SocketId(self.next);
        self.next += 1;
        for tag in tags.iter() {
            self.tagged.entry(tag.to_owned()).or_default().insert(id);
        }
        self.sockets.insert(
            id,
            Socket {
                handle,
                tags,
                generation,
                responded_ms: None,
                under: Under::Nothing,
            },
        );
        Ok(id)
    }

    /// How many there are, those included whose last event is being handled.
    pub fn len(&self) -> usize {
        self.sockets.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sockets.is_empty()
    }

    /// All sockets on the list, the latest first; or those with a tag, the earliest first.
    pub fn list(&self, tag: Option<&str>) -> Vec<SocketId> {
        match tag {
            None => {
                let listed = self.sockets.iter().rev();
                listed
                    .filter(|(_, socket)| socket.under != Under::Handling)
                    .map(|(id, _)| *id)
                    .collect()
            }
            Some(tag) => {
                let ids = self.tagged.get(tag);
                ids.into_iter().flatten().copied().collect()
            }
        }
    }

    /// The handle of a socket that is here.
    pub fn handle(&self, id: SocketId) -> Option<&H> {
        self.sockets.get(&id).map(|socket| &socket.handle)
    }

    /// The tags of a socket that is here, in the order given.
    pub fn tags(&self, id: SocketId) -> Option<&Tags> {
        self.sockets.get(&id).map(|socket| &socket.tags)
    }

    /// What a frame, or the end of the connection, that arrived at `now_ms` leads to. `closing`: the program has closed
    /// the socket, so that nothing can be sent by it. `None` for a socket that is not here.
    ///
    /// # Panics
    /// When the event before was not reported as delivered.
    pub fn arrived(
        &mut self,
        id: SocketId,
        arrival: Arrival<'_>,
        closing: bool,
        now_ms: u64,
    ) -> Option<Reaction> {
        let socket = self.sockets.get_mut(&id)?;
        assert_eq!(
            socket.under,
            Under::Nothing,
            "events of a socket come one after another"
        );
        if let (Arrival::Text(text), Some((request, response))) = (arrival, &self.auto_response)
            && text == request
        {
            if closing {
                return Some(Reaction::Ignore);
            }
            socket.responded_ms = Some(now_ms);
            return Some(Reaction::Respond(response.clone()));
        }
        socket.under = Under::Delivery {
            last: arrival == Arrival::Last,
        };
        Some(Reaction::Deliver)
    }

    /// The event that was under way has been delivered: the synchronous part of its handler ran, or it had none, or
    /// it will never be delivered. `None` for a socket that is not here.
    ///
    /// # Panics
    /// When no event is under way.
    pub fn delivered(&mut self, id: SocketId) -> Option<After> {
        let socket = self.sockets.get_mut(&id)?;
        let Under::Delivery { last } = socket.under else {
            panic!("an event is delivered once");
        };
        if !last {
            socket.under = Under::Nothing;
            return Some(After::Receive);
        }
        socket.under = Under::Handling;
        if !self.planted.is(Sabotage::KeepListed) {
            self.unlist(id);
        }
        Some(After::Over)
    }

    /// The handler of a socket's last event is done: it is forgotten.
    pub fn finished(&mut self, id: SocketId) -> Option<Gone<H>> {
        self.unlist(id);
        let Socket {
            handle, generation, ..
        } = self.sockets.remove(&id)?;
        Some(Gone { handle, generation })
    }

    /// The instance broke: all connections are to be cut, nothing is told to anybody, and what the instance had
    /// set is forgotten.
    pub fn disconnect_all(&mut self) -> Vec<Gone<H>> {
        self.tagged.clear();
        self.auto_response = None;
        self.event_timeout_ms = None;
        let sockets = std::mem::take(&mut self.sockets);
        let gone = sockets.into_values().map(|socket| Gone {
            handle: socket.handle,
            generation: socket.generation,
        });
        gone.collect()
    }

    /// Sets the automatic response: the request and what answers it; or none.
    ///
    /// # Errors
    /// Which of the two is too long; the one before then stays.
    pub fn set_auto_response(
        &mut self,
        pair: Option<(String, String)>,
    ) -> Result<(), AutoResponseError> {
        if let Some((request, response)) = &pair {
            limits::check_auto_response(request, response)?;
        }
        self.auto_response = pair;
        Ok(())
    }

    /// The automatic response.
    pub fn auto_response(&self) -> Option<(&str, &str)> {
        let (request, response) = self.auto_response.as_ref()?;
        Some((request, response))
    }

    /// When a socket last sent the automatic response.
    pub fn auto_responded_ms(&self, id: SocketId) -> Option<u64> {
        self.sockets.get(&id)?.responded_ms
    }

    /// Sets how long a handler of an event may take; 0 is as long as it likes.
    ///
    /// # Errors
    /// The time is too long; the one before then stays.
    pub fn set_event_timeout(&mut self, ms: u32) -> Result<(), TimeoutError> {
        limits::check_timeout(ms)?;
        self.event_timeout_ms = Some(ms).filter(|ms| *ms > 0);
        Ok(())
    }

    /// How long a handler of an event may take.
    pub const fn event_timeout_ms(&self) -> Option<u32> {
        self.event_timeout_ms
    }

    fn unlist(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get(&id) else {
            return;
        };
        for tag in socket.tags.iter() {
            if let Some(ids) = self.tagged.get_mut(tag) {
                ids.remove(&id);
                if ids.is_empty() {
                    self.tagged.remove(tag);
                }
            }
        }
    }
}
