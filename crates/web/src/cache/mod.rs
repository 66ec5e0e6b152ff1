//! The Cache API: responses kept in files, by cache and URL.
//!
//! What it is for: what Cloudflare's `caches` gives, on one machine. What it keeps is no data: it may be gone at any time,
//! nothing is flushed, and a file that is damaged or torn is a response that was never kept.
//!
//! What holds:
//! - Files are read and written on blocking threads, in pieces; a response passes through memory, and is never in it whole
//!   unless it is small ([`SMALL_BYTES`]).
//! - All files together stay within [`Limits`]; what was put first goes first.
//! - A byte is given out only if the checksum of its block is right.

mod conditional;
mod entry;
mod ops;
mod policy;
mod store;

pub use store::Cache;

pub(crate) use ops::register;

/// A response that has no more bytes than this is checked and read before it is answered with.
const SMALL_BYTES: u64 = 1 << 20;

/// How much a cache may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// All files together, in bytes.
    pub total_bytes_max: u64,
    /// The body of one response, in bytes: as on Cloudflare.
    pub body_bytes_max: u64,
    /// How many responses there may be; each takes some hundred bytes of memory.
    pub entries_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            total_bytes_max: 2 << 30,
            body_bytes_max: 512 << 20,
            entries_max: 100_000,
        }
    }
}
