//! The keys that are plain values, one function for each: taken out of the tree and checked.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::env::View;
use super::node::{Entry, Node, Span, Value};
use super::reader::{self, Reader};
use super::{NEWEST_COMPATIBILITY_DATE, compat};
use crate::error::{Met, ProjectError};
use crate::graph::rules::{Rule, RuleKind};
use crate::place::{normal, slashed};

pub(super) fn optional_string(
    reader: &Reader<'_>,
    view: &View<'_>,
    key: &str,
) -> Result<Option<String>, ProjectError> {
    let Some((entry, path)) = view.get(key) else {
        return Ok(None);
    };
    reader
        .string(&entry.node, &path)
        .map(|text| Some(text.to_owned()))
}

pub(super) fn name(
    reader: &mut Reader<'_>,
    view: &View<'_>,
    root: &Path,
) -> Result<String, ProjectError> {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    let own = view.own("name").is_some();
    let name = match view.get("name") {
        Some((entry, path)) => {
            let name = reader.string(&entry.node, &path)?;
            if name.is_empty() || name.starts_with('-') || !name.chars().all(legal) {
                return Err(reader.error(
                    entry.node.span,
                    format!("\"{name}\" cannot be a Worker's name"),
                    "expected lower-case letters, digits, \"-\" and \"_\"",
                ));
            }
            name.to_owned()
        }
        None => {
            let folder = root
                .file_name()
                .map(|name| name.to_string_lossy().to_lowercase());
            let name: String = folder
                .unwrap_or_default()
                .chars()
                .map(|c| if legal(c) { c } else { '-' })
                .collect();
            let name = name.trim_matches('-');
            let name = if name.is_empty() { "worker" } else { name }.to_owned();
            let text = format!("\"name\" is missing: the Worker is called \"{name}\"");
            reader.warn(Span::default(), text);
            name
        }
    };
    Ok(match view.suffix() {
        Some(suffix) if !own => format!("{name}-{suffix}"),
        _ => name,
    })
}

pub(super) fn main(
    reader: &Reader<'_>,
    view: &View<'_>,
    root: &Path,
) -> Result<PathBuf, ProjectError> {
    let Some((entry, path)) = view.get("main") else {
        let help = "add the Worker's entry module, for example \"main\": \"src/index.ts\"";
        if let Some((assets, _)) = view.get("assets") {
            let what = "a Worker of static files only does not run: assets are not supported yet";
            return Err(reader.error(assets.key_span, what, help));
        }
        if let Some((entry, owner)) = view.astray("main") {
            let what = format!("\"main\" stands in \"{owner}\", but belongs to the top level");
            return Err(reader.error(entry.key_span, what, astray_help(owner)));
        }
        return Err(reader.error(Span::default(), "\"main\" is missing", help));
    };
    let main = reader.string(&entry.node, &path)?;
    if main.is_empty() {
        let help = "expected the Worker's entry module, for example \"src/index.ts\"";
        return Err(reader.error(entry.node.span, format!("\"{path}\" is empty"), help));
    }
    let file = root.join(main);
    match file.canonicalize() {
        Ok(file) if file.is_file() => Ok(file),
        Ok(_) => Err(reader.error(
            entry.node.span,
            format!("\"{path}\" is a folder: {main}"),
            "expected the Worker's entry module, for example \"src/index.ts\"",
        )),
        Err(_) => Err(reader
            .error(
                entry.node.span,
                format!("the entry module does not exist: {main}"),
                absent_help(view, main, &file, &path),
            )
            .having_met(Met {
                missing: vec![normal(&file)],
                ..Met::default()
            })),
    }
}

/// What to do about an entry module that is not there.
fn absent_help(view: &View<'_>, main: &str, file: &Path, path: &str) -> String {
    /// Where the builds of frameworks put what they make.
    const BUILT: [&str; 6] = [
        "dist",
        "build",
        "out",
        ".output",
        ".open-next",
        ".svelte-kit",
    ];
    if let Some(extension) = other_extension(file) {
        let there = Path::new(main).with_extension(extension);
        return format!("there is {}: correct \"{path}\"", slashed(&there));
    }
    let command = view.get("build").and_then(|(build, _)| {
        let command = build.node.as_table()?.get("command")?;
        command.node.as_str()
    });
    if let Some(command) = command {
        return format!("the build makes it, perhaps: run it first: {command}");
    }
    if Path::new(main)
        .components()
        .any(|part| BUILT.iter().any(|built| part.as_os_str() == *built))
    {
        return "a build makes it, perhaps: run that first, for example: npm run build".to_owned();
    }
    format!("\"{path}\" is relative to the folder of this file: create it, or correct the path")
}

/// The extension under which a file that is not there exists after all.
fn other_extension(file: &Path) -> Option<&'static str> {
    ["ts", "js", "tsx", "jsx", "mts", "mjs"]
        .into_iter()
        .find(|extension| file.with_extension(extension).is_file())
}

fn astray_help(owner: &str) -> String {
    format!("move it out of \"{owner}\": in TOML, above the first [table]")
}

pub(super) fn date(reader: &mut Reader<'_>, view: &View<'_>) -> Result<String, ProjectError> {
    let Some((entry, path)) = view.get("compatibility_date") else {
        if let Some((entry, owner)) = view.astray("compatibility_date") {
            let text = format!(
                "\"compatibility_date\" stands in \"{owner}\", but belongs to the top level: {}",
                astray_help(owner)
            );
            reader.warn(entry.key_span, text);
        }
        let text = format!(
            "\"compatibility_date\" is missing: {NEWEST_COMPATIBILITY_DATE} is used; add \"compatibility_date\": \"{NEWEST_COMPATIBILITY_DATE}\" to keep it"
        );
        reader.warn(Span::default(), text);
        return Ok(NEWEST_COMPATIBILITY_DATE.to_owned());
    };
    let date = reader.string(&entry.node, &path)?;
    if !is_date(date) {
        return Err(reader.error(
            entry.node.span,
            format!("\"{path}\" is not a date: {date}"),
            format!("expected YYYY-MM-DD, for example \"{NEWEST_COMPATIBILITY_DATE}\""),
        ));
    }
    if date > NEWEST_COMPATIBILITY_DATE {
        let text = format!(
            "\"{path}\" is {date}: what changed after {NEWEST_COMPATIBILITY_DATE} is not known here, and stays as it was then"
        );
        reader.warn(entry.node.span, text);
    }
    Ok(date.to_owned())
}

/// Whether the text is `YYYY-MM-DD` and a day of the calendar.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else {
        return false;
    };
    let digits =
        |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
        return false;
    }
    let number = |part: &str| part.parse::<u32>().expect("digits only");
    let (year, month, day) = (number(year), number(month), number(day));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// # Errors
/// Two flags contradict each other.
pub(super) fn flags(reader: &mut Reader<'_>, view: &View<'_>) -> Result<Vec<String>, ProjectError> {
    let Some((entry, path)) = view.get("compatibility_flags") else {
        return Ok(Vec::new());
    };
    let mut flags: Vec<String> = Vec::new();
    for (flag, at) in reader.strings(&entry.node, &path)? {
        if let Some(other) = flags.iter().find(|other| compat::contradict(other, &flag)) {
            let what = format!("\"{other}\" and \"{flag}\" contradict each other");
            return Err(reader.error(at, what, "keep one of them"));
        }
        if !compat::names().any(|name| name == flag) {
            let hint = reader::did_you_mean(&flag, compat::names());
            reader.warn(at, format!("unknown compatibility flag \"{flag}\"{hint}"));
        }
        flags.push(flag);
    }
    Ok(flags)
}

pub(super) fn vars(
    reader: &Reader<'_>,
    view: &View<'_>,
) -> Result<IndexMap<String, Node>, ProjectError> {
    let Some((entry, path)) = view.get("vars") else {
        return Ok(IndexMap::new());
    };
    let table = reader.table(&entry.node, &path)?;
    Ok(table
        .entries
        .iter()
        .map(|var| (var.key.clone(), var.node.clone()))
        .collect())
}

pub(super) fn limits(
    reader: &mut Reader<'_>,
    view: &View<'_>,
) -> Result<Option<u64>, ProjectError> {
    /// Cloudflare's own ceiling: five minutes.
    const CPU_MS_MAX: u64 = 300_000;
    let Some((entry, path)) = view.get("limits") else {
        return Ok(None);
    };
    let table = reader.table(&entry.node, &path)?;
    reader.only(table, &path, &["cpu_ms", "subrequests"]);
    let Some(cpu) = table.get("cpu_ms") else {
        return Ok(None);
    };
    reader
        .integer(&cpu.node, &format!("{path}.cpu_ms"), 1, CPU_MS_MAX)
        .map(Some)
}

pub(super) fn dev(
    reader: &mut Reader<'_>,
    view: &View<'_>,
) -> Result<(Option<String>, Option<u16>), ProjectError> {
    /// The last five are about wrangler's own tools.
    const KNOWN: [&str; 10] = [
        "ip",
        "port",
        "local_protocol",
        "upstream_protocol",
        "host",
        "inspector_port",
        "inspector_ip",
        "enable_containers",
        "container_engine",
        "generate_types",
    ];
    const WITHOUT_EFFECT: [(&str, &str); 3] = [
        (
            "local_protocol",
            "HTTP is served; put a reverse proxy in front for HTTPS",
        ),
        ("upstream_protocol", "a request's URL says how it came"),
        (
            "host",
            "a request's URL has the host that the client asked for",
        ),
    ];
    let Some((entry, path)) = view.get("dev") else {
        return Ok((None, None));
    };
    let table = reader.table(&entry.node, &path)?;
    reader.only(table, &path, &KNOWN);
    for (key, consequence) in WITHOUT_EFFECT {
        // HTTP is what there is.
        let wanted = |entry: &&Entry| entry.node.as_str() != Some("http");
        if let Some(entry) = table.get(key).filter(wanted) {
            let text = format!("{path}.{key} is not supported yet: {consequence}");
            reader.warn(entry.key_span, text);
        }
    }
    let ip = table
        .get("ip")
        .map(|ip| reader.string(&ip.node, "dev.ip"))
        .transpose()?;
    let port = table
        .get("port")
        .map(|port| reader.integer(&port.node, "dev.port", 0, u64::from(u16::MAX)))
        .transpose()?;
    let port = port.map(|port| u16::try_from(port).expect("within the range asked for"));
    Ok((ip.map(str::to_owned), port))
}

pub(super) fn crons(reader: &mut Reader<'_>, view: &View<'_>) -> Result<Vec<String>, ProjectError> {
    let Some((entry, path)) = view.get("triggers") else {
        return Ok(Vec::new());
    };
    let table = reader.table(&entry.node, &path)?;
    reader.only(table, &path, &["crons"]);
    let Some(crons) = table.get("crons") else {
        return Ok(Vec::new());
    };
    let crons_path = format!("{path}.crons");
    let list = match crons.node.value {
        Value::Null => Vec::new(),
        _ => reader.strings(&crons.node, &crons_path)?,
    };
    if !list.is_empty() {
        let text =
            format!("{crons_path} is not supported yet: scheduled() is not called by itself");
        reader.warn(crons.key_span, text);
    }
    Ok(list.into_iter().map(|(cron, _)| cron).collect())
}

pub(super) fn rules(reader: &mut Reader<'_>, view: &View<'_>) -> Result<Vec<Rule>, ProjectError> {
    const KINDS: [&str; 7] = [
        "ESModule",
        "CommonJS",
        "Text",
        "Data",
        "CompiledWasm",
        "PythonModule",
        "PythonRequirement",
    ];
    let Some((entry, path)) = view.get("rules") else {
        return Ok(Vec::new());
    };
    let mut rules = Vec::new();
    for (index, item) in reader.array(&entry.node, &path)?.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let table = reader.table(item, &path)?;
        reader.only(table, &path, &["type", "globs", "fallthrough"]);
        let kind = reader.required(table, item.span, &path, "type", "\"type\": \"Text\"")?;
        let name = reader.string(&kind.node, &format!("{path}.type"))?;
        let globs =
            reader.required(table, item.span, &path, "globs", "\"globs\": [\"**/*.md\"]")?;
        let globs = reader.strings(&globs.node, &format!("{path}.globs"))?;
        let fallthrough = table
            .get("fallthrough")
            .map(|entry| reader.boolean(&entry.node, &format!("{path}.fallthrough")))
            .transpose()?;
        let rule_kind = match name {
            "ESModule" => RuleKind::EsModule,
            "CommonJS" => RuleKind::CommonJs,
            "Text" => RuleKind::Text,
            "Data" => RuleKind::Data,
            "CompiledWasm" => RuleKind::Wasm,
            "PythonModule" | "PythonRequirement" => {
                reader.warn(
                    kind.node.span,
                    format!("rules of type {name} are not supported yet"),
                );
                continue;
            }
            _ => {
                let hint = reader::did_you_mean(name, KINDS);
                let what = format!("\"{name}\" is not a type of module{hint}");
                let help = format!("expected one of {}", KINDS[..5].join(", "));
                return Err(reader.error(kind.node.span, what, help));
            }
        };
        let globs = globs.into_iter().map(|(glob, _)| glob).collect();
        rules.push(Rule {
            kind: rule_kind,
            globs,
            fallthrough,
            place: Some(reader.place(item.span)),
        });
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::is_date;

    #[test]
    fn dates_are_of_the_calendar() {
        for date in ["2024-02-29", "2026-12-31", "2000-02-29"] {
            assert!(is_date(date), "{date}");
        }
        for date in [
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-1-1",
            "2024-04-31",
            "24-01-01",
            "2024–01–01",
            "+024-01-01",
            "",
        ] {
            assert!(!is_date(date), "{date}");
        }
    }
}
