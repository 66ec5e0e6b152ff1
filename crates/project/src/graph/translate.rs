//! One file to one module: parse, classify, transform where needed, and note what it asks for.

use std::path::Path;

use oxc::allocator::Allocator;
use oxc::ast::ast::{Program, Statement};
use oxc::diagnostics::Diagnostics;
use oxc::parser::{ParseOptions, Parser, ParserReturn};
use oxc::semantic::SemanticBuilder;
use oxc::span::{SourceType, Span};
use oxc_resolver::PackageType;
use serde::{Deserialize, Serialize};

use super::defines::Defines;
use super::positions::Positions;
use super::resolve::{Hints, in_node_modules};
use super::rules::RuleKind;
use super::scan::{Asked, Scan, scan};
use super::transform::{self, Language, Replace};
use super::{RequestKind, decorators, edits};
use crate::error::{ProjectError, Report};
use crate::place::{Place, Source};

/// A translated script.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Script {
    pub(super) es_module: bool,
    pub(super) code: String,
    pub(super) positions: Positions,
    pub(super) scan: Scan,
    /// Imports of CommonJS modules follow Node's rule: see [`super::Module::node_interop`].
    pub(super) node_interop: bool,
    /// Types are gone: an import or re-export may name something that never existed at run time.
    pub(super) typescript: bool,
}

/// What a file is translated with.
pub(super) struct Settings<'s> {
    pub(super) path: &'s Path,
    pub(super) hints: Hints,
    /// `"development"` or `"production"`.
    pub(super) node_env: &'s str,
    pub(super) defines: &'s Defines,
    /// Names that a first translation imported or re-exported and that turned out to be types: request's
    /// specifier and name.
    pub(super) types: &'s [(String, String)],
}

/// Translates the text of a script.
///
/// # Errors
/// The text does not parse, or says what cannot be translated.
pub(super) fn translate(
    source: Source<'_>,
    settings: &Settings<'_>,
    mut language: impl FnMut() -> Result<Language, ProjectError>,
    allocator: &Allocator,
) -> Result<Script, ProjectError> {
    let extension = settings
        .path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or("js");
    let typescript = matches!(extension, "ts" | "tsx" | "mts" | "cts");
    let parsed = parse(source, source_type(extension, settings.hints), allocator)?;
    let mut program = parsed.program;
    let module_syntax = parsed.module_record.has_module_syntax && !is_old_typescript(&program);
    let node_interop =
        matches!(extension, "mjs" | "mts") || settings.hints.package == Some(PackageType::Module);

    let (scan, code, positions) = if typescript {
        translated(source, &mut program, settings, &language()?, allocator)?
    } else {
        let found = scan_as_written(source.text, &program);
        if found.jsx || found.decorated || settings.defines.may_occur_in(source.text) {
            translated(source, &mut program, settings, &language()?, allocator)?
        } else {
            let code = as_written(source.text, &found, settings.node_env);
            (found, code, Positions::Identity)
        }
    };
    let es_module = match (module_syntax, extension) {
        (true, _) | (_, "mjs" | "mts") => true,
        _ if scan.commonjs_names => false,
        _ => by_surroundings(extension, settings.hints),
    };
    let mut script = Script {
        es_module,
        code,
        positions,
        scan,
        node_interop,
        typescript,
    };
    if script.scan.decorated {
        lower_decorators(source, &mut script, allocator)?;
    }
    if !es_module {
        comment_out_hashbang(&mut script.code);
    }
    Ok(script)
}

/// Whether all module syntax is TypeScript's for CommonJS: `import x = require("…")`, `export = …`.
fn is_old_typescript(program: &Program<'_>) -> bool {
    let mut old = false;
    for statement in &program.body {
        match statement {
            Statement::TSExportAssignment(_) => return true,
            Statement::TSImportEqualsDeclaration(_) => old = true,
            statement if statement.is_module_declaration() => return false,
            _ => {}
        }
    }
    old
}

/// What a script is whose text does not tell.
fn by_surroundings(extension: &str, hints: Hints) -> bool {
    match (hints.rule, hints.package) {
        (Some(RuleKind::EsModule), _) => true,
        (Some(RuleKind::CommonJs), _) => false,
        _ if extension == "cjs" || extension == "cts" => false,
        (_, Some(package)) => package == PackageType::Module,
        (_, None) => matches!(extension, "ts" | "tsx"),
    }
}

fn source_type(extension: &str, hints: Hints) -> SourceType {
    let base = match extension {
        "ts" | "mts" | "cts" => SourceType::ts(),
        "tsx" => SourceType::tsx(),
        _ => SourceType::jsx(),
    };
    let module = matches!(extension, "mjs" | "mts")
        || (hints.package == Some(PackageType::Module) && !matches!(extension, "cjs" | "cts"));
    if module {
        base.with_module(true)
    } else {
        base.with_unambiguous(true)
    }
}

fn parse<'a>(
    source: Source<'_>,
    source_type: SourceType,
    allocator: &'a Allocator,
) -> Result<ParserReturn<'a>, ProjectError> {
    let text = allocator.alloc_str(source.text);
    let options = ParseOptions {
        allow_return_outside_function: !source_type.is_module(),
        ..ParseOptions::default()
    };
    let parsed = Parser::new(allocator, text, source_type)
        .with_options(options)
        .parse();
    if parsed.panicked || parsed.diagnostics.has_errors() {
        return Err(syntax_error(source, &parsed.diagnostics));
    }
    Ok(parsed)
}

/// The walk over plain JavaScript. Binding names to their declarations costs as much as parsing: it is done
/// only for text in which a free name could matter.
fn scan_as_written(text: &str, program: &Program<'_>) -> Scan {
    let names = ["require", "exports", "NODE_ENV"];
    if !names.iter().any(|name| text.contains(name)) {
        return scan(program, None);
    }
    let semantic = SemanticBuilder::new().build(program).semantic;
    scan(program, Some(semantic.scoping()))
}

/// The text with `process.env.NODE_ENV` and import attributes replaced by text of the same length, so that
/// every position stays what it is.
fn as_written(text: &str, found: &Scan, node_env: &str) -> String {
    let mut code = text.to_owned();
    let value = format!("\"{node_env}\"");
    let values = found.node_env.iter().map(|span| (*span, value.as_str()));
    let mut edits: Vec<_> = values
        .chain(found.attributes.iter().map(|span| (*span, "")))
        .collect();
    // From the last to the first: an expression broken over lines may be too short for its value.
    edits.sort_unstable_by_key(|(span, _)| std::cmp::Reverse(span.start));
    for (span, value) in edits {
        overwrite(&mut code, span, value);
    }
    code
}

/// Puts `value` at the start of `span` and blanks the rest; line ends inside the span stay.
fn overwrite(code: &mut String, span: Span, value: &str) {
    let range = span.start as usize..span.end as usize;
    let mut text = String::with_capacity(range.len());
    text.push_str(value);
    let mut bytes = 0;
    for c in code[range.clone()].chars() {
        bytes += c.len_utf8();
        if c == '\n' || c == '\r' {
            text.push(c);
        } else if bytes > value.len() {
            // One column for each UTF-16 unit.
            text.extend(std::iter::repeat_n(' ', c.len_utf16()));
        }
    }
    code.replace_range(range, &text);
}

fn translated<'a>(
    source: Source<'_>,
    program: &mut Program<'a>,
    settings: &Settings<'_>,
    language: &Language,
    allocator: &'a Allocator,
) -> Result<(Scan, String, Positions), ProjectError> {
    let mut scoping = transform::transform(program, allocator, settings.path, language)
        .map_err(|diagnostics| syntax_error(source, &diagnostics))?;
    if settings.defines.may_occur_in(source.text)
        && let Some(changed) = settings.defines.apply(program, allocator)
    {
        scoping = changed;
    }
    if !settings.types.is_empty() {
        drop_types(program, settings.types);
    }
    let scan = scan(program, Some(&scoping));
    if let Some(span) = scan.decorated_parameter {
        let what = "decorators of parameters exist only in TypeScript's own, old form";
        let help = "set \"experimentalDecorators\": true in the compilerOptions of tsconfig.json";
        let length = (span.end - span.start) as usize;
        let report = Report::in_source(source, span.start as usize, length, what).help(help);
        return Err(ProjectError::Syntax(Box::new(report)));
    }
    Replace {
        node_env: &scan.node_env,
        node_env_value: settings.node_env,
    }
    .apply(program, allocator);
    let (code, positions) = transform::print(program, settings.path);
    Ok((scan, code, positions))
}

/// Puts what the engine knows in place of decorators and `accessor`.
fn lower_decorators(
    source: Source<'_>,
    script: &mut Script,
    allocator: &Allocator,
) -> Result<(), ProjectError> {
    let lowered = decorators::lower(&script.code, script.es_module, allocator);
    let lowered = lowered.map_err(|(span, what)| {
        let (line, column) = edits::line_and_column(&script.code, span.start as usize);
        let (line, column) = script.positions.original(line, column);
        let place = Place {
            file: source.file.to_path_buf(),
            line,
            column,
        };
        let help = "make the member public, or apply the function without a decorator";
        ProjectError::Syntax(Box::new(Report::at(place, what).help(help)))
    })?;
    if !lowered.edits.is_empty() {
        (script.code, script.positions) = lowered.edits.apply(&script.code, &script.positions);
    }
    script
        .scan
        .requests
        .extend(lowered.helper.map(|specifier| Asked {
            specifier,
            kind: if script.es_module {
                RequestKind::Import
            } else {
                RequestKind::Require
            },
            span: Span::empty(0),
            guarded: false,
            attribute: None,
            names: vec!["default".to_owned()],
        }));
    Ok(())
}

/// Takes out the imports and exports of names that are types in the module they come from.
fn drop_types(program: &mut Program<'_>, types: &[(String, String)]) {
    use oxc::ast::ast::ImportDeclarationSpecifier;
    let is_type =
        |source: &str, name: &str| types.iter().any(|(of, what)| of == source && what == name);
    let mut locals = Vec::new();
    for statement in &mut program.body {
        match statement {
            Statement::ImportDeclaration(import) => {
                let source = import.source.value;
                let Some(specifiers) = &mut import.specifiers else {
                    continue;
                };
                specifiers.retain(|specifier| match specifier {
                    ImportDeclarationSpecifier::ImportSpecifier(named)
                        if is_type(&source, &named.imported.name()) =>
                    {
                        locals.push(named.local.name);
                        false
                    }
                    _ => true,
                });
            }
            Statement::ExportFromDeclaration(export) => {
                let source = export.source.value;
                export
                    .specifiers
                    .retain(|specifier| !is_type(&source, &specifier.local.name()));
            }
            _ => {}
        }
    }
    for statement in &mut program.body {
        if let Statement::ExportNamedDeclaration(export) = statement {
            export.specifiers.retain(|specifier| {
                !locals
                    .iter()
                    .any(|local| *local == specifier.local.name().as_str())
            });
        }
    }
}

/// `#!` is not allowed inside a function, which is where CommonJS code goes.
fn comment_out_hashbang(code: &mut String) {
    if code.starts_with("#!") {
        code.replace_range(0..2, "//");
    }
}

fn syntax_error(source: Source<'_>, diagnostics: &Diagnostics) -> ProjectError {
    let first = diagnostics.errors().next();
    let message = first.map_or("the file does not parse", |first| first.message.as_ref());
    let label = first.and_then(|first| first.labels.first());
    let span = label.map_or(Span::empty(0), oxc::span::LabeledSpan::span);
    let length = span.end.saturating_sub(span.start) as usize;
    let what = message.trim_end_matches('.').replace('\n', " ");
    let mut report = Report::in_source(source, span.start as usize, length, what);
    if let Some(help) = first.and_then(|first| first.help.as_deref()) {
        report = report.help(help);
    } else if in_node_modules(source.file) {
        report = report.help("the file belongs to an installed package: is it meant for Workers?");
    }
    ProjectError::Syntax(Box::new(report))
}
