//! `fetch()` over the network, and what HTTP messages look like to JavaScript.
//!
//! [`Client`] speaks HTTP/1.1 to `http:` and `https:` URLs, over kept-alive connections; it follows no redirects (that is
//! `js/fetch.js`, which does it alike for the network and for other objects) and adds no header but what the protocol
//! needs. It knows nothing of JavaScript. Dropping what [`Client::send`] returns aborts the request.
//!
//! What holds: nothing is sent before the output gate of the calling context has opened.
//!
//! A runtime that loads these modules must have an [`Rc<Client>`](Client) in its state.

mod client;
mod connect;
mod data_url;
mod error;
mod headers;
mod ops;
mod upgrade;

pub use client::{Client, ClientOptions, Request, Response, Roots};
pub use error::FetchError;
pub use headers::{HostHeaders, headers_from_js};
pub use ops::register;
pub use upgrade::{HostUpgrade, UpgradedIo};

#[cfg(test)]
mod tests;
