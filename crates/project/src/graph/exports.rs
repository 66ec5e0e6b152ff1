//! What modules export, followed through the graph.

use std::collections::HashSet;

use indexmap::IndexSet;

use super::commonjs::CommonJsExports;
use super::scan::EsExports;
use super::{ModuleGraph, ModuleId, ModuleKind, RequestKind, Target};

/// A module's exports as its own text gives them.
#[derive(Clone, Debug)]
pub(super) enum Static {
    Es(EsExports),
    CommonJs(CommonJsExports),
    /// A value: `default`, and for JSON the keys.
    Value,
}

/// The names a module exports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exports {
    /// In the order met; `default` among them.
    pub names: Vec<String>,
    /// Whether these are all. Not so where `export *` leads out of the graph, or to a CommonJS module.
    pub complete: bool,
}

/// Whether a module exports a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    /// Decided only at run time, or outside the graph.
    Unknown,
}

impl ModuleGraph {
    /// What the entry module exports, as far as reading tells.
    pub fn main_exports(&self) -> Exports {
        let mut names = IndexSet::new();
        let complete = self.collect(self.main, &mut names, &mut HashSet::new());
        Exports {
            names: names.into_iter().collect(),
            complete,
        }
    }

    fn collect(
        &self,
        id: ModuleId,
        names: &mut IndexSet<String>,
        seen: &mut HashSet<ModuleId>,
    ) -> bool {
        if !seen.insert(id) {
            return true;
        }
        let module = self.module(id);
        match (&module.exports, &module.kind) {
            (Static::Es(own), _) => {
                names.extend(own.names.iter().cloned());
                let mut complete = true;
                for star in &own.stars {
                    let mut theirs = IndexSet::new();
                    complete &= match module.requests.get(*star).map(|request| &request.target) {
                        Some(Target::Module(target)) => self.collect(*target, &mut theirs, seen),
                        _ => false,
                    };
                    names.extend(theirs.into_iter().filter(|name| name != "default"));
                }
                complete
            }
            (_, ModuleKind::CommonJs { exports, .. }) => {
                names.insert("default".to_owned());
                names.extend(exports.iter().cloned());
                false
            }
            (_, ModuleKind::Json { exports, .. }) => {
                names.insert("default".to_owned());
                names.extend(exports.iter().cloned());
                true
            }
            _ => {
                names.insert("default".to_owned());
                true
            }
        }
    }

    /// Whether a module exports a name that leads to something.
    fn has(&self, id: ModuleId, name: &str, seen: &mut HashSet<(ModuleId, String)>) -> Answer {
        if !seen.insert((id, name.to_owned())) {
            return Answer::No;
        }
        let module = self.module(id);
        let own = match (&module.exports, &module.kind) {
            (Static::Es(own), _) => own,
            (_, ModuleKind::Json { exports, .. }) => {
                let found = name == "default" || exports.iter().any(|export| export == name);
                return if found { Answer::Yes } else { Answer::No };
            }
            (Static::CommonJs(_), _) => return Answer::Unknown,
            (Static::Value, _) => {
                return if name == "default" {
                    Answer::Yes
                } else {
                    Answer::No
                };
            }
        };
        if let Some(indirect) = own
            .indirect
            .iter()
            .find(|indirect| indirect.exported == name)
        {
            return match self.target(id, indirect.request) {
                Some(target) => self.has(target, &indirect.imported, seen),
                None => Answer::Unknown,
            };
        }
        if own.names.iter().any(|own| own == name) {
            return Answer::Yes;
        }
        if name == "default" {
            return Answer::No;
        }
        let mut answer = Answer::No;
        for star in &own.stars {
            match self
                .target(id, *star)
                .map(|target| self.has(target, name, seen))
            {
                Some(Answer::Yes) => return Answer::Yes,
                Some(Answer::No) => {}
                Some(Answer::Unknown) | None => answer = Answer::Unknown,
            }
        }
        answer
    }

    fn target(&self, id: ModuleId, request: usize) -> Option<ModuleId> {
        match self.module(id).requests.get(request)?.target {
            Target::Module(target) => Some(target),
            Target::Builtin(_) | Target::Missing(_) => None,
        }
    }
}

/// A module, and the names it passes on that exist only as types: specifier and name.
pub(super) type Types = (ModuleId, Vec<(String, String)>);

/// TypeScript modules that re-export types without saying `type`: reading one file alone, such an export
/// looks like any other, but the engine would not find it. Compilers that see the whole program drop them.
pub(super) fn types_taken_for_values(graph: &ModuleGraph) -> Vec<Types> {
    let mut found = Vec::new();
    for module in graph.modules.iter().filter(|module| module.typescript) {
        let Static::Es(own) = &module.exports else {
            continue;
        };
        let mut types = Vec::new();
        for indirect in &own.indirect {
            let Some(target) = graph.target(module.id, indirect.request) else {
                continue;
            };
            if graph.has(target, &indirect.imported, &mut HashSet::new()) == Answer::No
                && graph.module(target).typescript
            {
                let specifier = module.requests[indirect.request].specifier.clone();
                types.push((specifier, indirect.imported.clone()));
            }
        }
        if !types.is_empty() {
            found.push((module.id, types));
        }
    }
    found
}

/// Gives every CommonJS module the names that importers may ask for.
pub(super) fn join_commonjs(graph: &mut ModuleGraph) {
    let mut names: Vec<IndexSet<String>> = vec![IndexSet::new(); graph.modules.len()];
    for module in &graph.modules {
        if matches!(module.exports, Static::CommonJs(_)) {
            let mut own = IndexSet::new();
            lexed(graph, module.id, &mut own, &mut HashSet::new());
            names[module.id.0].extend(own);
        }
    }
    let mut seen = HashSet::new();
    for module in &graph.modules {
        for (request, asked) in module.requests.iter().zip(&module.asked) {
            if let (RequestKind::Import, Target::Module(target)) = (request.kind, &request.target) {
                for name in asked {
                    demand(graph, *target, name, &mut names, &mut seen);
                }
            }
        }
    }
    for (module, names) in graph.modules.iter_mut().zip(names) {
        if let ModuleKind::CommonJs { exports, .. } = &mut module.kind {
            *exports = names.into_iter().collect();
        }
    }
}

/// The names that reading finds, those of re-exported modules among them.
fn lexed(
    graph: &ModuleGraph,
    id: ModuleId,
    out: &mut IndexSet<String>,
    seen: &mut HashSet<ModuleId>,
) {
    if !seen.insert(id) {
        return;
    }
    let module = graph.module(id);
    let own = match &module.exports {
        Static::CommonJs(own) => own,
        Static::Es(_) | Static::Value => {
            let mut names = IndexSet::new();
            graph.collect(id, &mut names, &mut HashSet::new());
            out.extend(names.into_iter().filter(|name| name != "default"));
            return;
        }
    };
    out.extend(own.names.iter().cloned());
    for star in own.all_stars() {
        let required = module
            .requests
            .iter()
            .filter(|request| request.kind == RequestKind::Require && request.specifier == star);
        for request in required {
            if let Target::Module(target) = request.target {
                lexed(graph, target, out, seen);
            }
        }
    }
}

/// Which of the modules behind several `export *` a name is asked of. One at most: a name that two of them give is
/// ambiguous, and then there is no such name. The first of those that may have it, if reading does not tell.
fn offering(
    graph: &ModuleGraph,
    targets: &[ModuleId],
    name: &str,
    names: &[IndexSet<String>],
) -> Option<ModuleId> {
    if let [only] = targets {
        return Some(*only);
    }
    let mut targets = targets
        .iter()
        .copied()
        .filter(|target| !is_silent(graph, *target));
    let offers = |target: &ModuleId| offers(graph, *target, name, names, &mut HashSet::new());
    let may = |target: &ModuleId| graph.has(*target, name, &mut HashSet::new()) == Answer::Unknown;
    targets.clone().find(offers).or_else(|| targets.find(may))
}

/// Whether reading tells that a module gives a name. `names` are those of CommonJS modules.
fn offers(
    graph: &ModuleGraph,
    id: ModuleId,
    name: &str,
    names: &[IndexSet<String>],
    seen: &mut HashSet<ModuleId>,
) -> bool {
    if !seen.insert(id) {
        return false;
    }
    match &graph.module(id).exports {
        Static::CommonJs(_) => names[id.0].contains(name),
        Static::Value => graph.has(id, name, &mut HashSet::new()) == Answer::Yes,
        Static::Es(own) => {
            own.names.iter().any(|own| own == name)
                || own.stars.iter().any(|star| {
                    let target = graph.target(id, *star);
                    target.is_some_and(|target| offers(graph, target, name, names, seen))
                })
        }
    }
}

/// Whether a CommonJS module has no means of exporting anything, such as what is left of a file of types.
fn is_silent(graph: &ModuleGraph, id: ModuleId) -> bool {
    let means = ["exports", "module", "this"];
    match &graph.module(id).kind {
        ModuleKind::CommonJs { code, .. } => !means.iter().any(|word| code.contains(word)),
        _ => false,
    }
}

/// Notes that somebody imports `name` from a module: a CommonJS module must offer it; an ES module that does
/// not export it itself passes the demand on along its `export *`.
fn demand(
    graph: &ModuleGraph,
    id: ModuleId,
    name: &str,
    names: &mut [IndexSet<String>],
    seen: &mut HashSet<(ModuleId, String)>,
) {
    if name == "default" || !seen.insert((id, name.to_owned())) {
        return;
    }
    match &graph.module(id).exports {
        Static::CommonJs(_) => {
            if name != "__esModule" {
                names[id.0].insert(name.to_owned());
            }
        }
        Static::Es(own) if !own.names.iter().any(|own| own == name) => {
            let stars = own.stars.iter();
            let targets: Vec<_> = stars.filter_map(|star| graph.target(id, *star)).collect();
            if let Some(target) = offering(graph, &targets, name, names) {
                demand(graph, target, name, names, seen);
            }
        }
        Static::Es(_) | Static::Value => {}
    }
}
