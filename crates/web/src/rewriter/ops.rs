//! The operations by which `js/html_rewriter/` drives a rewriter.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use bytes::Bytes;
use encoding_rs::Encoding;
use holdfast_engine::{Args, Extension, Fiber, JsResult, Local, Scope, Thrown};
use lol_html::html_content::ContentType;
use lol_html::{AsciiCompatibleEncoding, Selector};

use super::run::{Handlers, Output, run};
use super::token::{Change, Content, Field, Place, Reply};
use super::{Command, Event, STACK_BYTES};

const NO_TOKEN: &str = "This content token is no longer valid. Content tokens are only valid during the execution of \
                        the relevant content handler.";

/// What the operations that run the fiber give: one of these, or a token's kind; with 16 times a number added.
const OVER: u32 = 0;
const NEED_INPUT: u32 = 8;
const OUTPUT_FULL: u32 = 9;
const NEED_CONTENT: u32 = 10;

/// Adds the operations of HTMLRewriter.
pub(crate) fn register(extension: Extension) -> Extension {
    extension
        .op("op_rewriter_selector", 1, op_selector)
        .op("op_rewriter_new", 2, op_new)
        .op("op_rewriter_continue", 1, op_continue)
        .op("op_rewriter_feed", 2, op_feed)
        .op("op_rewriter_output", 1, op_output)
        .op("op_rewriter_stop", 1, op_stop)
        .op("op_token_get", 2, op_get)
        .op("op_token_set", 3, op_set)
        .op("op_token_attribute", 2, op_attribute)
        .op("op_token_has_attribute", 2, op_has_attribute)
        .op("op_token_set_attribute", 3, op_set_attribute)
        .op("op_token_remove_attribute", 2, op_remove_attribute)
        .op("op_token_attribute_at", 2, op_attribute_at)
        .op("op_token_insert", 4, op_insert)
        .op("op_token_remove", 2, op_remove)
        .op("op_token_on_end_tag", 2, op_on_end_tag)
}

/// A rewriter as JavaScript holds it.
struct HostRewriter {
    /// None when it is over.
    fiber: RefCell<Option<Fiber<Command, Event>>>,
    /// Whether a token is there for operations.
    at_token: Cell<bool>,
    output: Output,
}

impl HostRewriter {
    /// Goes on to where JavaScript is needed next. Throws what the parser fails with.
    fn go_on(&self, scope: &mut Scope<'_>, command: Command) -> Result<u32, Thrown> {
        let mut fiber = self.fiber.borrow_mut();
        let Some(running) = fiber.as_mut() else {
            return Err(scope.throw_error("The rewriter is over."));
        };
        self.at_token.set(false);
        let stopped = running.resume(command);
        if running.is_over() {
            *fiber = None;
        }
        Ok(match stopped {
            Event::NeedInput => NEED_INPUT,
            Event::OutputFull => OUTPUT_FULL,
            Event::Token(kind, number) => {
                self.at_token.set(true);
                kind as u32 + 16 * number
            }
            Event::NeedContent(number) => NEED_CONTENT + 16 * number,
            Event::Over(Ok(())) => OVER,
            Event::Over(Err(text)) => return Err(throw_parser_error(scope, &text)),
            Event::Reply(_) => return Err(scope.throw_error("A rewriter answered unasked.")),
        })
    }

    /// Carries out an operation on the token that is there.
    fn change<'s>(&self, scope: &mut Scope<'s>, change: Change) -> JsResult<'s> {
        if !self.at_token.get() {
            return Err(scope.throw_type_error(NO_TOKEN));
        }
        let reply = match self.fiber.borrow_mut().as_mut() {
            Some(fiber) => fiber.resume(Command::Change(change)),
            None => return Err(scope.throw_type_error(NO_TOKEN)),
        };
        match reply {
            Event::Reply(Reply::Nothing) => Ok(scope.undefined()),
            Event::Reply(Reply::Null) => Ok(scope.null()),
            Event::Reply(Reply::Flag(flag)) => Ok(scope.bool(flag)),
            Event::Reply(Reply::Text(text)) => scope.string(&text),
            Event::Reply(Reply::Pair(first, second)) => {
                let first = scope.string(&first)?;
                let second = scope.string(&second)?;
                scope.array(&[first, second])
            }
            Event::Reply(Reply::Failed(text)) => Err(throw_parser_error(scope, &text)),
            _ => Err(scope.throw_error("A token does not know the operation.")),
        }
    }
}

fn throw_parser_error(scope: &mut Scope<'_>, text: &str) -> Thrown {
    scope.throw_type_error(&format!("Parser error: {text}"))
}

fn rewriter<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> Result<Rc<HostRewriter>, Thrown> {
    scope.unwrap::<HostRewriter>(args.get(0))
}

/// `(text)` → a selector.
fn op_selector<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let text = scope.to_string(args.get(0))?;
    match text.parse::<Selector>() {
        Ok(selector) => scope.wrap(Rc::new(selector)),
        Err(error) => Err(throw_parser_error(scope, &error.to_string())),
    }
}

/// `([selector | null, handlers, …], charset)` → a rewriter. `handlers` is a sum: 1 for elements, 2 for text, 4 for
/// comments, 8 for the doctype, 16 for the end.
fn op_new<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let charset = scope.to_string(args.get(1))?;
    let Some(encoding) = Encoding::for_label_no_replacement(charset.as_bytes()) else {
        return Err(throw_parser_error(
            scope,
            "Unknown character encoding has been provided.",
        ));
    };
    let Some(encoding) = AsciiCompatibleEncoding::new(encoding) else {
        return Err(throw_parser_error(
            scope,
            "Expected ASCII-compatible encoding.",
        ));
    };
    let handlers = handlers(scope, args.get(0))?;
    let output = Output::default();
    let gathered = Rc::clone(&output);
    let fiber = Fiber::new(STACK_BYTES, move |_begin| {
        run(&handlers, encoding, &gathered)
    });
    let fiber = match fiber {
        Ok(fiber) => fiber,
        Err(error) => {
            let text = format!("HTMLRewriter has no memory for its stack: {error}");
            return Err(scope.throw_error(&text));
        }
    };
    scope.wrap(Rc::new(HostRewriter {
        fiber: RefCell::new(Some(fiber)),
        at_token: Cell::new(false),
        output,
    }))
}

fn handlers<'s>(scope: &mut Scope<'s>, list: Local<'s>) -> Result<Vec<Handlers>, Thrown> {
    let mut all = Vec::new();
    for at in (0..scope.length(list)?).step_by(2) {
        let selector = scope.get_index(list, at)?;
        let which = scope.get_index(list, at + 1)?.as_int().unwrap_or_default();
        all.push(Handlers {
            selector: match selector.is_nullish() {
                true => None,
                false => Some(scope.unwrap::<Selector>(selector)?),
            },
            element: which & 1 != 0,
            text: which & 2 != 0,
            comments: which & 4 != 0,
            doctype: which & 8 != 0,
            end: which & 16 != 0,
        });
    }
    Ok(all)
}

/// `(rewriter)` → event: begins, or goes on when a handler is done or the output was taken.
fn op_continue<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let rewriter = rewriter(scope, args)?;
    let event = rewriter.go_on(scope, Command::Continue)?;
    Ok(scope.number(f64::from(event)))
}

/// `(rewriter, bytes | null)` → event: the next chunk of what is wanted, or its end.
fn op_feed<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let rewriter = rewriter(scope, args)?;
    let command = match scope.bytes(args.get(1)) {
        Some(bytes) => Command::Input(Bytes::from(bytes)),
        None => Command::End,
    };
    let event = rewriter.go_on(scope, command)?;
    Ok(scope.number(f64::from(event)))
}

/// `(rewriter)` → the output since the last call, or null if there is none.
fn op_output<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let output = std::mem::take(&mut *rewriter(scope, args)?.output.borrow_mut());
    if output.is_empty() {
        return Ok(scope.null());
    }
    scope.uint8_array(output)
}

/// `(rewriter)`: it is not needed any more.
fn op_stop<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let rewriter = rewriter(scope, args)?;
    rewriter.at_token.set(false);
    drop(rewriter.fiber.take());
    Ok(scope.undefined())
}

fn field<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> Result<Field, Thrown> {
    let field = args.get(1).as_int().and_then(Field::from_number);
    field.ok_or_else(|| scope.throw_type_error("There is no such field of a token."))
}

/// `(rewriter, field)` → string, boolean or null
fn op_get<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let field = field(scope, args)?;
    rewriter(scope, args)?.change(scope, Change::Get(field))
}

/// `(rewriter, field, text)`
fn op_set<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let field = field(scope, args)?;
    let text = scope.to_string(args.get(2))?;
    rewriter(scope, args)?.change(scope, Change::Set(field, text))
}

/// `(rewriter, name)` → string or null
fn op_attribute<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let name = scope.to_string(args.get(1))?;
    rewriter(scope, args)?.change(scope, Change::Attribute(name))
}

/// `(rewriter, name)` → boolean
fn op_has_attribute<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let name = scope.to_string(args.get(1))?;
    rewriter(scope, args)?.change(scope, Change::HasAttribute(name))
}

/// `(rewriter, name, value)`
fn op_set_attribute<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let name = scope.to_string(args.get(1))?;
    let value = scope.to_string(args.get(2))?;
    rewriter(scope, args)?.change(scope, Change::SetAttribute(name, value))
}

/// `(rewriter, name)`
fn op_remove_attribute<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let name = scope.to_string(args.get(1))?;
    rewriter(scope, args)?.change(scope, Change::RemoveAttribute(name))
}

/// `(rewriter, index)` → `[name, value]` or null
fn op_attribute_at<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let index = args.get(1).as_int().unwrap_or_default();
    let index = usize::try_from(index).unwrap_or_default();
    rewriter(scope, args)?.change(scope, Change::AttributeAt(index))
}

/// `(rewriter, place, string | number of a stream, html)`
fn op_insert<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let Some(place) = args.get(1).as_int().and_then(Place::from_number) else {
        return Err(scope.throw_type_error("There is no such place of a token."));
    };
    let content_type = match args.get(3).as_bool() {
        Some(true) => ContentType::Html,
        _ => ContentType::Text,
    };
    let content = match args.get(2).as_int() {
        Some(stream) => Content::Stream(stream.unsigned_abs(), content_type),
        None => Content::Text(scope.to_string(args.get(2))?, content_type),
    };
    rewriter(scope, args)?.change(scope, Change::Insert(place, content))
}

/// `(rewriter, keepContent)`
fn op_remove<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let change = match args.get(1).as_bool() {
        Some(true) => Change::RemoveAndKeepContent,
        _ => Change::Remove,
    };
    rewriter(scope, args)?.change(scope, change)
}

/// `(rewriter, number)`
fn op_on_end_tag<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let number = args.get(1).as_int().unwrap_or_default().unsigned_abs();
    rewriter(scope, args)?.change(scope, Change::OnEndTag(number))
}
