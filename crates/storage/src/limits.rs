//! The limits of a connection, as Cloudflare sets them.

use rusqlite::Connection;
use rusqlite::limits::Limit;

/// Longest text, blob or row in bytes: 8 MiB and the 34 bytes that Cloudflare allows for the header of a serialized
/// value. (The published `workerd` refuses one byte more; older ones, those of August 2026 among them, and Cloudflare's
/// guide state smaller values.)
pub const VALUE_BYTES_MAX: i32 = 8 * 1024 * 1024 + 34;

/// Longest SQL text in bytes.
pub const SQL_BYTES_MAX: i32 = 100_000;

/// Limit and value, in the order of the reference's table (section 3.16).
const LIMITS: &[(Limit, i32)] = &[
    (Limit::SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, SQL_BYTES_MAX),
    (Limit::SQLITE_LIMIT_COLUMN, 100),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 5),
    (Limit::SQLITE_LIMIT_VDBE_OP, 25_000),
    (Limit::SQLITE_LIMIT_FUNCTION_ARG, 127),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50),
    (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 100),
    (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 10),
    (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
];

/// Puts the limits on a new connection.
pub(crate) fn apply(connection: &Connection) -> rusqlite::Result<()> {
    for &(limit, value) in LIMITS {
        connection.set_limit(limit, value)?;
    }
    Ok(())
}
