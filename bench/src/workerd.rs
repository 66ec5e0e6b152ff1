//! How workerd is started: with a configuration that says the same as the project's `wrangler.jsonc`.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::args::repository;
use crate::server::{Invocation, project};

/// Where `npm ci` in `conformance` puts the binary for this machine.
pub(crate) fn installed() -> PathBuf {
    let package = match std::env::consts::ARCH {
        "aarch64" => "workerd-linux-arm64",
        _ => "workerd-linux-64",
    };
    let scope = repository().join("conformance/node_modules/@cloudflare");
    scope.join(package).join("bin/workerd")
}

/// The project's configuration. A setting that is not here would hold on one side only, so it is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrangler {
    #[serde(rename = "name")]
    _name: String,
    main: PathBuf,
    compatibility_date: String,
    durable_objects: DurableObjects,
    migrations: Vec<Migration>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DurableObjects {
    bindings: Vec<Binding>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Binding {
    name: String,
    class_name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Migration {
    #[serde(rename = "tag")]
    _tag: String,
    new_sqlite_classes: Vec<String>,
}

impl Wrangler {
    fn read(file: &Path) -> Result<Wrangler> {
        let text = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        serde_json::from_slice(&text).with_context(|| {
            format!(
                "{}: only plain JSON with the settings that bench/src/workerd.rs passes on",
                file.display()
            )
        })
    }
}

pub(crate) fn invocation(binary: &Path, folder: &Path) -> Result<Invocation> {
    let project = project();
    let wrangler = Wrangler::read(&project.join("wrangler.jsonc"))?;
    let data = folder.join("data");
    let config = folder.join("config.capnp");
    fs::create_dir(&data)?;
    // Cap'n Proto embeds files beside the configuration.
    let modules = modules(&project.join(&wrangler.main))?;
    for module in &modules {
        let name = module.file_name().context("a module is a file")?;
        fs::copy(module, folder.join(name))
            .with_context(|| format!("cannot copy {}", module.display()))?;
    }
    fs::write(&config, capnp(&wrangler, &modules, &data)?)?;
    let argv = vec![
        binary.into(),
        "serve".into(),
        // For objects that keep their data on disk.
        "--experimental".into(),
        "--control-fd=1".into(),
        config.into(),
    ];
    Ok(Invocation { argv, port })
}

/// The program's modules, which are the files beside the main one; that first.
fn modules(main: &Path) -> Result<Vec<PathBuf>> {
    let mut modules = vec![main.to_owned()];
    for entry in fs::read_dir(main.parent().context("a module is in a folder")?)? {
        let path = entry?.path();
        if path != main {
            modules.push(path);
        }
    }
    Ok(modules)
}

fn capnp(wrangler: &Wrangler, modules: &[PathBuf], data: &Path) -> Result<String> {
    let mut embedded = String::new();
    for module in modules {
        let name = module.file_name().and_then(|name| name.to_str());
        let name = text(name.context("a module's name is UTF-8")?);
        write!(embedded, "\n    (name = {name}, esModule = embed {name}),")?;
    }
    let mut namespaces = String::new();
    for class in wrangler
        .migrations
        .iter()
        .flat_map(|m| &m.new_sqlite_classes)
    {
        let class = text(class);
        write!(
            namespaces,
            "\n    (className = {class}, uniqueKey = {class}, enableSql = true),"
        )?;
    }
    let mut bindings = String::new();
    for Binding { name, class_name } in &wrangler.durable_objects.bindings {
        let (name, class) = (text(name), text(class_name));
        write!(
            bindings,
            "\n    (name = {name}, durableObjectNamespace = {class}),"
        )?;
    }
    let data = text(
        data.to_str()
            .context("the data folder's path is not UTF-8")?,
    );
    let date = text(&wrangler.compatibility_date);
    Ok(format!(
        r#"using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "data", disk = (path = {data}, writable = true)),
    # The program asks itself, at an address that the default would refuse.
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [{embedded}
  ],
  compatibilityDate = {date},
  durableObjectNamespaces = [{namespaces}
  ],
  durableObjectStorage = (localDisk = "data"),
  bindings = [{bindings}
  ],
);
"#
    ))
}

/// A text literal of Cap'n Proto.
fn text(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// workerd reports events as JSON, one a line.
fn port(line: &str) -> Option<u16> {
    #[derive(Deserialize)]
    struct Event {
        event: String,
        port: u16,
    }
    let Event { event, port } = serde_json::from_str(line).ok()?;
    (event == "listen").then_some(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_projects_classes_and_bindings_are_passed_on() {
        let wrangler = Wrangler::read(&project().join("wrangler.jsonc")).unwrap();
        let modules = modules(&project().join(&wrangler.main)).unwrap();
        let config = capnp(&wrangler, &modules, Path::new("/data \"x\"")).unwrap();
        for part in [
            r#"(name = "handlers.js", esModule = embed "handlers.js")"#,
            r#"(className = "Journal", uniqueKey = "Journal", enableSql = true)"#,
            r#"(name = "JOURNALS", durableObjectNamespace = "Journal")"#,
            r#"disk = (path = "/data \"x\"", writable = true)"#,
            r#"compatibilityDate = "2026-04-01""#,
        ] {
            assert!(config.contains(part), "{part} is missing in {config}");
        }
    }

    #[test]
    fn the_port_is_found_among_events() {
        let line = r#"{"event":"listen","socket":"http","port":39287}"#;
        assert_eq!(port(line), Some(39287));
        assert_eq!(port(r#"{"event":"listen-inspector","port":1}"#), None);
        assert_eq!(port("service main: port 80"), None);
    }
}
