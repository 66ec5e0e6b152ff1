//! `ctx.facets`.

use std::rc::{Rc, Weak};

use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};
use holdfast_object::facet::check_name;
use holdfast_object::{FacetError, Flags};
use holdfast_storage::{ErrorKind, StorageError};
use holdfast_workers::failure::{Failure, Payload};

use super::{context, core, stranger};
use crate::context::Context;
use crate::facets::{FacetStart, FacetStub, ShownId, Startup};
use crate::rpc::Channel;

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_facet_open", 3, open)
        .op("op_facet_abort", 4, abort)
        .op("op_facet_delete", 2, delete)
        .op("op_facet_clone", 3, clone)
        .op("op_facet_started", 7, started)
        .op("op_facet_refused", 3, refused)
}

/// The host object behind the `ctx.facets` of an instance.
pub(crate) struct FacetManager(pub(crate) Weak<Context>);

/// The context behind `manager`, which must be the one that runs.
fn owner(scope: &mut Scope<'_>, manager: Local<'_>) -> Result<Rc<Context>, Thrown> {
    let manager = scope.unwrap::<FacetManager>(manager)?;
    let context = context(scope)?;
    if std::ptr::eq(manager.0.as_ptr(), Rc::as_ptr(&context)) {
        return Ok(context);
    }
    let text = stranger(context.instance().is_some(), "FacetManager");
    Err(scope.throw_error(&text))
}

/// The name of a facet; throws if it is too long.
fn name_of(scope: &mut Scope<'_>, value: Local<'_>) -> Result<String, Thrown> {
    let name = scope.to_string(value)?;
    match check_name(&name) {
        Ok(()) => Ok(name),
        Err(error) => Err(throw(scope, error)),
    }
}

fn throw(scope: &mut Scope<'_>, error: FacetError) -> Thrown {
    let text = error.to_string();
    match error {
        FacetError::NameTooLong => scope.throw_type_error(&text),
        FacetError::TooDeep => scope.throw_error(&text),
    }
}

/// `(manager, name, callback)` → channel
fn open<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let context = owner(scope, args.get(0))?;
    let name = scope.to_string(args.get(1))?;
    let instance = context.instance().expect("a manager belongs to an object");
    let path = match instance.path.child(&name) {
        Ok(path) => path,
        Err(error) => return Err(throw(scope, error)),
    };
    let callback = scope.persist(args.get(2));
    let stub = FacetStub::new(&context, name, path, callback);
    let channel = Rc::new(Channel::Facet(stub));
    context.rpc.add_import(&channel);
    scope.wrap(channel)
}

/// `(manager, name, packed reason, its text)`
fn abort<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let context = owner(scope, args.get(0))?;
    let name = name_of(scope, args.get(1))?;
    let failure = thrown(scope, args.get(2), args.get(3))?;
    let instance = context.instance().expect("a manager belongs to an object");
    core(scope).abort_facet(instance, &name, &failure);
    Ok(scope.undefined())
}

/// What the program has thrown, as callers get it.
fn thrown(scope: &mut Scope<'_>, packed: Local<'_>, text: Local<'_>) -> Result<Failure, Thrown> {
    let packed = scope.serialize(packed)?;
    let text = scope.to_string(text)?;
    Ok(Failure {
        payload: Payload::Packed(packed.into()),
        text: text.into(),
        flags: Flags::default(),
        cause: None,
    })
}

/// `(manager, name)`
fn delete<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let context = owner(scope, args.get(0))?;
    let name = name_of(scope, args.get(1))?;
    let deleted = core(scope).delete_facet(&context, &name);
    done(scope, deleted)
}

/// `(manager, name of the source, name of the target)`
fn clone<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let context = owner(scope, args.get(0))?;
    let source = name_of(scope, args.get(1))?;
    let target = name_of(scope, args.get(2))?;
    let cloned = core(scope).clone_facet(&context, &source, &target);
    done(scope, cloned)
}

fn done<'s>(scope: &mut Scope<'s>, result: Result<(), StorageError>) -> JsResult<'s> {
    let Err(error) = result else {
        return Ok(scope.undefined());
    };
    if error.kind == ErrorKind::Internal {
        tracing::error!(%error, "the data of a facet could not be changed");
        return Err(scope.throw_error("internal error; reference = facets"));
    }
    Err(scope.throw_error(&error.message))
}

/// `(start, Worker | undefined for the program's own, class, props | undefined, id | undefined, its name | undefined,
/// whether the id is only a text)`
fn started<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let start = scope.unwrap::<FacetStart>(args.get(0))?;
    let context = context(scope)?;
    let worker = match args.get(1) {
        own if own.is_undefined() => context.program.plan.name().to_owned(),
        worker => scope.to_string(worker)?,
    };
    let class = scope.to_string(args.get(2))?;
    let props = match args.get(3) {
        props if props.is_undefined() => None,
        props => Some(scope.serialize(props)?),
    };
    let id = match args.get(4) {
        parents if parents.is_undefined() => {
            let instance = context.instance().expect("only objects have facets");
            instance.shown_id()
        }
        id => {
            let text = scope.to_string(id)?;
            let name = match args.get(5) {
                name if name.is_undefined() => None,
                name => Some(scope.to_string(name)?),
            };
            match args.get(6).as_bool() == Some(true) {
                true => ShownId::Text(text),
                false => ShownId::Object { hex: text, name },
            }
        }
    };
    let startup = Startup {
        worker,
        class,
        props,
        id,
    };
    core(scope).facet_started(&start, startup);
    Ok(scope.undefined())
}

/// `(start, packed reason, its text)`
fn refused<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let start = scope.unwrap::<FacetStart>(args.get(0))?;
    let failure = thrown(scope, args.get(1), args.get(2))?;
    core(scope).facet_refused(&start, failure);
    Ok(scope.undefined())
}
