//! The hibernatable WebSockets of an object: they are read on the shard of the object, with or without an
//! instance, and what arrives becomes an event of the object.
//!
//! What holds:
//! - A socket has one event under way at a time; what comes after it waits in the connection, which stops reading the
//!   network when too much waits.
//! - An automatic response wakes nobody. It does not overtake a frame of the same socket that waits at the output gate.
//! - When the instance breaks, its sockets are cut and their handlers are not called.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use holdfast_object::lifecycle::Event as Life;
use holdfast_object::sockets::{After, Arrival, Gone, Reaction, Tags, TooMany};
use holdfast_object::{Activity, Cause, Generation, SocketId, Sockets};
use holdfast_web::websocket::{Frame, HostSocket, Outgoing, Received};
use holdfast_workers::failure::Failure;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use crate::context::Context;
use crate::core::Core;
use crate::instance::Output;
use crate::message::{Call, CallKind, CallRef, ObjectKey};
use crate::reply::Reply;

/// The sockets of one object.
pub(crate) type ObjectSockets = RefCell<Sockets<Rc<Hibernated>>>;

/// A connection, and the task that reads it.
pub(crate) struct Hibernated {
    pub(crate) socket: Rc<HostSocket>,
    reading: OnceCell<AbortHandle>,
}

impl Hibernated {
    /// Ends the connection at once.
    fn cut(&self) {
        if let Some(reading) = self.reading.get() {
            reading.abort();
        }
        self.socket.disconnect();
    }
}

/// An event of a socket on its way to the instance.
#[derive(Debug)]
pub(crate) struct SocketEvent {
    pub(crate) id: SocketId,
    pub(crate) received: Received,
    /// Dropped when the event was delivered, or never will be: the next one may follow.
    pub(crate) delivered: oneshot::Sender<()>,
}

impl SocketEvent {
    /// Bytes that it holds in memory while it waits.
    pub(crate) fn bytes(&self) -> u64 {
        match &self.received {
            Received::Frame(frame) => frame.weight() as u64,
            Received::Lost | Received::Failed(_) => 0,
        }
    }

    /// The socket, if it receives nothing after this.
    pub(crate) fn last_of(&self) -> Option<SocketId> {
        matches!(arrival(&self.received), Arrival::Last).then_some(self.id)
    }
}

fn arrival(received: &Received) -> Arrival<'_> {
    match received {
        Received::Frame(Frame::Text(text)) => Arrival::Text(text),
        Received::Frame(Frame::Binary(_)) => Arrival::Binary,
        Received::Frame(Frame::Close { .. }) | Received::Lost | Received::Failed(_) => {
            Arrival::Last
        }
    }
}

impl Core {
    /// Takes in a fresh socket that the program wants to hibernate.
    pub(crate) fn accept_socket(
        self: &Rc<Self>,
        context: &Rc<Context>,
        socket: &Rc<HostSocket>,
        tags: Tags,
    ) -> Result<(), TooMany> {
        let instance = context.instance().expect("only objects accept sockets");
        let (key, generation) = (instance.key, instance.generation);
        let object = self.object(&key);
        let hibernated = Rc::new(Hibernated {
            socket: Rc::clone(socket),
            reading: OnceCell::new(),
        });
        let accepted = object
            .sockets
            .borrow_mut()
            .accept(Rc::clone(&hibernated), tags, generation);
        let id = accepted?;
        socket.hibernate(id.0);
        // From here on it ends with the object, not with the context.
        context.sockets.remove(socket);
        let reading = tokio::task::spawn_local(read(Rc::clone(self), key, id, Rc::clone(socket)));
        let set = hibernated.reading.set(reading.abort_handle());
        debug_assert!(set.is_ok(), "a socket is read by one task");
        let activity = Activity::HibernatableSocket;
        let event = Life::Began {
            generation,
            activity,
        };
        self.live(&key, &object, event);
        Ok(())
    }

    /// The handler of a socket's last event is done: what it sent goes out, and then the connection ends.
    pub(crate) fn socket_over(self: &Rc<Self>, context: &Rc<Context>, id: SocketId) {
        let instance = context.instance().expect("an object's context");
        let key = instance.key;
        let object = self.object(&key);
        let gone = object.sockets.borrow_mut().finished(id);
        let Some(Gone { handle, generation }) = gone else {
            return;
        };
        let socket = Rc::clone(&handle.socket);
        // Whatever else becomes of it, it ends with the instance that still knows it.
        context.sockets.add(&socket);
        socket.hold();
        self.send_from(context, Output::Frame(socket, Outgoing::Drop));
        let activity = Activity::HibernatableSocket;
        let event = Life::Ended {
            generation,
            activity,
        };
        self.live(&key, &object, event);
    }

    /// Gives the handler of a socket's event its time. When that is over and it has not answered, the object is reset.
    pub(crate) fn watch_handler(
        self: &Rc<Self>,
        context: &Rc<Context>,
        reply: &Rc<Reply>,
        ms: u32,
    ) {
        let (core, context, reply) = (Rc::clone(self), Rc::downgrade(context), Rc::clone(reply));
        tokio::task::spawn_local(async move {
            tokio::time::sleep(Duration::from_millis(u64::from(ms))).await;
            let Some(context) = context.upgrade() else {
                return;
            };
            if reply.is_open() && !context.has_ended() {
                core.instance_failed(&context, Failure::of(Cause::SocketEventTimedOut));
                drop(context);
                core.run_ready();
            }
        });
    }

    /// Sees to something that a socket has received.
    fn socket_received(
        self: &Rc<Self>,
        key: &ObjectKey,
        id: SocketId,
        socket: &Rc<HostSocket>,
        received: Received,
    ) -> Next {
        let object = self.objects.borrow().get(key).map(Rc::clone);
        let Some(object) = object else {
            return Next::Stop;
        };
        let (closing, now_ms) = (socket.close_sent(), self.now_ms());
        let reaction = object
            .sockets
            .borrow_mut()
            .arrived(id, arrival(&received), closing, now_ms);
        match reaction {
            None => return Next::Stop,
            Some(Reaction::Ignore) => return Next::Receive,
            Some(Reaction::Respond(text)) => {
                let frame = Outgoing::Frame(Frame::Text(text));
                match self.instance_of(key).filter(|_| socket.held() > 0) {
                    Some(context) => {
                        socket.hold();
                        self.send_from(&context, Output::Frame(Rc::clone(socket), frame));
                    }
                    None => socket.deliver(frame),
                }
                return Next::Receive;
            }
            Some(Reaction::Deliver) => {}
        }
        if matches!(arrival(&received), Arrival::Last) {
            socket.set_close_received();
        }
        if let Received::Frame(close @ Frame::Close { .. }) = &received {
            socket.owe_answer(close.clone());
        }
        if matches!(received, Received::Lost | Received::Failed(_)) {
            socket.disconnect();
        }
        let (sender, delivered) = oneshot::channel();
        self.arrive(Call {
            key: *key,
            name: None,
            kind: CallKind::Socket(Box::new(SocketEvent {
                id,
                received,
                delivered: sender,
            })),
            from: CallRef::nobody(self.index),
            bound: None,
            to_facet: false,
        });
        self.run_ready();
        Next::Delivering(delivered)
    }

    fn socket_delivered(&self, key: &ObjectKey, id: SocketId) -> Option<After> {
        let object = self.objects.borrow().get(key).map(Rc::clone)?;
        object.sockets.borrow_mut().delivered(id)
    }
}

/// What the reading task does next.
enum Next {
    Receive,
    Delivering(oneshot::Receiver<()>),
    Stop,
}

/// Reads a socket to its end.
async fn read(core: Rc<Core>, key: ObjectKey, id: SocketId, socket: Rc<HostSocket>) {
    while let Some(receiver) = socket.receiver() {
        let received = receiver.next().await;
        drop(receiver);
        match core.socket_received(&key, id, &socket, received) {
            Next::Receive => {}
            Next::Stop => return,
            Next::Delivering(delivered) => {
                // It is never sent: its sender is dropped.
                let _ = delivered.await;
                if core.socket_delivered(&key, id) != Some(After::Receive) {
                    return;
                }
            }
        }
    }
}

/// Cuts all sockets of an object whose instance broke. Gives the instances that had accepted them.
pub(crate) fn cut_all(sockets: &ObjectSockets) -> Vec<Generation> {
    let gone = sockets.borrow_mut().disconnect_all();
    let cut = gone.into_iter().map(|Gone { handle, generation }| {
        handle.cut();
        generation
    });
    cut.collect()
}

/// The socket with this number, if it is here.
pub(crate) fn find(sockets: &ObjectSockets, id: SocketId) -> Option<Rc<HostSocket>> {
    let sockets = sockets.borrow();
    sockets.handle(id).map(|handle| Rc::clone(&handle.socket))
}
