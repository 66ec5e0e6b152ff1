//! The answer that somebody waits for.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use tokio::sync::oneshot;

use crate::context::Context;
use crate::core::Core;
use crate::edge::OutgoingResponse;
use crate::message::{Answer, CallRef, FetchAnswer, Return};

/// Handed to JavaScript as an opaque handle; the first answer uses it up.
pub(crate) struct Reply {
    context: Weak<Context>,
    to: RefCell<Option<ReplyTo>>,
}

/// Who waits.
pub(crate) enum ReplyTo {
    /// A client of the Worker.
    Client(oneshot::Sender<Answered>),
    /// A caller of an object; the number is the call's among those of the instance.
    Caller(CallRef, usize),
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
        } = answer;
        OutgoingResponse {
            status,
            status_text,
            headers,
            body,
        }
    }
}

impl Reply {
    pub(crate) fn new(context: &Rc<Context>, to: ReplyTo) -> Rc<Reply> {
        Rc::new(Reply {
            context: Rc::downgrade(context),
            to: RefCell::new(Some(to)),
        })
    }

    /// Gives the answer. A second one, or one of a context that ended, is dropped.
    pub(crate) fn answer(&self, core: &Core, answer: Answer) {
        let Some(to) = self.to.take() else { return };
        match to {
            ReplyTo::Client(sender) => {
                let answered = match answer {
                    Answer::Response(response) => Answered::Response(response),
                    Answer::Value { .. } => unreachable!("a client asked for a response"),
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
        }
    }

    /// Nobody will answer: a client that waits is told by its channel.
    pub(crate) fn abandon(&self) {
        drop(self.to.take());
    }

    /// Takes the caller out, to tell it that the instance has gone.
    pub(crate) fn take_caller(&self) -> Option<CallRef> {
        match self.to.take() {
            Some(ReplyTo::Caller(from, _)) => Some(from),
            _ => None,
        }
    }
}
