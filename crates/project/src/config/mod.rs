//! The configuration of a Worker: what the file says, for one environment, checked.

mod classes;
mod compat;
mod env;
mod jsonc;
mod keys;
mod node;
mod other_flags;
mod reader;
mod replaced;
mod services;
mod toml;
mod values;
mod vars;

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

pub use classes::{DurableObjectBinding, DurableObjectClass};
pub use services::ServiceBinding;

use crate::error::{ProjectError, Report};
use crate::graph::defines::Defines;
use crate::graph::rules::Rule;
use crate::place::{Source, Warning, shown, slashed};
use env::View;
use node::{Entry, Node};
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
    /// Bindings to entries of this Worker and of others.
    pub services: Vec<ServiceBinding>,
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
    /// `alias`: specifiers, and what is loaded in their place.
    pub(crate) aliases: IndexMap<String, String>,
    pub(crate) defines: Defines,
    pub(crate) tsconfig: Option<PathBuf>,
    pub(crate) jsx_factory: Option<String>,
    pub(crate) jsx_fragment: Option<String>,
}

impl Config {
    /// The bindings to classes of other Workers, each with the name of the Worker.
    pub fn foreign_objects(&self) -> impl Iterator<Item = (&DurableObjectBinding, &str)> {
        let foreign = |binding: &DurableObjectBinding| {
            let script = binding.script_name.as_deref();
            script.filter(|script| *script != self.name).is_some()
        };
        self.durable_objects
            .iter()
            .filter(move |binding| foreign(binding))
            .filter_map(|binding| Some((binding, binding.script_name.as_deref()?)))
    }

    /// Whether a flag is listed in `compatibility_flags`.
    pub fn has_flag(&self, flag: &str) -> bool {
        self.compatibility_flags.iter().any(|listed| listed == flag)
    }

    /// Whether names of Node's modules mean Node's modules even where a package of that name is
    /// installed: with `nodejs_compat` since 2024-09-23, or with `nodejs_compat_v2`, or by default since
    /// 2026-08-04, as wrangler has it.
    pub fn node_builtins_win(&self) -> bool {
        self.enables("nodejs_compat_v2")
    }

    /// Whether there are Node's modules.
    pub fn has_node(&self) -> bool {
        self.enables("nodejs_compat") || self.enables("nodejs_compat_v2")
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
    let what = format!(
        "no wrangler configuration in {} or a folder above",
        slashed(dir)
    );
    let help = "create wrangler.jsonc, for example:\n{ \"name\": \"my-worker\", \"main\": \"src/index.ts\", \"compatibility_date\": \"2026-08-04\" }";
    Err(ProjectError::NoConfig(Box::new(
        Report::new(what).help(help),
    )))
}

/// Reads and checks the configuration file at `path`, whose folder is `root`.
pub(crate) fn load(root: &Path, path: &Path, env: Option<&str>) -> Result<Loaded, ProjectError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ProjectError::Read(Box::new(Report::read(path, &error))))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let file = shown(root, path);
    let source = Source { file: &file, text };
    let tree = match path.extension().and_then(|extension| extension.to_str()) {
        Some("toml") => toml::parse(source)?,
        _ => jsonc::parse(source)?,
    };
    let mut reader = Reader {
        source,
        warnings: Vec::new(),
    };
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
    match checked(&mut reader, &tree, root, path, env, &mut files) {
        Ok(config) => Ok(Loaded {
            config,
            warnings: reader.warnings,
            files,
        }),
        Err(error) => Err(error.after(reader.warnings).having_read(files)),
    }
}

fn checked(
    reader: &mut Reader<'_>,
    tree: &Node,
    root: &Path,
    path: &Path,
    env: Option<&str>,
    files: &mut Vec<PathBuf>,
) -> Result<Config, ProjectError> {
    let Some(top) = tree.as_table() else {
        let what = format!("the configuration is {}", tree.kind());
        return Err(reader.error(tree.span, what, "expected an object"));
    };
    reader.warn_of_doubles(top);
    let view = View::new(reader, top, env)?;
    view.warn(reader);
    let mut config = read(reader, &view, root, path)?;
    config.env = env.map(str::to_owned);
    merge_secrets(reader, &view, root, &mut config, files)?;
    Ok(config)
}

fn read(
    reader: &mut Reader<'_>,
    view: &View<'_>,
    root: &Path,
    path: &Path,
) -> Result<Config, ProjectError> {
    let name = values::name(reader, view, root)?;
    let vars = values::vars(reader, view)?;
    let durable_objects = classes::bindings(reader, view, &vars)?;
    let services = services::bindings(reader, view, &name, &|binding| {
        vars.contains_key(binding) || durable_objects.iter().any(|other| other.name == binding)
    })?;
    let classes = classes::migrate(reader, view)?;
    let (dev_ip, dev_port) = values::dev(reader, view)?;
    Ok(Config {
        main: values::main(reader, view, root)?,
        compatibility_date: values::date(reader, view)?,
        compatibility_flags: values::flags(reader, view)?,
        name,
        vars: vars
            .into_iter()
            .map(|(name, value)| (name, value.to_json()))
            .collect(),
        secrets: Vec::new(),
        durable_objects,
        services,
        classes,
        limits_cpu_ms: values::limits(reader, view)?,
        dev_port,
        dev_ip,
        crons: values::crons(reader, view)?,
        env: None,
        config_path: path.to_path_buf(),
        rules: values::rules(reader, view)?,
        aliases: replaced::aliases(reader, view)?,
        defines: replaced::defines(reader, view)?,
        tsconfig: values::optional_string(reader, view, "tsconfig")?.map(|file| root.join(file)),
        jsx_factory: values::optional_string(reader, view, "jsx_factory")?,
        jsx_fragment: values::optional_string(reader, view, "jsx_fragment")?,
    })
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
        let missing: Vec<_> = required
            .iter()
            .filter(|name| !values.contains_key(*name))
            .cloned()
            .collect();
        if !missing.is_empty() {
            let text = format!(
                "required secrets are missing: add {} to .dev.vars",
                missing.join(", ")
            );
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
    let Some((entry, path)) = view.get("secrets") else {
        return Ok(None);
    };
    let table = reader.table(&entry.node, &path)?;
    reader.only(table, &path, &["required"]);
    let Some(required) = table.get("required") else {
        return Ok(Some((entry, Vec::new())));
    };
    let names = reader.strings(&required.node, &format!("{path}.required"))?;
    Ok(Some((
        required,
        names.into_iter().map(|(name, _)| name).collect(),
    )))
}
