//! Requests to the stateless Worker, from their arrival to the end of what they leave behind.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use holdfast_object::Cause;
use holdfast_web::io::Level;
use holdfast_workers::failure::Failure;
use http::header::UPGRADE;
use http::{HeaderMap, StatusCode};
use tokio::sync::oneshot;

use crate::context::{Context, Kind};
use crate::core::Core;
use crate::edge::{IncomingRequest, OutgoingResponse, Shard};
use crate::io::source_of;
use crate::reply::{Answered, Reply, ReplyTo};

/// How long `waitUntil` work may go on after the Worker has answered, in ms (semantics §9.3).
const AFTER_ANSWER_MS_MAX: u64 = 30_000;

impl Core {
    /// A request of the Worker was answered: what is left of it may take its time, but not for ever.
    pub(crate) fn event_answered(&self, context: &Rc<Context>) {
        if let Kind::Event {
            answered, reply, ..
        } = &context.kind
        {
            answered.set(true);
            reply.take();
        }
    }

    /// After a turn of a request that was answered: it ends when nothing is left that it may still do
    /// (`waitUntil` work, a body that JavaScript feeds, a socket that it listens to). Timers and fetches beside end with it.
    pub(crate) fn event_goes_on(&self, context: &Rc<Context>) {
        if context.has_ended() {
            return;
        }
        if !context.has_background() && !context.is_in_use() {
            self.end_context(context);
        } else if !context.is_watched() {
            context.set_watched();
            let deadline = self.now_ms() + AFTER_ANSWER_MS_MAX;
            self.answered
                .borrow_mut()
                .push_back((deadline, Rc::downgrade(context)));
        }
    }

    /// Looks at what should have ended by now: `waitUntil` work and critical sections.
    pub(crate) fn sweep_late(self: &Rc<Self>) {
        let now_ms = self.now_ms();
        while let Some(context) = pop_due(&self.answered, |entry| entry.0 <= now_ms) {
            let Some(context) = context.1.upgrade().filter(|context| !context.has_ended()) else {
                continue;
            };
            if context.is_in_use() {
                // The answer is not complete yet, or a socket is open; its time begins when that ends.
                self.answered
                    .borrow_mut()
                    .push_back((now_ms + AFTER_ANSWER_MS_MAX, Rc::downgrade(&context)));
                continue;
            }
            self.log.console(
                Level::Warn,
                &source_of(Some(&context)),
                "waitUntil() tasks did not complete within the allowed time after invocation end and \
                 have been cancelled. See: \
                 https://developers.cloudflare.com/workers/runtime-apis/context/#waituntil",
            );
            self.end_context(&context);
        }
        while let Some(late) = pop_due(&self.sections, |entry| entry.deadline_ms <= now_ms) {
            let (Some(context), Some(call)) = (late.context.upgrade(), late.call.upgrade()) else {
                continue;
            };
            if call.section.get().is_some() && !context.has_ended() {
                self.instance_failed(&context, Failure::of(Cause::SectionTimedOut));
            }
        }
        self.run_ready();
    }

    async fn fetch(self: Rc<Self>, request: IncomingRequest) -> OutgoingResponse {
        let program = self.programs.first();
        let compression = program.sockets.compression;
        let wants_socket = asks_for_socket(&request.headers);
        let context = Context::new(
            program,
            Kind::Event {
                answered: Cell::new(false),
                reply: RefCell::new(None),
                key: Cell::new(None),
            },
        );
        let (sender, receiver) = oneshot::channel();
        let reply = Reply::new(&context, ReplyTo::Client(sender), wants_socket);
        if let Kind::Event {
            reply: kept, key, ..
        } = &context.kind
        {
            kept.replace(Some(Rc::clone(&reply)));
            key.set(Some(
                self.events.borrow_mut().insert(Rc::downgrade(&context)),
            ));
        }
        // Dropped also when the client goes and this future with it; the Worker runs on.
        let _under_way = UnderWay::new(&self);
        self.turn(&context, |scope| {
            crate::start::worker_fetch(scope, &context, reply, request)
        });
        let source = source_of(Some(&context));
        drop(context);
        self.run_ready();
        match receiver.await {
            Ok(Answered::Response(response)) => {
                let mut response = OutgoingResponse::from(*response);
                if let Some(socket) = &mut response.web_socket {
                    socket.compression = compression;
                }
                response
            }
            Ok(Answered::Failed { text, overloaded }) => {
                self.log
                    .console(Level::Error, &source, &format!("Uncaught {text}"));
                let status = if overloaded {
                    StatusCode::SERVICE_UNAVAILABLE
                } else {
                    StatusCode::INTERNAL_SERVER_ERROR
                };
                OutgoingResponse::failed(status)
            }
            // The reply was dropped: the context ended without an answer, and why was logged.
            Err(_) => OutgoingResponse::failed(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

/// Whether a request asks for a WebSocket.
pub(crate) fn asks_for_socket(headers: &HeaderMap) -> bool {
    headers
        .get(UPGRADE)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Counts a request.
struct UnderWay(Rc<Core>);

impl UnderWay {
    fn new(core: &Rc<Core>) -> UnderWay {
        core.requests.set(core.requests.get() + 1);
        UnderWay(Rc::clone(core))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let left = self.0.requests.get() - 1;
        self.0.requests.set(left);
        if left == 0 {
            self.0.idle.notify_one();
        }
    }
}

fn pop_due<T>(queue: &RefCell<VecDeque<T>>, due: impl Fn(&T) -> bool) -> Option<T> {
    let mut queue = queue.borrow_mut();
    if queue.front().is_some_and(due) {
        queue.pop_front()
    } else {
        None
    }
}

/// The shard as the edge sees it.
pub(crate) struct ShardHandle(pub(crate) Rc<Core>);

impl Shard for ShardHandle {
    fn index(&self) -> usize {
        self.0.index
    }

    fn fetch(&self, request: IncomingRequest) -> LocalBoxFuture<'static, OutgoingResponse> {
        let core = Rc::clone(&self.0);
        Box::pin(core.fetch(request))
    }
}
