//! Seeds that found a mistake once. Every one of them is run by the tests.
//!
//! What a seed does changes when the simulator learns something new, so an old seed need not lead to its mistake any more.
//! Where a mistake can be planted again it is (`tests/planted.rs`): `MixUses`, `GoOnAfterFailure`, `ConfirmUnflushed`.

/// Seed, and what it found.
pub const FOUND: &[(u64, &str)] = &[
    (0, "the name of the log's folder was never flushed"),
    (
        7,
        "a damaged newer copy of the superblock made the older one count",
    ),
    (
        2,
        "what a crash left in a segment was taken for newer commits when the file was used again",
    ),
    (1, "an alarm that is set had lost its object's name"),
    (
        17,
        "an object that came back after deleteAll had lost its name in the catalogue",
    ),
    (
        21,
        "commits were taken after a checkpoint had failed, and the next one let the log go of them",
    ),
    (
        13,
        "after a failed checkpoint an object that was opened anew showed its file alone",
    ),
    (
        1016,
        "a start believed a superblock that was not durable, and the history went ahead of it",
    ),
    (
        4001,
        "a start made the log's folder beside a superblock that was not durable",
    ),
];
