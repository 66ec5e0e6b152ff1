//! Exports, stubs of them, and what JavaScript cannot see of promises.

use std::rc::Rc;
use std::sync::Arc;

use holdfast_engine::{Args, Extension, JsResult, PromiseState, Scope};
use holdfast_web::body::HostBody;

use super::{context, core};
use crate::reply::Reply;
use crate::rpc::{Capability, Channel, Service};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_rpc_export", 2, export)
        .op("op_rpc_dup", 1, dup)
        .op("op_rpc_dispose", 1, dispose)
        .op("op_rpc_is_open", 1, is_open)
        .op("op_rpc_service", 3, service)
        .op("op_worker_name", 0, worker_name)
        .op("op_reply_pipeline", 3, pipeline)
        .op("op_promise_peek", 1, peek)
}

/// `(target, wants to know of its release)` → channel, which owns the only share
fn export<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let context = context(scope)?;
    let core = core(scope);
    let target = scope.persist(args.get(0));
    let disposes = args.get(1).as_bool() == Some(true);
    let export = core.export(&context, target, disposes);
    scope.wrap(Channel::open(&core, &context, Capability::Export(export)))
}

/// `(channel)` → another to the same, or undefined if the channel was disposed of
fn dup<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let channel = scope.unwrap::<Channel>(args.get(0))?;
    let Some(to) = channel.capability() else {
        return Ok(scope.undefined());
    };
    let context = context(scope)?;
    let core = core(scope);
    scope.wrap(Channel::open(&core, &context, to))
}

/// `(channel or body)`; any number of times
fn dispose<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    match scope.try_unwrap::<HostBody>(args.get(0)) {
        Some(body) => body.cancel(),
        None => scope.unwrap::<Channel>(args.get(0))?.dispose(),
    }
    Ok(scope.undefined())
}

/// `(channel)` → whether it was not disposed of
fn is_open<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let channel = scope.unwrap::<Channel>(args.get(0))?;
    Ok(scope.bool(channel.capability().is_some()))
}

/// `(name of the Worker | undefined for the program's own, name of the entry, props | undefined)` → channel
fn service<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let worker = match args.get(0) {
        own if own.is_undefined() => super::plan(scope).name().to_owned(),
        worker => scope.to_string(worker)?,
    };
    let entry = scope.to_string(args.get(1))?;
    let props = match args.get(2) {
        props if props.is_undefined() => None,
        props => Some(scope.serialize(props)?),
    };
    scope.wrap(Rc::new(Channel::Service(Arc::new(Service {
        worker,
        entry,
        props,
    }))))
}

/// → the name of the Worker that asks
fn worker_name<'s>(scope: &mut Scope<'s>, _args: &Args<'s>) -> JsResult<'s> {
    let plan = super::plan(scope);
    scope.string(plan.name())
}

/// `(reply, result, wants to know of its release)`: lets the calls that wait for the result have it
fn pipeline<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let reply = scope.unwrap::<Reply>(args.get(0))?;
    let context = context(scope)?;
    let core = core(scope);
    let then = reply.take_then();
    let target = scope.persist(args.get(1));
    let export = core.export(&context, target, args.get(2).as_bool() == Some(true));
    core.pipeline(&export, then);
    Ok(scope.undefined())
}

/// `(promise)` → undefined while it is pending, else `[whether it was fulfilled, value or reason]`
fn peek<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let promise = args.get(0);
    let fulfilled = match scope.promise_state(promise) {
        Some(PromiseState::Fulfilled) => true,
        Some(PromiseState::Rejected) => false,
        Some(PromiseState::Pending) | None => return Ok(scope.undefined()),
    };
    let result = scope.promise_result(promise);
    let fulfilled = scope.bool(fulfilled);
    scope.array(&[fulfilled, result])
}
