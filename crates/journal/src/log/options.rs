//! Bounds of a log, and its clock.

/// Bounds of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogOptions {
    /// Size of a segment. A batch that is larger gets a segment of its own size.
    pub segment_bytes: u64,
    /// Bytes that may wait for a flush. Whoever appends beyond that waits.
    pub queue_bytes_max: usize,
    /// Bytes of records in one frame. A record that is larger gets a frame of its own.
    pub frame_bytes_max: usize,
    /// Files kept to be used again.
    pub spares_max: usize,
}

impl Default for LogOptions {
    fn default() -> LogOptions {
        LogOptions {
            segment_bytes: 16 << 20,
            queue_bytes_max: 256 << 20,
            frame_bytes_max: 4 << 20,
            spares_max: 4,
        }
    }
}

/// What time it is, in ms since 1970.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now_ms(&self) -> u64;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map_or(0, |now| now.as_millis() as u64)
    }
}
