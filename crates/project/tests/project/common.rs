//! Small projects in temporary folders.

use std::path::{Path, PathBuf};

use holdfast_project::{
    LoadOptions, Module, ModuleGraph, ModuleKind, Project, ProjectError, Request, RequestKind,
    Target, TranslationChanges, Translations,
};

/// What the next process finds.
pub(crate) fn kept(translations: &Translations) -> Translations {
    let added = translations.take_changes().added;
    Translations::with(added.iter().map(|(place, bytes)| (*place, bytes.to_vec())))
}

/// A folder with files, removed at the end.
pub(crate) struct Fixture {
    folder: tempfile::TempDir,
}

/// A configuration with the least that loads without warnings.
pub(crate) const CONFIG: &str =
    r#"{ "name": "test", "main": "src/index.ts", "compatibility_date": "2025-01-01" }"#;

impl Fixture {
    /// Writes the files; names are relative, with `/`.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let fixture = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for (name, text) in files {
            fixture.write(name, text.as_bytes());
        }
        fixture
    }

    /// The least configuration, `src/index.ts` and more files.
    pub(crate) fn app(index: &str, more: &[(&str, &str)]) -> Self {
        let fixture = Self::new(&[("wrangler.jsonc", CONFIG), ("src/index.ts", index)]);
        for (name, text) in more {
            fixture.write(name, text.as_bytes());
        }
        fixture
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    pub(crate) fn load(&self) -> Result<Project, ProjectError> {
        Project::load(self.folder.path(), &LoadOptions::default())
    }

    pub(crate) fn load_env(&self, env: &str) -> Result<Project, ProjectError> {
        let opts = LoadOptions {
            env: Some(env.to_owned()),
            ..LoadOptions::default()
        };
        Project::load(self.folder.path(), &opts)
    }

    /// The project, which must load without warnings.
    pub(crate) fn project(&self) -> Project {
        let project = self.load().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(texts(&project), Vec::<String>::new());
        project
    }

    /// The graph, which must be the same when it is built from translations that were kept.
    pub(crate) fn graph(&self) -> ModuleGraph {
        let translations = Translations::default();
        let graph = self.graph_with(&translations);
        let kept = kept(&translations);
        let again = self.graph_with(&kept);
        assert_eq!(format!("{again:?}"), format!("{graph:?}"));
        assert_eq!(kept.take_changes(), TranslationChanges::default());
        graph
    }

    pub(crate) fn graph_with(&self, translations: &Translations) -> ModuleGraph {
        self.load()
            .and_then(|project| project.graph_with(translations))
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The text of the error that loading the configuration gives.
    pub(crate) fn config_error(&self) -> String {
        match self.load() {
            Ok(_) => panic!("the configuration loads"),
            Err(error) => error.to_string(),
        }
    }

    /// The text of the error that building the graph gives.
    pub(crate) fn graph_error(&self) -> String {
        match self
            .load()
            .unwrap_or_else(|error| panic!("{error}"))
            .graph()
        {
            Ok(_) => panic!("the graph builds"),
            Err(error) => error.to_string(),
        }
    }
}

pub(crate) fn texts(project: &Project) -> Vec<String> {
    project.warnings.iter().map(ToString::to_string).collect()
}

/// The module shown by that name.
pub(crate) fn module<'g>(graph: &'g ModuleGraph, display: &str) -> &'g Module {
    graph
        .modules
        .iter()
        .find(|module| module.display == display)
        .unwrap_or_else(|| {
            let names: Vec<_> = graph.modules.iter().map(|module| &module.display).collect();
            panic!("no module {display} among {names:?}")
        })
}

pub(crate) fn code<'g>(graph: &'g ModuleGraph, display: &str) -> &'g str {
    match &module(graph, display).kind {
        ModuleKind::Esm { code, .. } | ModuleKind::CommonJs { code, .. } => code,
        other => panic!("{display} is {other:?}"),
    }
}

pub(crate) fn is_esm(graph: &ModuleGraph, display: &str) -> bool {
    matches!(module(graph, display).kind, ModuleKind::Esm { .. })
}

/// The names a CommonJS module offers, sorted.
pub(crate) fn names(graph: &ModuleGraph, display: &str) -> Vec<String> {
    match &module(graph, display).kind {
        ModuleKind::CommonJs { exports, .. } => {
            let mut names = exports.clone();
            names.sort();
            names
        }
        other => panic!("{display} is {other:?}"),
    }
}

pub(crate) fn request<'g>(
    graph: &'g ModuleGraph,
    from: &str,
    specifier: &str,
    kind: RequestKind,
) -> &'g Request {
    let requests = &module(graph, from).requests;
    let found = requests
        .iter()
        .find(|r| r.specifier == specifier && r.kind == kind);
    found.unwrap_or_else(|| panic!("{from} has no {kind:?} of {specifier}: {requests:?}"))
}

/// Where an import leads: a module's display name, or the builtin's name.
pub(crate) fn target(
    graph: &ModuleGraph,
    from: &str,
    specifier: &str,
    kind: RequestKind,
) -> String {
    match &request(graph, from, specifier, kind).target {
        Target::Module(id) => graph.module(*id).display.clone(),
        Target::Builtin(name) => name.clone(),
        Target::Missing(message) => format!("missing: {message}"),
    }
}

pub(crate) fn import(graph: &ModuleGraph, from: &str, specifier: &str) -> String {
    target(graph, from, specifier, RequestKind::Import)
}

/// Line and column (from 1) of the first occurrence of `needle`.
pub(crate) fn position(text: &str, needle: &str) -> (u32, u32) {
    let at = text
        .find(needle)
        .unwrap_or_else(|| panic!("no {needle} in {text}"));
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (
        line as u32,
        text[start..at].encode_utf16().count() as u32 + 1,
    )
}

pub(crate) fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .unwrap()
        .to_string_lossy()
        .into_owned()
}
