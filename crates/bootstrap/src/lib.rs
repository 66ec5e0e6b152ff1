//! For build scripts: the bootstrap modules of a crate, gathered from its `js/` folder.
//!
//! Invariant: `js/a/b.js` of crate `holdfast-web` is the module `holdfast:web/a/b`, and every `.js` file there is
//! one. So nothing has to be listed, and a debug build can read a module from the source tree instead (see
//! `holdfast_engine::Extension::modules`).

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Writes `$OUT_DIR/modules.rs`: an array of `(path, source)` for `Extension::modules`, where each path begins with
/// `prefix`.
///
/// # Panics
/// Outside a build script, and if the folder `js` of the crate cannot be read.
pub fn gather(prefix: &str) {
    let variable = |name| PathBuf::from(std::env::var_os(name).expect("set for build scripts"));
    let root = variable("CARGO_MANIFEST_DIR").join("js");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let mut code = String::from("&[\n");
    for file in files {
        let path = file.strip_prefix(&root).expect("found below it");
        let name = path.with_extension("");
        let name = name.to_str().expect("a UTF-8 name").replace('\\', "/");
        // Writing to a String cannot fail.
        let _ = writeln!(code, "    (\"{prefix}/{name}\", include_str!({file:?})),");
    }
    code.push_str("]\n");
    let output = variable("OUT_DIR").join("modules.rs");
    std::fs::write(&output, code).unwrap_or_else(|error| panic!("{}: {error}", output.display()));
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries =
        std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "js") {
            files.push(path);
        }
    }
}
