//! A test for every file of a folder.

use std::path::{Path, PathBuf};

use holdfast_engine::Extension;
use libtest_mimic::{Arguments, Trial};

use crate::support::run_file;

/// Runs every `.test.js` file below `root`. `extension` is there beside the Web platform; `install` of each of `installers`
/// is called with the global object.
pub(crate) fn main(
    root: &'static str,
    extension: fn() -> Extension,
    installers: &'static [&'static str],
) -> std::process::ExitCode {
    let root = Path::new(root);
    let mut files = Vec::new();
    collect(root, &mut files);
    files.sort();
    assert!(!files.is_empty(), "no test files under {}", root.display());
    let trials = files
        .into_iter()
        .map(|file| {
            let name = file
                .strip_prefix(root)
                .expect("inside the root")
                .display()
                .to_string();
            Trial::test(name, move || {
                run_file(&file, extension(), installers).map_err(Into::into)
            })
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
