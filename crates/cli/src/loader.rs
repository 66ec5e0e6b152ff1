//! Reading the projects that run together, at the start and at each change.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use holdfast_project::{
    LoadOptions, Met, Project, ProjectError, Translations, Warning, check_together,
};
use holdfast_runtime::{App, Node};

use crate::args::DevOptions;
use crate::failure::Failure;
use crate::log::{Problem, problem};

/// The projects of one command, in the order of the command line.
pub(crate) struct Loader<'o> {
    options: &'o DevOptions,
    /// What runs.
    pub(crate) apps: Vec<Arc<App>>,
    /// Projects that were read and do not fit the others as they run: they are tried again with the next one that
    /// changes.
    unfit: BTreeSet<usize>,
    /// Each warning is shown once.
    shown: HashSet<String>,
    translations: Arc<Translations>,
}

/// What a change came to.
#[derive(Default)]
pub(crate) struct Reloaded {
    /// The projects that run as they are now.
    pub(crate) done: Vec<usize>,
    /// Why others go on as they were.
    pub(crate) failures: Vec<Failure>,
    /// For each project that was looked at, which files it depends on.
    pub(crate) files: Vec<(usize, Files)>,
}

/// Which files a project depends on.
pub(crate) enum Files {
    /// Those that it consists of.
    All(Vec<PathBuf>),
    /// It does not load: what it has met so far.
    Met(Met),
}

impl<'o> Loader<'o> {
    /// Reads all projects for the first time. `known` gives the translations that are known already, when the first
    /// project's folder is.
    ///
    /// # Errors
    /// What is wrong with the first that is not as it should be, and those of `known`.
    pub(crate) fn start(
        options: &'o DevOptions,
        mut known: impl FnMut(&Path) -> Result<Arc<Translations>, Failure>,
    ) -> Result<Loader<'o>, Failure> {
        let mut loader = Loader {
            options,
            apps: Vec::new(),
            unfit: BTreeSet::new(),
            shown: HashSet::new(),
            translations: Arc::default(),
        };
        for index in 0..options.projects.len() {
            let project = loader.project(index)?;
            if index == 0 {
                loader.translations = known(&project.root)?;
            }
            let app = loader.modules(project)?;
            loader.apps.push(app);
        }
        let apps = loader.apps.clone();
        match check(&apps) {
            Ok(warnings) => loader.warn_all(&apps, warnings),
            Err((index, error)) => return Err(loader.seen(&apps[index].project, error).into()),
        }
        Ok(loader)
    }

    /// Reads the projects that have changed, and lets `node` run what is as it should be.
    pub(crate) fn reload(&mut self, changed: BTreeSet<usize>, node: &Node) -> Reloaded {
        let mut reloaded = Reloaded::default();
        let mut fresh: Vec<(usize, Arc<App>)> = Vec::new();
        let again = std::mem::take(&mut self.unfit);
        for index in changed.union(&again).copied() {
            let files = match self.load(index) {
                Ok(app) => {
                    let files = app.graph.files.clone();
                    fresh.push((index, app));
                    Files::All(files)
                }
                Err(error) => {
                    let met = error.report().met.clone();
                    reloaded.failures.push(error.into());
                    Files::Met(met)
                }
            };
            reloaded.files.push((index, files));
        }
        // Whatever has to stay as it was is left out, until the rest fits together and runs.
        while !fresh.is_empty() {
            let mut apps = self.apps.clone();
            for (index, app) in &fresh {
                apps[*index] = Arc::clone(app);
            }
            let (culprit, failure) = match check(&apps) {
                Err((index, error)) => {
                    if fresh.iter().any(|(at, _)| *at == index) {
                        // The other project may change so that it fits.
                        self.unfit.insert(index);
                    }
                    (index, self.seen(&apps[index].project, error).into())
                }
                Ok(warnings) => {
                    let places: Vec<_> = fresh.iter().map(|(index, _)| *index).collect();
                    let with_bindings = self.with_bindings_to_changed_classes(&apps);
                    let all: Vec<_> = places.iter().copied().chain(with_bindings).collect();
                    match node.reload(&apps, &all) {
                        Err(failed) => (failed.worker, failed.error.into()),
                        Ok(()) => {
                            self.warn_all(&apps, warnings);
                            reloaded.done = places;
                            self.apps = apps;
                            break;
                        }
                    }
                }
            };
            reloaded.failures.push(failure);
            if !fresh.iter().any(|(index, _)| *index == culprit) {
                // Its bindings led somewhere before: one of those that have changed is not what it was, and which one is
                // hard to say.
                self.unfit.extend(fresh.iter().map(|(index, _)| *index));
                break;
            }
            fresh.retain(|(index, _)| *index != culprit);
        }
        reloaded
    }

    /// The projects that stay as they are, but name classes of one whose migrations have changed: such a name may mean
    /// other data than before.
    fn with_bindings_to_changed_classes(&self, apps: &[Arc<App>]) -> Vec<usize> {
        let pairs = || self.apps.iter().zip(apps).enumerate();
        let changed: HashSet<&str> = pairs()
            .filter(|(_, (old, new))| old.project.config.classes != new.project.config.classes)
            .map(|(_, (_, new))| new.project.config.name.as_str())
            .collect();
        pairs()
            .filter(|(_, (old, new))| Arc::ptr_eq(old, new))
            .filter(|(_, (_, app))| {
                let mut bindings = app.project.config.foreign_objects();
                bindings.any(|(_, script)| changed.contains(script))
            })
            .map(|(index, _)| index)
            .collect()
    }

    /// Reads one project.
    fn load(&mut self, index: usize) -> Result<Arc<App>, ProjectError> {
        let project = self.project(index)?;
        self.modules(project)
    }

    /// Reads the configuration of one project.
    fn project(&mut self, index: usize) -> Result<Project, ProjectError> {
        let load = LoadOptions {
            env: self.options.env.clone(),
            production: false,
        };
        let dir = &self.options.projects[index];
        let project = match Project::load(dir, &load) {
            Ok(project) => project,
            // Where the configuration was looked for; it was not read, so nobody knows more.
            Err(error) => {
                self.warn(dir, &error.report().warnings);
                return Err(self.seen_from(dir, error));
            }
        };
        self.warn(&project.root, &project.warnings);
        Ok(project)
    }

    /// Reads the modules of a project.
    fn modules(&mut self, project: Project) -> Result<Arc<App>, ProjectError> {
        let root = project.root.clone();
        let graph = project
            .graph_with(&self.translations)
            .map_err(|error| self.seen(&project, error))?;
        self.warn(&root, &graph.warnings);
        graph
            .check(&project)
            .map_err(|error| self.seen(&project, error))?;
        Ok(Arc::new(App { project, graph }))
    }

    fn warn_all(&mut self, apps: &[Arc<App>], warnings: Vec<(usize, Warning)>) {
        for (index, warning) in warnings {
            self.warn(&apps[index].project.root, &[warning]);
        }
    }

    fn warn(&mut self, root: &Path, warnings: &[Warning]) {
        for warning in warnings {
            let warning = match self.prefix(root) {
                Some(prefix) => warning.clone().below(&prefix),
                None => warning.clone(),
            };
            let text = warning.to_string();
            if self.shown.insert(text.clone()) {
                problem(Problem::Warning, text);
            }
        }
    }

    fn seen(&self, project: &Project, error: ProjectError) -> ProjectError {
        self.seen_from(&project.root, error)
    }

    fn seen_from(&self, root: &Path, error: ProjectError) -> ProjectError {
        match self.prefix(root) {
            Some(prefix) => error.below(&prefix),
            None => error,
        }
    }

    /// One project's files are named as seen from it. Of several it must be told which one's they are.
    fn prefix(&self, root: &Path) -> Option<PathBuf> {
        if self.options.projects.len() == 1 {
            return None;
        }
        // A folder that is on the command line may also be a file.
        let root = if root.is_file() { root.parent()? } else { root };
        let here = std::env::current_dir().ok()?;
        Some(root.strip_prefix(&here).unwrap_or(root).to_path_buf())
    }
}

fn check(apps: &[Arc<App>]) -> Result<Vec<(usize, Warning)>, (usize, ProjectError)> {
    let parts: Vec<_> = apps.iter().map(|app| (&app.project, &app.graph)).collect();
    check_together(&parts)
}
