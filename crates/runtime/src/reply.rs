//! The answer that somebody waits for.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use holdfast_object::SocketId;
use tokio::sync::oneshot;

use crate::context::Context;
use crate::core::Core;
use crate::edge::{AnsweredSocket, OutgoingResponse};
use crate::message::{Answer, CallRef, FetchAnswer, Return};
use crate::rpc::{Export, Pipelined, callers};

/// Handed to JavaScript as an opaque handle; the first answer uses it up.
pub(crate) struct Reply {
    context: Weak<Context>,
    to: RefCell<Option<ReplyTo>>,
    /// Calls of the result, which wait for it.
    then: RefCell<Vec<Pipelined>>,
    /// What is called, kept until it has answered.
    held: RefCell<Option<Arc<Export>>>,
    /// The request asks for a WebSocket.
    wants_socket: bool,
}

/// Who waits.
pub(crate) enum ReplyTo {
    /// A client of the Worker.
    Client(oneshot::Sender<Answered>),
    /// A caller of an object; the number is the call's among those of the instance.
    Caller(CallRef, usize),
    /// A caller of an entry of the Worker.
    Service(CallRef),
    /// A caller of something that a request to the Worker exported; the number is the call's among those
    /// that the request serves.
    Target(CallRef, usize),
    /// A socket, whose event was handled; with the socket's number if it was its last one.
    Socket(usize, Option<SocketId>),
}

/// What a client gets.
pub(crate) enum Answered {
    Response(Box<FetchAnswer>),
    /// The Worker failed: the text for the log, and whether it was overload.
    Failed {
        text: String,
        overloaded: bool,
    },
}

impl From<FetchAnswer> for OutgoingResponse {
    fn from(answer: FetchAnswer) -> OutgoingResponse {
        let FetchAnswer {
            status,
            status_text,
            headers,
            body,
            web_socket,
        } = answer;
        OutgoingResponse {
            status,
            status_text,
            headers,
            body,
            web_socket: web_socket.map(|end| AnsweredSocket {
                end,
                compression: false,
            }),
        }
    }
}

impl Reply {
    pub(crate) fn new(context: &Rc<Context>, to: ReplyTo, wants_socket: bool) -> Rc<Reply> {
        Rc::new(Reply {
            context: Rc::downgrade(context),
            to: RefCell::new(Some(to)),
            then: RefCell::new(Vec::new()),
            held: RefCell::new(None),
            wants_socket,
        })
    }

    /// Calls that will be made on the result.
    pub(crate) fn set_then(&self, then: Vec<Pipelined>) {
        self.then.replace(then);
    }

    pub(crate) fn take_then(&self) -> Vec<Pipelined> {
        self.then.take()
    }

    /// Keeps an export until the answer was given.
    pub(crate) fn hold(&self, export: Arc<Export>) {
        self.held.replace(Some(export));
    }

    /// Whether the request asks for a WebSocket.
    pub(crate) fn wants_socket(&self) -> bool {
        self.wants_socket
    }

    /// Gives the answer. A second one, or one of a context that ended, is dropped.
    pub(crate) fn answer(&self, core: &Rc<Core>, answer: Answer) {
        let Some(to) = self.to.take() else { return };
        self.held.take();
        self.fail_then(core, &answer);
        match to {
            ReplyTo::Client(sender) => {
                let answered = match answer {
                    Answer::Response(response) => Answered::Response(response),
                    Answer::Value(_) => unreachable!("a client asked for a response"),
                    Answer::Failed(failure) => Answered::Failed {
                        text: failure.text.to_string(),
                        overloaded: failure.flags.overloaded,
                    },
                };
                // A client that has gone does not want it any more.
                let _ = sender.send(answered);
                if let Some(context) = self.context.upgrade() {
                    core.event_answered(&context);
                }
            }
            ReplyTo::Caller(from, call) => {
                let Some(context) = self.context.upgrade() else {
                    return;
                };
                let generation = context.instance().map(|instance| instance.generation);
                let answer = Return {
                    call: from.call,
                    answer,
                    generation,
                };
                core.send_from(
                    &context,
                    crate::instance::Output::Return(from.shard, answer),
                );
                core.call_answered(&context, call);
            }
            ReplyTo::Service(from) => {
                if let Some(context) = self.context.upgrade() {
                    core.send_return(from.shard, returned(from, answer));
                    core.event_answered(&context);
                }
            }
            ReplyTo::Target(from, call) => {
                if let Some(context) = self.context.upgrade() {
                    core.send_return(from.shard, returned(from, answer));
                    context.rpc.serving.borrow_mut().try_remove(call);
                }
            }
            ReplyTo::Socket(call, last) => {
                let Some(context) = self.context.upgrade() else {
                    return;
                };
                core.call_answered(&context, call);
                if let Some(id) = last {
                    core.socket_over(&context, id);
                }
            }
        }
    }

    /// A call that failed has no result to call.
    fn fail_then(&self, core: &Core, answer: &Answer) {
        let then = self.then.take();
        if then.is_empty() {
            return;
        }
        let Answer::Failed(failure) = answer else {
            unreachable!("the calls of a result are taken before it is answered");
        };
        let Some(context) = self.context.upgrade() else {
            return;
        };
        let mut waiting = Vec::new();
        callers(then, &mut waiting);
        for from in waiting {
            let answer = returned(from, Answer::Failed(failure.clone()));
            core.send_from(
                &context,
                crate::instance::Output::Return(from.shard, answer),
            );
        }
    }

    /// Whether somebody still waits.
    pub(crate) fn is_open(&self) -> bool {
        self.to.borrow().is_some()
    }

    /// Nobody will answer: a client that waits is told by its channel.
    pub(crate) fn abandon(&self) {
        drop(self.to.take());
    }

    /// Takes out all who wait for it, to tell them that nobody will answer.
    pub(crate) fn take_callers(&self) -> Vec<CallRef> {
        self.held.take();
        let mut waiting = match self.to.take() {
            Some(ReplyTo::Caller(from, _) | ReplyTo::Service(from) | ReplyTo::Target(from, _)) => {
                vec![from]
            }
            Some(ReplyTo::Client(_) | ReplyTo::Socket(..)) | None => Vec::new(),
        };
        callers(self.then.take(), &mut waiting);
        waiting
    }
}

fn returned(from: CallRef, answer: Answer) -> Return {
    Return {
        call: from.call,
        answer,
        generation: None,
    }
}
