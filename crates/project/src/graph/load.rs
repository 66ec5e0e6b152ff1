//! What a worker thread does with one module: read it, translate it, resolve what it asks for.

use std::path::{Path, PathBuf};

use oxc::allocator::Allocator;
use oxc::span::Span;
use oxc::syntax::identifier::is_identifier_name;

use super::RequestKind;
use super::build::Input;
use super::commonjs::CommonJsExports;
use super::helpers;
use super::positions::Positions;
use super::resolve::{Form, HELPER_PREFIX, Hints, Key, Resolved, Resolvers, Unresolved};
use super::scan::{Asked, EsExports};
use super::transform::Language;
use super::translate::{Settings, translate};
use crate::error::{ProjectError, Report};
use crate::place::{Place, Source, Warning, shown, slashed};

/// The specifier under which ES modules that call `require` import it.
const REQUIRE: &str = "holdfast:require";

/// A module to be read.
pub(super) struct Job {
    /// Where the result belongs.
    pub(super) slot: usize,
    pub(super) key: Key,
    pub(super) hints: Hints,
    /// For a second translation: see [`Settings::types`].
    pub(super) types: Vec<(String, String)>,
}

/// A module as a worker hands it in: its edges name keys, not ids.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) key: Key,
    pub(super) hints: Hints,
    pub(super) body: Body,
    pub(super) edges: Vec<Edge>,
    pub(super) node_interop: bool,
    pub(super) typescript: bool,
    pub(super) warnings: Vec<Warning>,
    /// The TypeScript configuration it was translated by.
    pub(super) tsconfig: Option<PathBuf>,
}

#[derive(Debug)]
pub(super) enum Body {
    Esm {
        code: String,
        positions: Positions,
        exports: EsExports,
    },
    CommonJs {
        code: String,
        positions: Positions,
        exports: CommonJsExports,
    },
    Json {
        text: String,
        exports: Vec<String>,
    },
    Text(String),
    Data(Vec<u8>),
    Wasm(Vec<u8>),
}

#[derive(Debug)]
pub(super) struct Edge {
    pub(super) asked: Asked,
    pub(super) place: Place,
    pub(super) to: To,
}

#[derive(Debug)]
pub(super) enum To {
    Key {
        key: Key,
        hints: Hints,
        secondary: Option<Key>,
    },
    Builtin(String),
    Missing(String),
}

/// What all workers share.
pub(super) struct Worker<'w> {
    pub(super) input: &'w Input<'w>,
    pub(super) resolvers: &'w Resolvers,
}

impl Worker<'_> {
    /// Does the job; the allocator is empty and is left for the caller to reset.
    pub(super) fn load(&self, allocator: &Allocator, job: Job) -> Result<Unit, ProjectError> {
        let path = &job.key.path;
        let body = match job.key.form {
            Form::Script => return self.script(allocator, job),
            Form::Json => self.json(path)?,
            Form::Text => Body::Text(text_of(read(path)?)),
            Form::Data => Body::Data(read(path)?),
            Form::Wasm => Body::Wasm(read(path)?),
            Form::Disabled => commonjs(String::new()),
            Form::Helper => commonjs(helper(path)?),
        };
        Ok(Unit {
            key: job.key,
            hints: job.hints,
            body,
            edges: Vec::new(),
            node_interop: false,
            typescript: false,
            warnings: Vec::new(),
            tsconfig: None,
        })
    }

    fn script(&self, allocator: &Allocator, job: Job) -> Result<Unit, ProjectError> {
        let path = &job.key.path;
        let text = read_text(path)?;
        let file = shown(self.input.root, path);
        let source = Source {
            file: &file,
            text: &text,
        };
        let settings = Settings {
            path,
            hints: job.hints,
            node_env: self.input.node_env,
            defines: &self.input.config.defines,
            types: &job.types,
        };
        let mut used = None;
        let language = || -> Result<Language, ProjectError> {
            let tsconfig = self.resolvers.tsconfig(path)?;
            used = tsconfig
                .as_ref()
                .map(|tsconfig| tsconfig.path().to_path_buf());
            Ok(Language::new(tsconfig.as_deref(), self.input.config))
        };
        let translations = self.input.translations;
        let mut script = translations.of(&text, &settings, language, |language| {
            translate(source, &settings, language, allocator)
        })?;
        let mut warnings = Vec::new();
        let mut edges = Vec::with_capacity(script.scan.requests.len());
        for asked in std::mem::take(&mut script.scan.requests) {
            edges.push(self.edge(path, source, asked, &mut warnings)?);
        }
        let (code, positions) = (script.code, script.positions);
        let body = if script.es_module {
            let mut code = code;
            if script.scan.requires {
                // At the end: imports are hoisted, and nothing above moves.
                code.push_str("\nimport require from \"holdfast:require\";\n");
                edges.push(require_edge(&file));
            }
            Body::Esm {
                code,
                positions,
                exports: script.scan.exports,
            }
        } else {
            Body::CommonJs {
                code,
                positions,
                exports: script.scan.commonjs,
            }
        };
        Ok(Unit {
            hints: job.hints,
            body,
            edges,
            node_interop: script.node_interop,
            typescript: script.typescript,
            warnings,
            tsconfig: used,
            key: job.key,
        })
    }

    fn edge(
        &self,
        from: &Path,
        source: Source<'_>,
        asked: Asked,
        warnings: &mut Vec<Warning>,
    ) -> Result<Edge, ProjectError> {
        let place = source.place(asked.span.start as usize);
        let attribute = asked.attribute.as_deref();
        let to = match self
            .resolvers
            .resolve(from, &asked.specifier, asked.kind, attribute)
        {
            Ok(Resolved::Builtin(name)) => To::Builtin(name),
            Ok(Resolved::Module {
                key,
                hints,
                secondary,
            }) => To::Key {
                key,
                hints,
                secondary,
            },
            Err(unresolved) => {
                let what = format!(
                    "cannot resolve \"{}\": {}",
                    asked.specifier, unresolved.reason
                );
                if !may_be_missing(&asked) {
                    let met = self.resolvers.met(from, &asked.specifier, asked.kind);
                    let error = unresolvable(source, asked.span, what, unresolved);
                    return Err(error.having_met(met));
                }
                if !asked.guarded {
                    let text = format!("{what}; this import() will be rejected");
                    warnings.push(Warning {
                        place: Some(place.clone()),
                        text,
                    });
                }
                let reason = unresolved.reason;
                To::Missing(format!(
                    "Cannot find module \"{}\": {reason}",
                    asked.specifier
                ))
            }
        };
        Ok(Edge { asked, place, to })
    }

    fn json(&self, path: &Path) -> Result<Body, ProjectError> {
        let text = read_text(path)?;
        let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| {
            let file = shown(self.input.root, path);
            let line = text
                .split_inclusive('\n')
                .take(error.line().saturating_sub(1));
            let offset = line.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            let what = format!("the file is not valid JSON: {message}");
            let source = Source {
                file: &file,
                text: &text,
            };
            ProjectError::Syntax(Box::new(Report::in_source(source, offset, 1, what)))
        })?;
        let keys = value
            .as_object()
            .into_iter()
            .flat_map(|object| object.keys());
        let exports = keys
            .filter(|key| is_identifier_name(key) && *key != "default")
            .cloned()
            .collect();
        Ok(Body::Json { text, exports })
    }
}

fn may_be_missing(asked: &Asked) -> bool {
    match asked.kind {
        RequestKind::Import => false,
        RequestKind::Require => asked.guarded,
        RequestKind::DynamicImport => true,
    }
}

fn unresolvable(
    source: Source<'_>,
    span: Span,
    what: String,
    unresolved: Unresolved,
) -> ProjectError {
    let length = (span.end - span.start) as usize;
    let report = Report::in_source(source, span.start as usize, length, what);
    ProjectError::Unresolved(Box::new(report.help(unresolved.help)))
}

fn require_edge(file: &Path) -> Edge {
    let asked = Asked {
        specifier: REQUIRE.to_owned(),
        kind: RequestKind::Import,
        span: Span::empty(0),
        guarded: false,
        attribute: None,
        names: vec!["default".to_owned()],
    };
    let place = Place {
        file: file.to_path_buf(),
        line: 1,
        column: 1,
    };
    Edge {
        asked,
        place,
        to: To::Builtin(REQUIRE.to_owned()),
    }
}

fn commonjs(code: String) -> Body {
    let (positions, exports) = (Positions::Identity, CommonJsExports::default());
    Body::CommonJs {
        code,
        positions,
        exports,
    }
}

fn helper(path: &Path) -> Result<String, ProjectError> {
    let specifier = slashed(path);
    let name = specifier
        .trim_start_matches(HELPER_PREFIX)
        .trim_start_matches("helpers/");
    helpers::source(name).map(str::to_owned).ok_or_else(|| {
        let what = format!("translated code needs the helper \"{name}\", which does not exist");
        ProjectError::Syntax(Box::new(Report::new(what)))
    })
}

fn read(path: &Path) -> Result<Vec<u8>, ProjectError> {
    std::fs::read(path).map_err(|error| ProjectError::Read(Box::new(Report::read(path, &error))))
}

/// Bytes that are not UTF-8 become U+FFFD, as in esbuild.
fn text_of(bytes: Vec<u8>) -> String {
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    }
}

/// The text of a source file, without a byte order mark.
fn read_text(path: &Path) -> Result<String, ProjectError> {
    let mut text = text_of(read(path)?);
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}
