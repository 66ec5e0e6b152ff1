//! Runs every `tests/js/**/*.test.js` in a realm of its own with the Web platform and Node's globals, a test per file.

#[path = "../../web/tests/support/mod.rs"]
mod support;

#[path = "../../web/tests/support/files.rs"]
mod files;

fn main() -> std::process::ExitCode {
    files::main(
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/js"),
        holdfast_node::extension,
        &["holdfast:web/main", "holdfast:node/internal/globals"],
    )
}
