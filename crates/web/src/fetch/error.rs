use std::error::Error;
use std::io;

use crate::body::BodyError;

/// Why a request got no response.
///
/// The texts are what a Worker sees. Where Workers say only "Network connection lost." the details are in
/// [`FetchError::detail`], which becomes the `cause` of the error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The connection could not be made, or broke before the response.
    #[error("Network connection lost.")]
    ConnectionLost {
        /// `host:port`.
        authority: String,
        /// What the operating system or the HTTP parser says.
        detail: String,
    },
    /// The name has no address.
    #[error("DNS lookup of \"{host}\" failed: {detail}")]
    Dns {
        /// The name asked for.
        host: String,
        /// What the resolver says.
        detail: String,
    },
    /// The server's certificate or the handshake was refused.
    #[error("TLS connection to {authority} failed: {detail}")]
    Tls {
        /// `host:port`.
        authority: String,
        /// What TLS says.
        detail: String,
    },
    /// No connection within the time allowed.
    #[error("Connecting to {authority} took longer than {seconds} seconds.")]
    ConnectTimeout {
        /// `host:port`.
        authority: String,
        /// The time allowed.
        seconds: u64,
    },
    /// The body of the request failed while it was sent.
    #[error("{0}")]
    RequestBody(BodyError),
    /// The request cannot be written as HTTP; the text says which part.
    #[error("{0}")]
    Invalid(String),
    /// A 101 response that does not complete the WebSocket handshake.
    #[error("The WebSocket handshake with {authority} failed: {detail}")]
    Handshake {
        /// `host:port`.
        authority: String,
        /// What is wrong with the response.
        detail: &'static str,
    },
}

impl FetchError {
    /// More about the failure than the message says.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::ConnectionLost { authority, detail } => Some(format!("{authority}: {detail}")),
            _ => None,
        }
    }

    /// Whether a Worker gets it as a `TypeError` (otherwise: an `Error`).
    pub fn is_type_error(&self) -> bool {
        matches!(self, Self::Invalid(_))
    }

    /// What a failure of the HTTP client was about.
    pub(super) fn from_client(error: &hyper_util::client::legacy::Error, authority: &str) -> Self {
        for cause in causes(error) {
            if let Some(known) = cause.downcast_ref::<FetchError>() {
                return known.clone();
            }
            if let Some(failure) = cause.downcast_ref::<BodyError>() {
                return Self::RequestBody(failure.clone());
            }
            if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
                return Self::Tls {
                    authority: authority.to_owned(),
                    detail: tls.to_string(),
                };
            }
        }
        let detail = causes(error)
            .last()
            .map_or_else(|| error.to_string(), ToString::to_string);
        Self::ConnectionLost {
            authority: authority.to_owned(),
            detail,
        }
    }
}

/// The error and what it came from; `io::Error` hides the error it wraps from `source`, so that is looked into as well.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        match error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}
