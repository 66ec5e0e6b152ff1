//! Critical sections, abort and exit.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use holdfast_engine::{Args, Extension, JsResult, Scope};
use holdfast_object::input_gate::GateError;
use holdfast_object::{Cause, Flags};
use holdfast_workers::failure::{Failure, Payload};

use super::{context, core};
use crate::instance::Event;
use crate::section::SectionCall;

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_section", 2, begin)
        .op("op_section_end", 5, end)
        .op("op_abort", 2, abort)
        .op("op_process_exit", 1, process_exit)
}

/// `(callback, failure breaks the object)` → promise for what the callback gives
fn begin<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let context = context(scope)?;
    let core = core(scope);
    let Some(instance) = context.instance() else {
        return Err(scope.throw_error("Only a Durable Object has critical sections."));
    };
    let (promise, resolver) = scope.promise()?;
    let call = Rc::new(SectionCall {
        callback: scope.persist(args.get(0)),
        frame: scope.current_context(),
        breaks: args.get(1).as_bool() == Some(true),
        section: Cell::new(None),
        resolver: RefCell::new(Some(resolver)),
        outcome: RefCell::new(None),
    });
    let parent = instance.section();
    let begun = instance
        .gate
        .borrow_mut()
        .begin_section(parent, Event::Section(call));
    match begun {
        Ok(_) => {
            core.make_ready(&context);
            Ok(promise)
        }
        Err(refused) => {
            let message = refused.reason.to_string();
            match refused.reason {
                GateError::NestedTooDeeply => Err(scope.throw_error(&message)),
                // The object is gone; its JavaScript does not learn of it.
                GateError::Broken => Ok(promise),
            }
        }
    }
}

/// `(section, ok, value or reason, packed reason, text)`
fn end<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let call = scope.unwrap::<SectionCall>(args.get(0))?;
    let context = context(scope)?;
    let core = core(scope);
    let Some(instance) = context.instance() else {
        return Ok(scope.undefined());
    };
    let ok = args.get(1).as_bool() == Some(true);
    if !ok && call.breaks {
        let packed = scope.serialize(args.get(3))?;
        let text = scope.to_string(args.get(4))?;
        instance.doom(Failure {
            payload: Payload::Packed(packed.into()),
            text: text.into(),
            flags: Cause::SectionThrew.flags(),
            cause: Some(Cause::SectionThrew),
        });
        context.silence();
        return Err(scope.terminate());
    }
    let Some(section) = call.section.take() else {
        return Ok(scope.undefined());
    };
    call.outcome.replace(Some((ok, scope.persist(args.get(2)))));
    let ended = instance
        .gate
        .borrow_mut()
        .end_section(section, Event::Section(call));
    if ended.is_ok() {
        core.make_ready(&context);
    }
    Ok(scope.undefined())
}

/// `(reason | undefined, whether an alarm that runs is tried again)`: resets the object; nothing of it runs after this
fn abort<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let context = context(scope)?;
    let Some(instance) = context.instance() else {
        return Err(scope.throw_error(
            "ctx.abort() outside a Durable Object is not supported by Holdfast yet.",
        ));
    };
    let flags: Flags = Cause::Aborted.flags();
    let failure = if args.get(0).is_undefined() {
        Failure::with_message("Application called abort() to reset Durable Object.", flags)
    } else {
        let reason = scope.to_string(args.get(0))?;
        Failure::with_message(&reason, flags)
    };
    if args.get(1).as_bool() == Some(false) {
        instance.alarm_retry.set(false);
    }
    instance.doom(failure);
    context.silence();
    Err(scope.terminate())
}

/// `(code)`: ends the request, or resets the object, that called `process.exit()`; nothing of it runs after this
fn process_exit<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let code = scope.to_string(args.get(0))?;
    let context = context(scope)?;
    let text = format!("The Node.js process.exit({code}) API was called. Canceling the request.");
    match context.instance() {
        Some(instance) => {
            instance.doom(Failure::with_message(&text, Flags::default()));
        }
        None => {
            context.exit.replace(Some(text));
        }
    }
    context.silence();
    Err(scope.terminate())
}
