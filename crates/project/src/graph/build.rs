//! Builds the graph: files are read and translated on worker threads as requests lead to them; then the
//! modules are put in order, so that the same files always give the same graph.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};

use oxc::allocator::Allocator;

use super::load::{Body, Edge, Job, To, Unit, Worker};
use super::queue::{self, Jobs, Results};
use super::resolve::{Form, Hints, Key, Resolvers};
use super::rules::RuleSet;
use super::translations::Translations;
use super::{Module, ModuleGraph, ModuleId, ModuleKind, Request, RequestKind, Target, exports};
use crate::config::Config;
use crate::error::{Met, ProjectError};
use crate::place::{Warning, shown, slashed};

/// What a graph is built from.
pub(crate) struct Input<'i> {
    pub(crate) root: &'i Path,
    pub(crate) config: &'i Config,
    /// What `process.env.NODE_ENV` is.
    pub(crate) node_env: &'i str,
    pub(crate) translations: &'i Translations,
}

type Outcome = Result<Unit, ProjectError>;

/// Reads everything that the entry module reaches. `files` are those that the configuration was read from.
pub(crate) fn build(input: &Input<'_>, files: Vec<PathBuf>) -> Result<ModuleGraph, ProjectError> {
    let mut warnings = Vec::new();
    let rules = RuleSet::new(&input.config.rules, &mut warnings)?;
    let resolvers = Resolvers::new(input.root, input.config, rules);
    let (main, hints) = resolvers.entry(&input.config.main)?;
    let worker = Worker {
        input,
        resolvers: &resolvers,
    };

    let mut table = Table::default();
    run(&worker, |jobs, results| {
        table.intern(jobs, &main, hints);
        table.drain(jobs, results);
    });
    table.join_twins();
    let mut graph = table.finish(input.root, files, warnings)?;
    let types = exports::types_taken_for_values(&graph);
    if !types.is_empty() {
        let again = types.into_iter().map(|(id, types)| {
            let module = graph.module(id);
            let key = Key {
                path: module.path.clone(),
                form: Form::Script,
            };
            Job {
                slot: id.0,
                key,
                hints: module.hints,
                types,
            }
        });
        let mut redone = Vec::new();
        run(&worker, |jobs, results| {
            let count = again.map(|job| jobs.push(job)).count();
            redone = (0..count).map(|_| results.next()).collect();
        });
        for (slot, outcome) in redone {
            let unit = outcome.map_err(|error| error.having_read(graph.files.iter().cloned()))?;
            replace(&mut graph.modules[slot], unit);
        }
    }
    exports::join_commonjs(&mut graph);
    Ok(graph)
}

fn run(worker: &Worker<'_>, coordinate: impl FnOnce(&Jobs<'_, Job>, &Results<(usize, Outcome)>)) {
    let work = |allocator: &mut Allocator, job: Job| {
        let slot = job.slot;
        let outcome = worker.load(allocator, job);
        allocator.reset();
        (slot, outcome)
    };
    queue::run(Allocator::default, work, coordinate);
}

/// Puts the second translation of a module in place of the first; its requests lead where they led.
fn replace(module: &mut Module, unit: Unit) {
    let (kind, exports) = kind(unit.body);
    let same = |request: &Request, edge: &Edge| {
        request.specifier == edge.asked.specifier && request.kind == edge.asked.kind
    };
    let before = std::mem::take(&mut module.requests);
    module.requests = unit
        .edges
        .iter()
        .filter_map(|edge| before.iter().find(|request| same(request, edge)).cloned())
        .collect();
    module.asked = unit
        .edges
        .into_iter()
        .map(|edge| edge.asked.names)
        .collect();
    module.kind = kind;
    module.exports = exports;
}

/// All modules met so far, in no particular order.
#[derive(Default)]
struct Table {
    slots: Vec<Option<Outcome>>,
    index: HashMap<Key, usize>,
    pending: usize,
}

impl Table {
    fn intern(&mut self, jobs: &Jobs<'_, Job>, key: &Key, hints: Hints) {
        if self.index.contains_key(key) {
            return;
        }
        let slot = self.slots.len();
        self.slots.push(None);
        self.index.insert(key.clone(), slot);
        self.pending += 1;
        jobs.push(Job {
            slot,
            key: key.clone(),
            hints,
            types: Vec::new(),
        });
    }

    /// Takes in results, and gives out the jobs they lead to, until nothing is left to do.
    fn drain(&mut self, jobs: &Jobs<'_, Job>, results: &Results<(usize, Outcome)>) {
        while self.pending > 0 {
            let (slot, outcome) = results.next();
            self.pending -= 1;
            for edge in outcome.iter().flat_map(|unit| &unit.edges) {
                if let To::Key { key, hints, .. } = &edge.to {
                    self.intern(jobs, key, *hints);
                }
            }
            self.slots[slot] = Some(outcome);
        }
    }

    /// A package whose `module` and `main` files differ is one module all the same: if anything requires its
    /// `main`, those who import it get that too.
    fn join_twins(&mut self) {
        let mut required = HashSet::new();
        for edge in self.edges() {
            if let (RequestKind::Require, To::Key { key, .. }) = (edge.asked.kind, &edge.to) {
                required.insert(key.clone());
            }
        }
        for unit in self.slots.iter_mut().flatten().flatten() {
            for edge in &mut unit.edges {
                if let To::Key {
                    key,
                    secondary: Some(secondary),
                    ..
                } = &mut edge.to
                    && required.contains(secondary)
                {
                    key.clone_from(secondary);
                }
            }
        }
    }

    fn edges(&self) -> impl Iterator<Item = &Edge> {
        self.slots
            .iter()
            .flatten()
            .flatten()
            .flat_map(|unit| &unit.edges)
    }

    /// What has been read besides these files, and what was looked for in vain.
    fn met(&self, files: Vec<PathBuf>) -> Met {
        let modules = self.index.keys().filter(|key| key.is_file());
        let mut met = Met {
            read: files,
            missing: Vec::new(),
        };
        met.read.extend(modules.map(|key| key.path.clone()));
        for outcome in self.slots.iter().flatten() {
            match outcome {
                Ok(unit) => met.read.extend(unit.tsconfig.clone()),
                Err(error) => {
                    let more = &error.report().met;
                    met.read.extend(more.read.iter().cloned());
                    met.missing.extend(more.missing.iter().cloned());
                }
            }
        }
        for paths in [&mut met.read, &mut met.missing] {
            paths.sort_unstable();
            paths.dedup();
        }
        met
    }

    /// Numbers the modules breadth-first from the entry, leaving out what is reached no longer.
    ///
    /// # Errors
    /// That of the first module in this order that has one. It knows what all of them have met: whoever corrects several
    /// files may begin with any.
    fn finish(
        mut self,
        root: &Path,
        files: Vec<PathBuf>,
        mut warnings: Vec<Warning>,
    ) -> Result<ModuleGraph, ProjectError> {
        let met = self.met(files);
        let mut ids: HashMap<usize, ModuleId> = HashMap::from([(0, ModuleId(0))]);
        let mut queue = VecDeque::from([0]);
        let mut modules = Vec::with_capacity(self.slots.len());
        while let Some(slot) = queue.pop_front() {
            let unit = self.slots[slot]
                .take()
                .expect("each slot is filled, and visited once")
                .map_err(|error| error.having_met(met.clone()))?;
            let mut requests = Vec::with_capacity(unit.edges.len());
            let mut asked = Vec::with_capacity(unit.edges.len());
            for edge in unit.edges {
                let target = match edge.to {
                    To::Builtin(name) => Target::Builtin(name),
                    To::Missing(message) => Target::Missing(message),
                    To::Key { key, .. } => {
                        let slot = self.index[&key];
                        let next = ModuleId(ids.len());
                        Target::Module(*ids.entry(slot).or_insert_with(|| {
                            queue.push_back(slot);
                            next
                        }))
                    }
                };
                let (specifier, kind) = (edge.asked.specifier, edge.asked.kind);
                requests.push(Request {
                    specifier,
                    kind,
                    target,
                    place: edge.place,
                });
                asked.push(edge.asked.names);
            }
            let (kind, exports) = kind(unit.body);
            warnings.extend(unit.warnings);
            modules.push(Module {
                id: ModuleId(modules.len()),
                display: display(root, &unit.key),
                path: unit.key.path,
                kind,
                requests,
                node_interop: unit.node_interop,
                asked,
                exports,
                hints: unit.hints,
                typescript: unit.typescript,
            });
        }
        Ok(ModuleGraph {
            modules,
            main: ModuleId(0),
            files: met.read,
            warnings,
        })
    }
}

fn kind(body: Body) -> (ModuleKind, exports::Static) {
    match body {
        Body::Esm {
            code,
            positions,
            exports,
        } => (
            ModuleKind::Esm { code, positions },
            exports::Static::Es(exports),
        ),
        Body::CommonJs {
            code,
            positions,
            exports,
        } => {
            let es_module = exports.es_module;
            let kind = ModuleKind::CommonJs {
                code,
                positions,
                exports: Vec::new(),
                es_module,
            };
            (kind, exports::Static::CommonJs(exports))
        }
        Body::Json { text, exports } => {
            (ModuleKind::Json { text, exports }, exports::Static::Value)
        }
        Body::Text(text) => (ModuleKind::Text { text }, exports::Static::Value),
        Body::Data(bytes) => (ModuleKind::Data { bytes }, exports::Static::Value),
        Body::Wasm(bytes) => (ModuleKind::Wasm { bytes }, exports::Static::Value),
    }
}

fn display(root: &Path, key: &Key) -> String {
    let path = slashed(&shown(root, &key.path));
    match key.form {
        Form::Disabled => format!("{path} (disabled)"),
        _ => path,
    }
}
