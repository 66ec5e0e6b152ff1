//! HTMLRewriter: `lol_html` on a fiber, so that its handlers may be JavaScript that takes its time.
//!
//! `lol_html` calls a handler and goes on when that returns. Here a handler stops the fiber ([`Event::Token`]) and
//! JavaScript has the floor: each thing it does to the token resumes the fiber for that one operation, and the handler
//! returns when JavaScript says so, be it after hours. Nothing of the token ever leaves the fiber's stack, so a token
//! that is used too late is a message that nobody waits for, and not a dangling pointer.
//!
//! What holds:
//! - The fiber runs only inside an operation, and works off at most one chunk of input before it stops.
//! - Output is taken away whenever [`OUTPUT_BYTES`] have gathered; what the parser itself keeps is bounded by
//!   [`PARSER_BYTES_MAX`].
//! - It is over with the JavaScript object that holds it: dropping that unwinds the fiber.

mod ops;
mod run;
mod token;

pub(crate) use ops::register;

use bytes::Bytes;
use token::{Change, Reply};

/// How much output gathers before it is taken away.
const OUTPUT_BYTES: usize = 64 << 10;

/// What the parser may keep, as in workerd: a token that does not end, open elements, selectors.
const PARSER_BYTES_MAX: usize = 3 << 20;

/// The stack of a fiber. `lol_html` does not recurse; most of this is never touched, and takes no memory.
const STACK_BYTES: usize = 512 << 10;

/// What stopped the fiber.
enum Event {
    /// The next chunk of input is wanted: [`Command::Input`] or [`Command::End`].
    NeedInput,
    /// Output has gathered: [`Command::Continue`] when it was taken.
    OutputFull,
    /// A handler has a token: [`Command::Change`], and [`Command::Continue`] when it is done with it.
    Token(Kind, u32),
    /// What a [`Command::Change`] gave.
    Reply(Reply),
    /// The next chunk of a stream that JavaScript gave as content: [`Command::Input`] or [`Command::End`].
    NeedContent(u32),
    /// All is done, or failed with this text.
    Over(Result<(), String>),
}

/// What makes the fiber go on.
enum Command {
    Continue,
    Input(Bytes),
    End,
    Change(Change),
}

/// The kinds of token, by the numbers that `js/html_rewriter/driver.js` knows them by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Kind {
    Element = 1,
    Text = 2,
    Comment = 3,
    Doctype = 4,
    DocumentEnd = 5,
    EndTag = 6,
}
