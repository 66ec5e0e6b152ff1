//! How alarm handlers end.

use holdfast_engine::{Args, Extension, JsResult, Scope};

use super::core;
use crate::alarms::{AlarmRun, HandlerEnd};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_alarm_succeeded", 1, succeeded)
        .op("op_alarm_threw", 2, threw)
        .op("op_alarm_missing", 1, missing)
}

/// `(run)`
fn succeeded<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    end(scope, args, HandlerEnd::Succeeded)
}

/// `(run, text of what was thrown)`
fn threw<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let text = scope.to_string(args.get(1))?;
    end(scope, args, HandlerEnd::Threw(text))
}

/// `(run)`: the class has no handler
fn missing<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    end(scope, args, HandlerEnd::Missing)
}

fn end<'s>(scope: &mut Scope<'s>, args: &Args<'s>, end: HandlerEnd) -> JsResult<'s> {
    let run = scope.unwrap::<AlarmRun>(args.get(0))?;
    run.end(&core(scope), end);
    Ok(scope.undefined())
}
