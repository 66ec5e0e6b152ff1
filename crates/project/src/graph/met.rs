//! What a request that leads nowhere was looked for among: a change of one of these files may mend it.

use std::path::{Path, PathBuf};

use oxc_resolver::{ResolveContext, ResolveError, Resolver, TsconfigDiscovery};

use super::RequestKind;
use super::resolve::Resolvers;
use crate::error::Met;

impl Resolvers {
    /// What is looked at for a request of the file `from`.
    pub(super) fn met(&self, from: &Path, specifier: &str, kind: RequestKind) -> Met {
        let Some(folder) = from.parent() else {
            return Met::default();
        };
        // A new one: what a resolver has looked for once it remembers, and does not tell again.
        let resolver = Resolver::new(self.resolver(from, specifier, kind).options().clone());
        let tsconfig = match resolver.find_tsconfig(from) {
            Ok(tsconfig) => tsconfig,
            Err(error) => return met_by(&resolver, &error, from),
        };
        let mut context = ResolveContext::default();
        // That it leads nowhere is known.
        let _ = resolver.resolve_with_context(folder, specifier, tsconfig.as_deref(), &mut context);
        let mut met = Met {
            read: context.file_dependencies.into_iter().collect(),
            missing: context.missing_dependencies.into_iter().collect(),
        };
        met.read
            .extend(tsconfig.map(|tsconfig| tsconfig.path().to_path_buf()));
        met
    }
}

/// What was met on the way to a TypeScript configuration for `file` that cannot be used.
pub(super) fn met_by(resolver: &Resolver, error: &ResolveError, file: &Path) -> Met {
    let mut met = Met::default();
    match &resolver.options().tsconfig {
        Some(TsconfigDiscovery::Manual(options)) => met.read.push(options.config_file.clone()),
        _ => {
            let folders = file.ancestors().skip(1);
            let configurations = folders.map(|folder| folder.join("tsconfig.json"));
            met.read
                .extend(configurations.filter(|path| path.is_file()));
        }
    }
    named_by(error, file, &mut met);
    met
}

/// The files that an error names.
fn named_by(error: &ResolveError, file: &Path, met: &mut Met) {
    match error {
        ResolveError::TsconfigLoadFailed { path, source } => {
            met.read.push(path.clone());
            named_by(source, file, met);
        }
        ResolveError::Json(json) => met.read.push(json.path.clone()),
        ResolveError::TsconfigSelfReference(path) => met.read.push(path.clone()),
        ResolveError::TsconfigCircularExtend(paths) => {
            met.read.extend(paths.paths().iter().cloned());
        }
        ResolveError::TsconfigNotFound(path) if path.is_absolute() => {
            met.missing.extend(configurations_at(path));
        }
        // That of a package which another one extends.
        ResolveError::TsconfigNotFound(package) => {
            for folder in file.ancestors().skip(1) {
                let package = folder.join("node_modules").join(package);
                met.missing.push(package.join("package.json"));
                met.missing.extend(configurations_at(&package));
            }
        }
        _ => {}
    }
}

/// The files that the path of a TypeScript configuration may stand for.
fn configurations_at(path: &Path) -> [PathBuf; 3] {
    let mut longer = path.as_os_str().to_owned();
    longer.push(".json");
    [
        path.to_path_buf(),
        longer.into(),
        path.join("tsconfig.json"),
    ]
}
