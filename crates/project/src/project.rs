//! A Worker project: its folder, its configuration, its modules.

use std::path::{Path, PathBuf};

use crate::config::{self, Config};
use crate::error::{ProjectError, Report};
use crate::graph::{self, ModuleGraph, Translations};
use crate::place::Warning;

/// How to load a project.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The environment of the configuration (`env.NAME`) to use.
    pub env: Option<String>,
    /// Whether `process.env.NODE_ENV` is "production"; otherwise it is "development".
    pub production: bool,
}

/// A project whose configuration has been read.
#[derive(Clone, Debug)]
pub struct Project {
    /// The folder of the configuration file, absolute, symlinks followed.
    pub root: PathBuf,
    pub config: Config,
    pub warnings: Vec<Warning>,
    /// The files that the configuration was read from, absolute.
    pub files: Vec<PathBuf>,
    production: bool,
}

impl Project {
    /// Reads the configuration of the project that `dir` lies in: the nearest `wrangler.json`,
    /// `wrangler.jsonc` or `wrangler.toml` in it or above it. `dir` may also be such a file.
    ///
    /// # Errors
    /// There is no configuration, or it cannot be read, or it is wrong.
    pub fn load(dir: &Path, opts: &LoadOptions) -> Result<Self, ProjectError> {
        let dir = dir.canonicalize().map_err(|error| {
            let report = Report::read(dir, &error);
            let help = "expected the folder of a project, or its configuration file";
            ProjectError::Read(Box::new(report.help(help)))
        })?;
        let path = if dir.is_file() {
            dir
        } else {
            config::find(&dir)?
        };
        let root = path.parent().unwrap_or(Path::new("/")).to_path_buf();
        let loaded = config::load(&root, &path, opts.env.as_deref())
            .map_err(|error| error.having_read([path]))?;
        Ok(Self {
            root,
            config: loaded.config,
            warnings: loaded.warnings,
            files: loaded.files,
            production: opts.production,
        })
    }

    /// Reads and translates every module that the entry module reaches, on several threads.
    ///
    /// # Errors
    /// A module cannot be read, does not parse, or imports what is not there.
    pub fn graph(&self) -> Result<ModuleGraph, ProjectError> {
        self.graph_with(&Translations::default())
    }

    /// The same. Modules that `translations` knows are not translated again.
    ///
    /// # Errors
    /// The same.
    pub fn graph_with(&self, translations: &Translations) -> Result<ModuleGraph, ProjectError> {
        let node_env = if self.production {
            "production"
        } else {
            "development"
        };
        let input = graph::Input {
            root: &self.root,
            config: &self.config,
            node_env,
            translations,
        };
        graph::build(&input, self.files.clone())
            .map_err(|error| error.having_read(self.files.iter().cloned()))
    }
}
