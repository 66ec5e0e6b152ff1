//! Runs every `tests/js/**/*.test.js` in a realm of its own, a test per file.

mod support;

use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Trial};

fn main() -> std::process::ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/js");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    assert!(!files.is_empty(), "no test files under {}", root.display());
    let trials = files
        .into_iter()
        .map(|file| {
            let name = file
                .strip_prefix(&root)
                .expect("inside the root")
                .display()
                .to_string();
            Trial::test(name, move || support::run_file(&file).map_err(Into::into))
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.to_string_lossy().ends_with(".test.js") {
            files.push(path);
        }
    }
}
