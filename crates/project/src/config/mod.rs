//! The configuration of a Worker: what the file says, for one environment, checked.

mod classes;
mod env;
mod jsonc;
mod keys;
mod node;
mod reader;
mod toml;
mod vars;

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

pub use classes::{DurableObjectBinding, DurableObjectClass};

use crate::error::{ProjectError, Report};
use crate::graph::rules::{Rule, RuleKind};
use crate::place::{Source, Warning, shown, slashed};
use env::View;
use node::{Entry, Node, Span, Value};
use reader::Reader;

/// The names wrangler looks for, in its order.
pub(crate) const FILE_NAMES: [&str; 3] = ["wrangler.json", "wrangler.jsonc", "wrangler.toml"];

/// The compatibility date in force where the configuration gives none: the newest whose flags Holdfast
/// knows.
pub const NEWEST_COMPATIBILITY_DATE: &str = "2026-08-04";

/// A Worker's configuration, for the chosen environment, with secrets merged in.
#[derive(Clone, Debug)]
pub struct Config {
    /// The Worker's name; `NAME-ENV` in an environment that gives none of its own.
    pub name: String,
    /// The entry module, absolute.
    pub main: PathBuf,
    /// `YYYY-MM-DD`.
    pub compatibility_date: String,
    pub compatibility_flags: Vec<String>,
    /// `vars`, with the secrets of `.dev.vars` or `.env` (always strings) laid over them.
    pub vars: IndexMap<String, serde_json::Value>,
    /// The names in `vars` that came from a secrets file: not to be shown.
    pub secrets: Vec<String>,
    pub durable_objects: Vec<DurableObjectBinding>,
    /// The classes that exist once all migrations have been applied.
    pub classes: Vec<DurableObjectClass>,
    /// `limits.cpu_ms`.
    pub limits_cpu_ms: Option<u64>,
    /// `dev.port`.
    pub dev_port: Option<u16>,
    /// `dev.ip`.
    pub dev_ip: Option<String>,
    /// `triggers.crons`, as written.
    pub crons: Vec<String>,
    /// The environment in force.
    pub env: Option<String>,
    /// The file all this was read from, absolute.
    pub config_path: PathBuf,
    pub(crate) rules: Vec<Rule>,
    pub(crate) tsconfig: Option<PathBuf>,
    pub(crate) jsx_factory: Option<String>,
    pub(crate) jsx_fragment: Option<String>,
}

impl Config {
    /// Whether a flag is listed in `compatibility_flags`.
    pub fn has_flag(&self, flag: &str) -> bool {
        self.compatibility_flags.iter().any(|listed| listed == flag)
    }

    /// Whether names of Node's modules mean Node's modules even where a package of that name is
    /// installed: with `nodejs_compat` since 2024-09-23, or with `nodejs_compat_v2`, or by default since
    /// 2026-08-04, as wrangler has it.
    pub fn node_builtins_win(&self) -> bool {
        let date = self.compatibility_date.as_str();
        if self.has_flag("no_nodejs_compat_v2") {
            return false;
        }
        self.has_flag("nodejs_compat_v2")
            || (self.has_flag("nodejs_compat") && date >= "2024-09-23")
            || (!self.has_flag("no_nodejs_compat") && date >= "2026-08-04")
    }
}

/// What reading a configuration gives.
pub(crate) struct Loaded {
    pub(crate) config: Config,
    pub(crate) warnings: Vec<Warning>,
    /// Every file read, absolute.
    pub(crate) files: Vec<PathBuf>,
}

/// Finds the configuration file in `dir` or the nearest folder above that has one.
///
/// # Errors
/// There is none.
pub(crate) fn find(dir: &Path) -> Result<PathBuf, ProjectError> {
    for folder in dir.ancestors() {
        for name in FILE_NAMES {
            let path = folder.join(name);
            if path.is_file() {
                return Ok(path);
            }
        }
    }
    let what = format!("no wrangler configuration in {} or a folder above", slashed(dir));
    let help = "create wrangler.jsonc, for example:\n{ \"name\": \"my-worker\", \"main\": \"src/index.ts\", \"compatibility_date\": \"2026-08-04\" }";
    Err(ProjectError::NoConfig(Box::new(Report::new(what).help(help))))
}

/// Reads and checks the configuration file at `path`, whose folder is `root`.
pub(crate) fn load(
    root: &Path,
    path: &Path,
    env: Option<&str>,
) -> Result<Loaded, ProjectError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ProjectError::Read(Box::new(Report::read(path, &error))))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let file = shown(root, path);
    let source = Source { file: &file, text };
    let tree = match path.extension().and_then(|extension| extension.to_str()) {
        Some("toml") => toml::parse(source)?,
        _ => jsonc::parse(source)?,
    };
    let mut reader = Reader { source, warnings: Vec::new() };
    let mut files = vec![path.to_path_buf()];
    for other in FILE_NAMES.map(|name| root.join(name)) {
        if other != path && other.is_file() {
            let text = format!(
                "{} is ignored: {} comes first",
                slashed(&shown(root, &other)),
                slashed(&file)
            );
            reader.warnings.push(Warning { place: None, text });
        }
    }
    let top = reader.table(&tree, "the configuration")?;
    let view = View::new(&mut reader, top, env)?;
    view.warn(&mut reader);
    let mut config = read(&mut reader, &view, root, path)?;
    config.env = env.map(str::to_owned);
    merge_secrets(&mut reader, &view, root, &mut config, &mut files)?;
    Ok(Loaded { config, warnings: reader.warnings, files })
}

fn read(
    reader: &mut Reader<'_>,
    view: &View<'_>,
    root: &Path,
    path: &Path,
) -> Result<Config, ProjectError> {
    let name = name(reader, view, root)?;
    let vars = vars(reader, view)?;
    let durable_objects = classes::bindings(reader, view, &vars)?;
    let classes = classes::migrate(reader, view)?;
    let (dev_ip, dev_port) = dev(reader, view)?;
    Ok(Config {
        main: main(reader, view, root)?,
        compatibility_date: date(reader, view)?,
        compatibility_flags: flags(reader, view)?,
        name,
        vars: vars.into_iter().map(|(name, value)| (name, value.to_json())).collect(),
        secrets: Vec::new(),
        durable_objects,
        classes,
        limits_cpu_ms: limits(reader, view)?,
        dev_port,
        dev_ip,
        crons: crons(reader, view)?,
        env: None,
        config_path: path.to_path_buf(),
        rules: rules(reader, view)?,
        tsconfig: optional_string(reader, view, "tsconfig")?.map(|file| root.join(file)),
        jsx_factory: optional_string(reader, view, "jsx_factory")?,
        jsx_fragment: optional_string(reader, view, "jsx_fragment")?,
    })
}

fn optional_string(
    reader: &Reader<'_>,
    view: &View<'_>,
    key: &str,
) -> Result<Option<String>, ProjectError> {
    let Some((entry, path)) = view.get(key) else { return Ok(None) };
    reader.string(&entry.node, &path).map(|text| Some(text.to_owned()))
}

fn name(reader: &mut Reader<'_>, view: &View<'_>, root: &Path) -> Result<String, ProjectError> {
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
            let folder = root.file_name().map(|name| name.to_string_lossy().to_lowercase());
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

fn main(reader: &Reader<'_>, view: &View<'_>, root: &Path) -> Result<PathBuf, ProjectError> {
    let Some((entry, path)) = view.get("main") else {
        return Err(reader.error(
            Span::default(),
            "\"main\" is missing",
            "add the Worker's entry module, for example \"main\": \"src/index.ts\"",
        ));
    };
    let main = reader.string(&entry.node, &path)?;
    let file = root.join(main);
    match file.canonicalize() {
        Ok(file) if file.is_file() => Ok(file),
        Ok(_) => Err(reader.error(
            entry.node.span,
            format!("\"{path}\" is a folder: {main}"),
            "expected the Worker's entry module, for example \"src/index.ts\"",
        )),
        Err(_) => Err(reader.error(
            entry.node.span,
            format!("the entry module does not exist: {main}"),
            format!("\"{path}\" is relative to the folder of this file: create it, or correct the path"),
        )),
    }
}

fn date(reader: &mut Reader<'_>, view: &View<'_>) -> Result<String, ProjectError> {
    let Some((entry, path)) = view.get("compatibility_date") else {
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
    Ok(date.to_owned())
}

/// Whether the text is `YYYY-MM-DD` and a day of the calendar.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
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

fn flags(reader: &Reader<'_>, view: &View<'_>) -> Result<Vec<String>, ProjectError> {
    let Some((entry, path)) = view.get("compatibility_flags") else { return Ok(Vec::new()) };
    let flags = reader.strings(&entry.node, &path)?;
    Ok(flags.into_iter().map(|(flag, _)| flag).collect())
}

fn vars(
    reader: &Reader<'_>,
    view: &View<'_>,
) -> Result<IndexMap<String, Node>, ProjectError> {
    let Some((entry, path)) = view.get("vars") else { return Ok(IndexMap::new()) };
    let table = reader.table(&entry.node, &path)?;
    Ok(table.entries.iter().map(|var| (var.key.clone(), var.node.clone())).collect())
}

fn limits(reader: &mut Reader<'_>, view: &View<'_>) -> Result<Option<u64>, ProjectError> {
    /// Cloudflare's own ceiling: five minutes.
    const CPU_MS_MAX: u64 = 300_000;
    let Some((entry, path)) = view.get("limits") else { return Ok(None) };
    let table = reader.table(&entry.node, &path)?;
    reader.only(table, &path, &["cpu_ms", "subrequests"]);
    let Some(cpu) = table.get("cpu_ms") else { return Ok(None) };
    reader.integer(&cpu.node, &format!("{path}.cpu_ms"), 1, CPU_MS_MAX).map(Some)
}

fn dev(
    reader: &Reader<'_>,
    view: &View<'_>,
) -> Result<(Option<String>, Option<u16>), ProjectError> {
    let Some((entry, path)) = view.get("dev") else { return Ok((None, None)) };
    let table = reader.table(&entry.node, &path)?;
    let ip = table.get("ip").map(|ip| reader.string(&ip.node, "dev.ip")).transpose()?;
    let port = table
        .get("port")
        .map(|port| reader.integer(&port.node, "dev.port", 0, u64::from(u16::MAX)))
        .transpose()?;
    let port = port.map(|port| u16::try_from(port).expect("within the range asked for"));
    Ok((ip.map(str::to_owned), port))
}

fn crons(reader: &mut Reader<'_>, view: &View<'_>) -> Result<Vec<String>, ProjectError> {
    let Some((entry, path)) = view.get("triggers") else { return Ok(Vec::new()) };
    let table = reader.table(&entry.node, &path)?;
    reader.only(table, &path, &["crons"]);
    let Some(crons) = table.get("crons") else { return Ok(Vec::new()) };
    let crons_path = format!("{path}.crons");
    let list = match crons.node.value {
        Value::Null => Vec::new(),
        _ => reader.strings(&crons.node, &crons_path)?,
    };
    if !list.is_empty() {
        let text = format!("{crons_path} is not supported yet: scheduled() is not called by itself");
        reader.warn(crons.key_span, text);
    }
    Ok(list.into_iter().map(|(cron, _)| cron).collect())
}

fn rules(reader: &mut Reader<'_>, view: &View<'_>) -> Result<Vec<Rule>, ProjectError> {
    const KINDS: [&str; 7] = [
        "ESModule",
        "CommonJS",
        "Text",
        "Data",
        "CompiledWasm",
        "PythonModule",
        "PythonRequirement",
    ];
    let Some((entry, path)) = view.get("rules") else { return Ok(Vec::new()) };
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
                reader.warn(kind.node.span, format!("rules of type {name} are not supported yet"));
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
        rules.push(Rule { kind: rule_kind, globs, fallthrough, place: Some(reader.place(item.span)) });
    }
    Ok(rules)
}

/// Lays the secrets over the vars. With `secrets.required` only those named are taken, as in wrangler.
fn merge_secrets(
    reader: &mut Reader<'_>,
    view: &View<'_>,
    root: &Path,
    config: &mut Config,
    files: &mut Vec<PathBuf>,
) -> Result<(), ProjectError> {
    let required = required_secrets(reader, view)?;
    let secrets = vars::load(root, root, config.env.as_deref(), &mut reader.warnings)?;
    files.extend(secrets.files);
    let mut values = secrets.values;
    if let Some((entry, required)) = required {
        let missing: Vec<_> =
            required.iter().filter(|name| !values.contains_key(*name)).cloned().collect();
        if !missing.is_empty() {
            let text = format!("required secrets are missing: add {} to .dev.vars", missing.join(", "));
            reader.warn(entry.key_span, text);
        }
        values.retain(|name, _| required.contains(name));
    }
    for (name, value) in values {
        config.secrets.push(name.clone());
        config.vars.insert(name, value.into());
    }
    Ok(())
}

fn required_secrets<'n>(
    reader: &mut Reader<'_>,
    view: &View<'n>,
) -> Result<Option<(&'n Entry, Vec<String>)>, ProjectError> {
    let Some((entry, path)) = view.get("secrets") else { return Ok(None) };
    let table = reader.table(&entry.node, &path)?;
    reader.only(table, &path, &["required"]);
    let Some(required) = table.get("required") else { return Ok(Some((entry, Vec::new()))) };
    let names = reader.strings(&required.node, &format!("{path}.required"))?;
    Ok(Some((required, names.into_iter().map(|(name, _)| name).collect())))
}

#[cfg(test)]
mod tests {
    use super::is_date;

    #[test]
    fn dates_are_of_the_calendar() {
        for date in ["2024-02-29", "2026-12-31", "2000-02-29"] {
            assert!(is_date(date), "{date}");
        }
        for date in ["2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-1-1", "2024-04-31", "24-01-01", "2024–01–01", "+024-01-01", ""] {
            assert!(!is_date(date), "{date}");
        }
    }
}
