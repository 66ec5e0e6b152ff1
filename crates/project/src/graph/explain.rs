//! Why a specifier leads nowhere, in words for people, and what to do about it.

use std::path::{Path, PathBuf};

use oxc_resolver::ResolveError;

use super::resolve::{OWN_EXTENSIONS, Resolvers, Unresolved, in_node_modules, is_bare};
use crate::place::{normal, shown, slashed};

impl Resolvers {
    /// What is wrong, in words for people.
    pub(super) fn told(&self, error: &ResolveError) -> String {
        let shown = |path: &Path| slashed(&shown(&self.root, path));
        match error {
            ResolveError::Json(json) => {
                let message = json.message.split(" at line ").next().unwrap_or_default();
                let path = shown(&json.path);
                format!(
                    "{path}:{}:{} is not valid JSON: {message}",
                    json.line, json.column
                )
            }
            ResolveError::TsconfigLoadFailed { source, .. }
                if matches!(**source, ResolveError::Json(_)) =>
            {
                self.told(source)
            }
            ResolveError::TsconfigLoadFailed { path, source } => {
                format!("{} cannot be read: {source}", shown(path))
            }
            ResolveError::TsconfigNotFound(path) => {
                format!("there is no {}", shown(path))
            }
            other => other.to_string(),
        }
    }

    pub(super) fn explain(&self, from: &Path, specifier: &str, error: &ResolveError) -> Unresolved {
        let reason = match error {
            ResolveError::NotFound(_)
            | ResolveError::MatchedAliasNotFound(..)
            | ResolveError::ExtensionAlias(..) => {
                return self.explain_absent(from, specifier);
            }
            ResolveError::PackagePathNotExported {
                subpath,
                package_json_path,
                conditions,
                ..
            } => {
                format!(
                    "\"{subpath}\" is not among the \"exports\" of {} (for the conditions {})",
                    slashed(&shown(&self.root, package_json_path)),
                    conditions.names().join(", ")
                )
            }
            other => self.told(other),
        };
        let help = match error {
            ResolveError::Json(json) if in_node_modules(&json.path) => {
                "install the package again, or another version of it"
            }
            ResolveError::Json(_) => "correct that file",
            _ => "import a path that the package offers, or install another version",
        };
        Unresolved {
            reason,
            help: help.to_owned(),
        }
    }

    /// Where `paths` of the TypeScript configuration lead, if one of them is meant for the specifier. One like `@/*`
    /// looks like a package otherwise.
    fn explain_paths(&self, from: &Path, specifier: &str) -> Option<Unresolved> {
        let tsconfig = self.import.own.find_tsconfig(from).ok()??;
        let paths = tsconfig.compiler_options.paths.as_ref()?;
        let matching = paths.iter().find_map(|(pattern, targets)| {
            let rest = match pattern.split_once('*') {
                // `*` is for any package.
                Some(("", _)) => None,
                Some((before, after)) => specifier.strip_prefix(before)?.strip_suffix(after),
                None => (pattern == specifier).then_some(""),
            };
            Some((pattern, targets.first()?, rest?))
        });
        let (pattern, target, rest) = matching?;
        let target = slashed(target).replace('*', rest);
        let target = slashed(&shown(&self.root, &normal(Path::new(&target))));
        let file = slashed(&shown(&self.root, tsconfig.path()));
        Some(Unresolved {
            reason: format!(
                "\"paths\" of {file} lead it (by \"{pattern}\") to {target}, which is not there"
            ),
            help: format!("create the file, or correct the import or {file}"),
        })
    }

    fn explain_absent(&self, from: &Path, specifier: &str) -> Unresolved {
        if specifier.contains("://") {
            return Unresolved {
                reason: "modules are not fetched from the network".to_owned(),
                help: "install the package, or save the file in the project".to_owned(),
            };
        }
        if let Some(unresolved) = self.explain_paths(from, specifier) {
            return unresolved;
        }
        if is_bare(specifier) {
            let parts = if specifier.starts_with('@') { 2 } else { 1 };
            let package = specifier
                .split('/')
                .take(parts)
                .collect::<Vec<_>>()
                .join("/");
            if package.starts_with('#') {
                let help = "add it to the \"imports\" of package.json".to_owned();
                return Unresolved {
                    reason: "no \"imports\" entry matches".to_owned(),
                    help,
                };
            }
            let installed = from
                .ancestors()
                .any(|folder| folder.join("node_modules").join(&package).is_dir());
            return if installed {
                Unresolved {
                    reason: format!("the package {package} is installed, but has no such file"),
                    help: format!(
                        "look at \"main\", \"module\" and \"exports\" of its package.json: node_modules/{package}/package.json"
                    ),
                }
            } else {
                Unresolved {
                    reason: format!("no package {package} in any node_modules folder above"),
                    help: install_help(from, &package),
                }
            };
        }
        let wanted = from.parent().unwrap_or(from).join(specifier);
        if let Some(other) = other_case(&normal(&wanted)) {
            let other = slashed(&shown(&self.root, &other));
            return Unresolved {
                reason: format!(
                    "there is no {}, but {other}",
                    slashed(&shown(&self.root, &normal(&wanted)))
                ),
                help:
                    "upper and lower case are different letters: write the name as the file has it"
                        .to_owned(),
            };
        }
        Unresolved {
            reason: format!(
                "there is no {}",
                slashed(&shown(&self.root, &normal(&wanted)))
            ),
            help: format!(
                "tried the path itself, with {} added, and as a folder with an index file",
                OWN_EXTENSIONS.join(", ")
            ),
        }
    }
}

/// How to install a package: all of them, if the nearest package.json lists it.
fn install_help(from: &Path, package: &str) -> String {
    const TOOLS: [(&str, &str); 4] = [
        ("pnpm-lock.yaml", "pnpm"),
        ("yarn.lock", "yarn"),
        ("bun.lock", "bun"),
        ("bun.lockb", "bun"),
    ];
    let has = |name: &str| from.ancestors().any(|folder| folder.join(name).is_file());
    let tool = TOOLS
        .iter()
        .find(|(lock, _)| has(lock))
        .map_or("npm", |(_, tool)| *tool);
    let listed = from
        .ancestors()
        .find_map(|folder| std::fs::read_to_string(folder.join("package.json")).ok())
        .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
        .is_some_and(|manifest| {
            ["dependencies", "devDependencies", "peerDependencies"]
                .iter()
                .any(|kind| manifest[kind].get(package).is_some())
        });
    match listed {
        true => format!("package.json lists it: run: {tool} install"),
        false if tool == "npm" => format!("is it installed? run: npm install {package}"),
        false => format!("is it installed? run: {tool} add {package}"),
    }
}

/// The file that was meant, where its name differs in upper and lower case only. Such an import works on systems that do
/// not tell them apart.
fn other_case(wanted: &Path) -> Option<PathBuf> {
    let lower = |name: &std::ffi::OsStr| name.to_string_lossy().to_lowercase();
    let name = lower(wanted.file_name()?);
    let entries = std::fs::read_dir(wanted.parent()?).ok()?;
    entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| {
            path.file_name().map(lower).is_some_and(|found| {
                found == name
                    || OWN_EXTENSIONS
                        .iter()
                        .any(|extension| found.strip_suffix(extension) == Some(name.as_str()))
            })
        })
}
