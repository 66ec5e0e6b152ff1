//! A failed call on its way to the caller.

use std::sync::Arc;

use holdfast_object::{Cause, Flags};

/// An error as it passes between objects. Cheap to clone: all callers of an instance that broke get
/// the same.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What the caller's error is made from.
    pub payload: Payload,
    /// For logs: the stack where there is one.
    pub text: Arc<str>,
    /// Properties of the error at the caller.
    pub flags: Flags,
    /// Why the instance ended, if it did; `None` for what a handler threw and for failures that need no telling apart.
    pub cause: Option<Cause>,
}

/// What an error is made from.
#[derive(Debug, Clone)]
pub enum Payload {
    /// What was thrown, packed by `js/errors.js`, in the engine's clone format.
    Packed(Arc<[u8]>),
    /// An `Error` with this message, made by the runtime.
    Message(Arc<str>),
}

impl Failure {
    /// What callers get when an instance ends for `cause`, if the runtime says it in its own words.
    ///
    /// # Panics
    /// When the words for `cause` are the program's.
    pub fn of(cause: Cause) -> Failure {
        let message = cause.message().expect("a cause with a message of its own");
        Failure::with_message(message, cause.flags()).because(cause)
    }

    /// The same failure, with its cause.
    pub fn because(self, cause: Cause) -> Failure {
        Failure {
            cause: Some(cause),
            ..self
        }
    }

    /// An `Error` with this message.
    pub fn with_message(message: &str, flags: Flags) -> Failure {
        let message: Arc<str> = message.into();
        Failure {
            payload: Payload::Message(Arc::clone(&message)),
            text: message,
            flags,
            cause: None,
        }
    }

    /// The flags as `js/errors.js` takes them.
    pub fn flag_bits(&self) -> i32 {
        let Flags {
            remote,
            retryable,
            overloaded,
            durable_object_reset,
        } = self.flags;
        i32::from(remote)
            | i32::from(retryable) << 1
            | i32::from(overloaded) << 2
            | i32::from(durable_object_reset) << 3
    }
}
