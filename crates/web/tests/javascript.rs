//! Runs every `tests/js/**/*.test.js` in a realm of its own, a test per file.

mod support;

#[path = "support/files.rs"]
mod files;

use holdfast_engine::Extension;

fn main() -> std::process::ExitCode {
    files::main(
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/js"),
        || Extension::new("none"),
        &["holdfast:web/main"],
    )
}
