//! How Holdfast is started.

use std::path::Path;

use crate::server::{Invocation, project};

pub(crate) fn invocation(binary: &Path, shards: Option<u16>, folder: &Path) -> Invocation {
    let mut argv = vec![
        binary.into(),
        "dev".into(),
        project().into(),
        "--port=0".into(),
        "--data".into(),
        folder.join("data").into(),
        "--no-watch".into(),
        // workerd does not print requests either.
        "--log-level=warn".into(),
    ];
    if let Some(shards) = shards {
        argv.push(format!("--shards={shards}").into());
    }
    Invocation { argv, port }
}

/// The banner has the address on a line of its own.
fn port(line: &str) -> Option<u16> {
    let rest = line.split_once("http://127.0.0.1:")?.1;
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_found_in_the_banner() {
        assert_eq!(port("  http://127.0.0.1:34567\n"), Some(34567));
        assert_eq!(port("holdfast 0.1.0 runs bench\n"), None);
    }
}
