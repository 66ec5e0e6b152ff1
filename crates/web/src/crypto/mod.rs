//! Cryptography without JavaScript: what `crypto.subtle` and Node's `crypto` stand on.
//!
//! All arithmetic is OpenSSL's, which is built from source and linked in. The modules here give its algorithms names,
//! bounds and one kind of error. Which key may do what, and in which words it is refused, is for JavaScript to say.
//!
//! Invariants
//! - Only `ops` knows JavaScript; everything else works on bytes and may be used on any thread.
//! - The bytes that a [`key::Key`] holds are wiped when it is dropped, as OpenSSL does with its own.
//! - What may take longer than a turn should says so in its documentation, and goes to a blocking thread.

pub mod aes;
pub mod cipher;
pub mod ec;
pub mod hash;
pub mod kdf;
pub mod key;
pub mod mac;
mod ops;
pub mod rsa;
pub mod sign;

use openssl::error::ErrorStack;

pub use ops::HostKey;
pub(crate) use ops::register;

/// OpenSSL refused: a key that does not fit, a tag that does not match, malformed data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Failed {
    /// The part of OpenSSL that it comes from, such as `asn1 encoding routines`; may be empty.
    pub library: String,
    /// Why, in OpenSSL's words; may be empty.
    pub reason: String,
}

impl Failed {
    fn because(reason: &str) -> Failed {
        Failed {
            library: String::new(),
            reason: reason.to_owned(),
        }
    }
}

impl From<ErrorStack> for Failed {
    fn from(stack: ErrorStack) -> Failed {
        // The last one is the most general, and what Node shows.
        let error = stack.errors().last();
        let text = |text: Option<&'static str>| text.unwrap_or_default().to_owned();
        Failed {
            library: text(error.and_then(|error| error.library())),
            reason: text(error.and_then(|error| error.reason())),
        }
    }
}
