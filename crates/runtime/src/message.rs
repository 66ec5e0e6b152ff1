//! What shards say to each other. The same messages will travel between nodes.

use holdfast_object::{Generation, ObjectId};
use holdfast_web::body::Body;
use holdfast_workers::failure::Failure;
use http::{HeaderMap, Method, StatusCode};

/// Index of an object class in [`crate::App`].
pub(crate) type ClassIndex = u32;

/// Which object: its class and its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ObjectKey {
    pub(crate) class: ClassIndex,
    pub(crate) id: ObjectId,
}

/// Who waits for an answer: a shard, and the number it gave the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CallRef {
    pub(crate) shard: usize,
    pub(crate) call: usize,
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
}

/// What is called.
#[derive(Debug)]
pub(crate) enum CallKind {
    /// A method, or without arguments a property.
    Method {
        path: Vec<String>,
        /// A serialised array.
        args: Option<Vec<u8>>,
    },
    /// The `fetch` handler.
    Fetch(Box<FetchCall>),
}

impl CallKind {
    /// Bytes that it holds in memory while it waits.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            CallKind::Method { path, args } => {
                let path: usize = path.iter().map(String::len).sum();
                (path + args.as_ref().map_or(0, Vec::len)) as u64
            }
            CallKind::Fetch(fetch) => fetch.body.as_ref().and_then(Body::known_length).unwrap_or(0),
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
    /// A serialised value.
    Value(Vec<u8>),
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
}

/// An answer on its way back.
#[derive(Debug)]
pub(crate) struct Return {
    pub(crate) call: usize,
    pub(crate) answer: Answer,
    /// The instance that answered.
    pub(crate) generation: Option<Generation>,
}

/// What arrives at a shard.
pub(crate) enum Message {
    Call(Call),
    Return(Return),
    Control(crate::node::Control),
}
