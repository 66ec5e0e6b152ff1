//! Where a specifier leads.
//!
//! The rules are those of wrangler's bundler (esbuild, platform "browser", conditions `workerd`, `worker`,
//! `browser`): package `exports` and `imports` maps with these conditions plus `import` or `require`, main
//! fields `browser`, `module`, `main`, the object form of `browser`, `tsconfig.json` `paths`, extensions left
//! out, `.js` written for a `.ts` file, symlinks followed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;
use oxc_resolver::{
    PackageType, ResolveError, ResolveOptions, Resolver, TsConfig, TsconfigDiscovery,
    TsconfigOptions, TsconfigReferences,
};

use super::RequestKind;
use super::met::met_by;
use super::rules::{RuleKind, RuleSet};
use crate::config::Config;
use crate::error::{ProjectError, Report};
use crate::place::{shown, slashed};

/// What stands behind a resolved path; a file may be asked for in several forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Form {
    Script,
    Json,
    Text,
    Data,
    Wasm,
    /// An empty module: a `browser` field maps the file to `false`.
    Disabled,
    /// One of our helper modules; the path is its name.
    Helper,
}

/// A module: the same file in the same form is one module, however it is reached.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) path: PathBuf,
    pub(super) form: Form,
}

impl Key {
    /// Whether there is a file to read.
    pub(super) fn is_file(&self) -> bool {
        !matches!(self.form, Form::Disabled | Form::Helper)
    }
}

/// What package.json says of a file, and what a rule says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hints {
    pub(super) package: Option<PackageType>,
    pub(super) rule: Option<RuleKind>,
}

#[derive(Clone, Debug)]
pub(super) enum Resolved {
    Module {
        key: Key,
        hints: Hints,
        /// The file that `require` of the same specifier gives, where the package's `module` and `main`
        /// differ: if anything requires that one, this request takes it too, so that there is one copy.
        secondary: Option<Key>,
    },
    Builtin(String),
}

/// Why a specifier leads nowhere: a clause that completes `cannot resolve "x"`, and the next step.
#[derive(Clone, Debug)]
pub(super) struct Unresolved {
    pub(super) reason: String,
    pub(super) help: String,
}

pub(super) struct Resolvers {
    pub(super) root: PathBuf,
    pub(super) import: Pair,
    require: Pair,
    rules: RuleSet,
    aliases: IndexMap<String, String>,
    node_builtins_win: bool,
}

/// One resolver for the user's own files and one for packages: in packages, JavaScript goes before
/// TypeScript where an extension is left out, since they ship both.
pub(super) struct Pair {
    pub(super) own: Resolver,
    package: Resolver,
}

/// Specifiers of the helper modules that transformed code imports.
pub(super) const HELPER_PREFIX: &str = "holdfast-helpers/";

impl Resolvers {
    pub(super) fn new(root: &Path, config: &Config, rules: RuleSet) -> Self {
        let base = options(config, "import", &["browser", "module", "main"], false);
        let own = Resolver::new(base.clone());
        let package = own.clone_with_options(options(
            config,
            "import",
            &["browser", "module", "main"],
            true,
        ));
        let main_first = ["browser", "main", "module"];
        let require = Pair {
            own: own.clone_with_options(options(config, "require", &main_first, false)),
            package: own.clone_with_options(options(config, "require", &main_first, true)),
        };
        Self {
            root: root.to_path_buf(),
            import: Pair { own, package },
            require,
            rules,
            aliases: config.aliases.clone(),
            node_builtins_win: config.node_builtins_win(),
        }
    }

    /// The entry module.
    pub(super) fn entry(&self, main: &Path) -> Result<(Key, Hints), ProjectError> {
        let shown = slashed(&shown(&self.root, main));
        let form = match form(main) {
            Ok(Form::Script) => Form::Script,
            _ => return Err(no_entry(main, &shown)),
        };
        let hints = Hints {
            package: self.package_type(main),
            rule: None,
        };
        Ok((
            Key {
                path: main.to_path_buf(),
                form,
            },
            hints,
        ))
    }

    /// Resolves one request of the file `from`.
    pub(super) fn resolve(
        &self,
        from: &Path,
        specifier: &str,
        kind: RequestKind,
        attribute: Option<&str>,
    ) -> Result<Resolved, Unresolved> {
        if specifier.starts_with(HELPER_PREFIX) {
            let key = Key {
                path: PathBuf::from(specifier),
                form: Form::Helper,
            };
            return Ok(Resolved::Module {
                key,
                hints: Hints::default(),
                secondary: None,
            });
        }
        if let Some(target) = self.aliases.get(specifier) {
            return self.alias(specifier, target, kind, attribute);
        }
        self.unaliased(from, specifier, kind, attribute)
    }

    /// What stands for a specifier, as the configuration file would import it.
    fn alias(
        &self,
        specifier: &str,
        target: &str,
        kind: RequestKind,
        attribute: Option<&str>,
    ) -> Result<Resolved, Unresolved> {
        let from = self.root.join("wrangler");
        self.unaliased(&from, target, kind, attribute)
            .map_err(|unresolved| Unresolved {
                reason: format!("its \"alias\" is \"{target}\", and {}", unresolved.reason),
                help: format!("correct \"{specifier}\" in \"alias\" of the configuration"),
            })
    }

    fn unaliased(
        &self,
        from: &Path,
        specifier: &str,
        kind: RequestKind,
        attribute: Option<&str>,
    ) -> Result<Resolved, Unresolved> {
        if let Some(("cloudflare" | "node" | "workerd", _)) = specifier.split_once(':') {
            return Ok(Resolved::Builtin(specifier.to_owned()));
        }
        let node_name = NODE_MODULES.contains(&specifier);
        if node_name && self.node_builtins_win {
            return Ok(Resolved::Builtin(format!("node:{specifier}")));
        }
        match self.file(from, specifier, kind) {
            Ok(found) => self.module(from, specifier, kind, attribute, found),
            Err(ResolveError::Ignored(path)) => {
                let key = Key {
                    path,
                    form: Form::Disabled,
                };
                Ok(Resolved::Module {
                    key,
                    hints: Hints::default(),
                    secondary: None,
                })
            }
            Err(ResolveError::NotFound(_)) if node_name => {
                Ok(Resolved::Builtin(format!("node:{specifier}")))
            }
            Err(error) => Err(self.explain(from, specifier, &error)),
        }
    }

    fn module(
        &self,
        from: &Path,
        specifier: &str,
        kind: RequestKind,
        attribute: Option<&str>,
        found: oxc_resolver::Resolution,
    ) -> Result<Resolved, Unresolved> {
        let package = found.package_json().and_then(|package| package.r#type());
        let maps = found
            .package_json()
            .is_some_and(|package| package.exports().is_some());
        let path = found.into_path_buf();
        let rule = self
            .rules
            .matching(specifier, &slashed(&shown(&self.root, &path)));
        let form = match (attribute, rule) {
            (Some("json"), _) => Form::Json,
            (Some("text"), _) => Form::Text,
            (Some("bytes"), _) => Form::Data,
            (_, Some(RuleKind::Text)) => Form::Text,
            (_, Some(RuleKind::Data)) => Form::Data,
            (_, Some(RuleKind::Wasm)) => Form::Wasm,
            _ => form(&path)?,
        };
        let twin = kind != RequestKind::Require && form == Form::Script && !maps;
        let secondary = if twin && is_bare(specifier) {
            self.file(from, specifier, RequestKind::Require)
                .ok()
                .map(oxc_resolver::Resolution::into_path_buf)
                .filter(|other| {
                    *other != path && self::form(other).is_ok_and(|form| form == Form::Script)
                })
                .map(|path| Key {
                    path,
                    form: Form::Script,
                })
        } else {
            None
        };
        let hints = Hints { package, rule };
        Ok(Resolved::Module {
            key: Key { path, form },
            hints,
            secondary,
        })
    }

    fn file(
        &self,
        from: &Path,
        specifier: &str,
        kind: RequestKind,
    ) -> Result<oxc_resolver::Resolution, ResolveError> {
        self.resolver(from, specifier, kind)
            .resolve_file(from, specifier)
    }

    pub(super) fn resolver(&self, from: &Path, specifier: &str, kind: RequestKind) -> &Resolver {
        let pair = match kind {
            RequestKind::Require => &self.require,
            RequestKind::Import | RequestKind::DynamicImport => &self.import,
        };
        let in_package = in_node_modules(from) || is_bare(specifier);
        if in_package { &pair.package } else { &pair.own }
    }

    /// The tsconfig.json that a file belongs to; none inside `node_modules`.
    ///
    /// # Errors
    /// It does not parse, or extends one that does not exist.
    pub(super) fn tsconfig(&self, file: &Path) -> Result<Option<Arc<TsConfig>>, ProjectError> {
        self.import.own.find_tsconfig(file).map_err(|error| {
            let reason = self.told(&error);
            let what = format!("the TypeScript configuration cannot be used: {reason}");
            Report::new(what)
                .help("correct tsconfig.json, or install the package that it extends")
                .config()
                .having_met(met_by(&self.import.own, &error, file))
        })
    }

    /// The `type` of the package.json that a file belongs to.
    fn package_type(&self, file: &Path) -> Option<PackageType> {
        let name = file.file_name()?.to_str()?;
        let found = self
            .import
            .own
            .resolve(file.parent()?, &format!("./{name}"))
            .ok()?;
        found.package_json().and_then(|package| package.r#type())
    }
}

/// Why a file cannot be the entry module.
fn no_entry(main: &Path, shown: &str) -> ProjectError {
    let (reason, help) = match main.extension().and_then(|extension| extension.to_str()) {
        Some("py") => (
            "Python Workers do not run",
            "write the Worker in JavaScript or TypeScript",
        ),
        _ => (
            "it is neither JavaScript nor TypeScript",
            "correct \"main\" in the configuration",
        ),
    };
    let what = format!("{shown} cannot be the entry module: {reason}");
    ProjectError::Unresolved(Box::new(Report::new(what).help(help)))
}

/// esbuild's order, with the module-specific extensions after the plain ones.
pub(super) const OWN_EXTENSIONS: [&str; 9] = [
    ".tsx", ".ts", ".jsx", ".js", ".mts", ".mjs", ".cts", ".cjs", ".json",
];
const PACKAGE_EXTENSIONS: [&str; 9] = [
    ".jsx", ".js", ".mjs", ".cjs", ".tsx", ".ts", ".mts", ".cts", ".json",
];

fn options(config: &Config, kind: &str, main_fields: &[&str], package: bool) -> ResolveOptions {
    let strings = |list: &[&str]| {
        list.iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>()
    };
    let extensions = if package {
        PACKAGE_EXTENSIONS
    } else {
        OWN_EXTENSIONS
    };
    let tsconfig = match &config.tsconfig {
        Some(file) => TsconfigDiscovery::Manual(TsconfigOptions {
            config_file: file.clone(),
            references: TsconfigReferences::Disabled,
        }),
        None => TsconfigDiscovery::Auto,
    };
    ResolveOptions {
        tsconfig: Some(tsconfig),
        alias_fields: vec![strings(&["browser"])],
        condition_names: strings(&["workerd", "worker", "browser", kind]),
        extensions: strings(&extensions),
        extension_alias: vec![
            (".js".to_owned(), strings(&[".js", ".ts", ".tsx"])),
            (".jsx".to_owned(), strings(&[".jsx", ".tsx", ".ts"])),
            (".mjs".to_owned(), strings(&[".mjs", ".mts"])),
            (".cjs".to_owned(), strings(&[".cjs", ".cts"])),
        ],
        main_fields: strings(main_fields),
        node_path: false,
        ..ResolveOptions::default()
    }
}

/// The form that a file's extension gives where no rule matches.
fn form(path: &Path) -> Result<Form, Unresolved> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("ts" | "tsx" | "mts" | "cts" | "js" | "jsx" | "mjs" | "cjs") | None => {
            Ok(Form::Script)
        }
        Some("json") => Ok(Form::Json),
        Some("node") => Err(Unresolved {
            reason: "it is a native addon, which needs Node".to_owned(),
            help: "use a package that is made for Workers or browsers".to_owned(),
        }),
        Some(extension) => Err(Unresolved {
            reason: format!("there is no loader for .{extension} files"),
            help: format!(
                "add a rule to the configuration: \"rules\": [{{ \"type\": \"Text\", \"globs\": [\"**/*.{extension}\"], \"fallthrough\": true }}] (or \"Data\" for bytes)"
            ),
        }),
    }
}

/// Whether a specifier names a package (or a tsconfig path), not a file.
pub(super) fn is_bare(specifier: &str) -> bool {
    !(specifier.starts_with("./")
        || specifier.starts_with("../")
        || specifier.starts_with('/')
        || specifier == "."
        || specifier == "..")
}

pub(super) fn in_node_modules(path: &Path) -> bool {
    path.components()
        .any(|part| part.as_os_str() == "node_modules")
}

/// The modules of Node that may be named without `node:`.
#[rustfmt::skip]
const NODE_MODULES: &[&str] = &[
    "_http_agent", "_http_client", "_http_common", "_http_incoming", "_http_outgoing", "_http_server",
    "_stream_duplex", "_stream_passthrough", "_stream_readable", "_stream_transform", "_stream_wrap",
    "_stream_writable", "_tls_common", "_tls_wrap", "assert", "assert/strict", "async_hooks", "buffer",
    "child_process", "cluster", "console", "constants", "crypto", "dgram", "diagnostics_channel", "dns",
    "dns/promises", "domain", "events", "fs", "fs/promises", "http", "http2", "https", "inspector",
    "inspector/promises", "module", "net", "os", "path", "path/posix", "path/win32", "perf_hooks", "process",
    "punycode", "querystring", "readline", "readline/promises", "repl", "stream", "stream/consumers",
    "stream/promises", "stream/web", "string_decoder", "sys", "timers", "timers/promises", "tls",
    "trace_events", "tty", "url", "util", "util/types", "v8", "vm", "wasi", "worker_threads", "zlib",
];
