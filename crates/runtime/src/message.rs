//! What shards say to each other. The same messages will travel between nodes.

use holdfast_object::{Generation, ObjectId};
use holdfast_storage::ObjectRef;
use holdfast_web::body::Body;
use holdfast_web::websocket::Endpoint;
use holdfast_workers::failure::Failure;
use http::{HeaderMap, Method, StatusCode};

use crate::rpc::{ExportAt, MethodCall, Parcel, ServiceCall, TargetCall};
use crate::sockets::SocketEvent;

/// A class of objects, whatever the program's version: made from its unique key, which names its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ClassId(u64);

impl ClassId {
    /// FNV-1a of the key, which is the name of the class's data folder. (A program whose classes do not differ in it is
    /// refused.)
    pub(crate) fn of(unique_key: &str) -> ClassId {
        let hash = unique_key
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
            });
        ClassId(hash)
    }
}

/// Which object: its class and its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ObjectKey {
    /// Its class.
    pub(crate) class: ClassId,
    /// Its id within the class.
    pub(crate) id: ObjectId,
}

impl ObjectKey {
    /// As the store names it.
    pub(crate) fn of(object: &ObjectRef) -> ObjectKey {
        ObjectKey {
            class: ClassId::of(&object.class),
            id: ObjectId::from_bytes(object.id),
        }
    }
}

/// A call among those of its caller's shard. The serial tells it from an earlier one in the same slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CallId {
    pub(crate) slot: usize,
    pub(crate) serial: u64,
}

/// Who waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CallRef {
    pub(crate) shard: usize,
    pub(crate) call: CallId,
}

impl CallRef {
    /// Nobody waits: what is sent there is dropped.
    pub(crate) const fn nobody(shard: usize) -> CallRef {
        let call = CallId {
            slot: usize::MAX,
            serial: u64::MAX,
        };
        CallRef { shard, call }
    }
}

/// A call of an object.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) key: ObjectKey,
    /// The name that the caller's id was made from.
    pub(crate) name: Option<String>,
    pub(crate) kind: CallKind,
    pub(crate) from: CallRef,
    /// The instance that first served the caller's stub.
    pub(crate) bound: Option<Generation>,
    /// It is for a facet of the caller, which is on this shard.
    pub(crate) to_facet: bool,
}

/// What is called.
#[derive(Debug)]
pub(crate) enum CallKind {
    /// A method, or without arguments a property.
    Method(MethodCall),
    /// The `fetch` handler.
    Fetch(Box<FetchCall>),
    /// A handler of the object's hibernatable WebSockets. Comes from the object's own shard.
    Socket(Box<SocketEvent>),
}

impl CallKind {
    /// Whether it is a request for a WebSocket.
    pub(crate) fn asks_for_socket(&self) -> bool {
        match self {
            CallKind::Fetch(fetch) => crate::requests::asks_for_socket(&fetch.headers),
            CallKind::Method(_) | CallKind::Socket(_) => false,
        }
    }

    /// Bytes that it holds in memory while it waits.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            CallKind::Method(call) => call.bytes(),
            CallKind::Fetch(fetch) => fetch
                .body
                .as_ref()
                .and_then(Body::known_length)
                .unwrap_or(0),
            CallKind::Socket(event) => event.bytes(),
        }
    }
}

/// A request to an object.
#[derive(Debug)]
pub(crate) struct FetchCall {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Body>,
    /// `request.cf` as JSON.
    pub(crate) cf: Option<String>,
}

/// The answer to a call.
#[derive(Debug)]
pub(crate) enum Answer {
    Value(Parcel),
    Response(Box<FetchAnswer>),
    Failed(Failure),
}

/// A response from an object or from the Worker.
#[derive(Debug)]
pub(crate) struct FetchAnswer {
    pub(crate) status: StatusCode,
    pub(crate) status_text: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Body>,
    /// The connection behind a response with status 101.
    pub(crate) web_socket: Option<Endpoint>,
}

/// An answer on its way back.
#[derive(Debug)]
pub(crate) struct Return {
    pub(crate) call: CallId,
    pub(crate) answer: Answer,
    /// The instance that answered.
    pub(crate) generation: Option<Generation>,
}

/// What arrives at a shard.
pub(crate) enum Message {
    Call(Call),
    Return(Return),
    /// The log has come further.
    Durable,
    /// The log takes no more commits.
    LogFailed,
    /// From a shard to itself: clear the row of an alarm that was given up.
    AlarmAbandoned(ObjectKey),
    /// A call of something that this shard exported.
    Target(TargetCall),
    /// A call of an entry of the Worker.
    Service(ServiceCall),
    /// Nobody refers to an export any more.
    Release(ExportAt),
    Control(crate::node::Control),
}
