//! Calls by reference: functions, `RpcTarget`s, stubs and streams that cross between contexts.
//!
//! One small protocol, the same within a shard, between shards, and later between nodes:
//!
//! - *Call* ([`Outgoing`]): a method or property of an object, of an entry of a Worker, or of an export.
//! - *Return* ([`crate::message::Return`]): its answer.
//! - *Pipeline* ([`Pipelined`]): calls of a result that is not here yet. They travel inside the call that
//!   gives the result, so that a chain of calls takes one round trip.
//! - *Release* ([`Export`], dropped): nobody refers to an export any more.
//! - *Stream* ([`holdfast_web::body::Body`]): bytes, with backpressure; a `WritableStream` is an export.
//!
//! What a context has given to others is in its table of exports; others have a [`Capability`]. Who may still
//! use an export is counted by the ownership of that value and by nothing else: a message that is
//! dropped on its way, a caller that ends, and a stub that is disposed of all let go of it the same way.

mod capability;
mod channel;
mod context;
mod deliver;
mod exports;
mod message;
mod service;

pub(crate) use capability::{Capability, Export, ExportAt, Service};
pub(crate) use channel::Channel;
pub(crate) use context::{RpcContext, RpcShard};
pub(crate) use deliver::pipelined;
pub(crate) use message::{
    External, MethodCall, Outgoing, Parcel, Pipelined, ServiceCall, TargetCall, callers,
};
pub(crate) use service::not_running;
