//! TypeScript and JSX to the JavaScript that the engine knows: types, enums, namespaces, parameter
//! properties, JSX and legacy decorators are translated, all else is kept as written.

use std::borrow::Cow;
use std::path::Path;

use oxc::allocator::{Allocator, TakeIn};
use oxc::ast::ast::*;
use oxc::ast_visit::{VisitMut, walk_mut};
use oxc::codegen::{Codegen, CodegenOptions, CommentOptions};
use oxc::diagnostics::Diagnostics;
use oxc::semantic::{Scoping, SemanticBuilder};
use oxc::span::Span;
use oxc::transformer::{
    CompilerAssumptions, DecoratorOptions, EnvOptions, HelperLoaderMode, HelperLoaderOptions,
    JsxOptions, JsxRuntime, TransformOptions, Transformer, TypeScriptOptions,
};
use oxc_resolver::TsConfig;

use super::positions::{Mapping, Positions};
use super::resolve::HELPER_PREFIX;
use crate::config::Config;

/// What the TypeScript configuration says that matters here.
#[derive(Clone, Debug)]
pub(super) struct Language {
    legacy_decorators: bool,
    decorator_metadata: bool,
    strict_null_checks: bool,
    /// Fields are defined (as the language has it), not assigned (as old TypeScript had it).
    define_fields: bool,
    /// Imports are kept unless they say `type`.
    verbatim: bool,
    /// An import all of whose names are types still loads its module.
    keep_side_effects: bool,
    jsx: JsxRuntime,
    jsx_import_source: Option<String>,
    jsx_factory: Option<String>,
    jsx_fragment: Option<String>,
}

impl Language {
    /// Of the tsconfig.json a file belongs to, if any; `jsx_factory` and `jsx_fragment` of the Worker's own
    /// configuration stand in where it names none.
    pub(super) fn new(tsconfig: Option<&TsConfig>, config: &Config) -> Self {
        let options = tsconfig
            .map(|tsconfig| tsconfig.compiler_options.clone())
            .unwrap_or_default();
        // Classic where nothing is said, as esbuild has it.
        let automatic = options
            .jsx
            .as_deref()
            .is_some_and(|jsx| jsx.starts_with("react-jsx"));
        let strict = options.strict.unwrap_or(false);
        let keep = options.imports_not_used_as_values.as_deref();
        Self {
            legacy_decorators: options.experimental_decorators.unwrap_or(false),
            decorator_metadata: options.emit_decorator_metadata.unwrap_or(false),
            strict_null_checks: options.strict_null_checks.unwrap_or(strict),
            define_fields: options
                .use_define_for_class_fields
                .unwrap_or_else(|| options.target.as_deref().is_none_or(defines_fields)),
            verbatim: options.verbatim_module_syntax.unwrap_or(false)
                || options.preserve_value_imports.unwrap_or(false),
            keep_side_effects: matches!(keep, Some("preserve" | "error")),
            jsx: if automatic {
                JsxRuntime::Automatic
            } else {
                JsxRuntime::Classic
            },
            jsx_import_source: options.jsx_import_source,
            jsx_factory: options.jsx_factory.or_else(|| config.jsx_factory.clone()),
            jsx_fragment: options
                .jsx_fragment_factory
                .or_else(|| config.jsx_fragment.clone()),
        }
    }

    fn options(&self) -> TransformOptions {
        let factory = |name: &Option<String>, default: &'static str| {
            name.clone().map_or(Cow::Borrowed(default), Cow::Owned)
        };
        TransformOptions {
            assumptions: CompilerAssumptions {
                set_public_class_fields: !self.define_fields,
                ..CompilerAssumptions::default()
            },
            typescript: TypeScriptOptions {
                jsx_pragma: factory(&self.jsx_factory, "React.createElement"),
                jsx_pragma_frag: factory(&self.jsx_fragment, "React.Fragment"),
                only_remove_type_imports: self.verbatim,
                remove_class_fields_without_initializer: !self.define_fields,
                ..TypeScriptOptions::default()
            },
            decorator: DecoratorOptions {
                legacy: self.legacy_decorators,
                emit_decorator_metadata: self.decorator_metadata,
                strict_null_checks: self.strict_null_checks,
            },
            jsx: self.jsx_options(),
            env: EnvOptions::default(),
            helper_loader: HelperLoaderOptions {
                module_name: Cow::Borrowed(HELPER_PREFIX.trim_end_matches('/')),
                mode: HelperLoaderMode::Runtime,
            },
            ..TransformOptions::default()
        }
    }

    fn jsx_options(&self) -> JsxOptions {
        let automatic = self.jsx.is_automatic();
        JsxOptions {
            runtime: self.jsx,
            display_name_plugin: false,
            import_source: self.jsx_import_source.clone().filter(|_| automatic),
            pragma: self.jsx_factory.clone().filter(|_| !automatic),
            pragma_frag: self.jsx_fragment.clone().filter(|_| !automatic),
            throw_if_namespace: false,
            ..JsxOptions::enable()
        }
    }
}

/// TypeScript's default for `useDefineForClassFields`, by target: from ES2022 on.
fn defines_fields(target: &str) -> bool {
    let target = target.to_ascii_lowercase();
    match target.strip_prefix("es") {
        Some("next") => true,
        Some(year) => year.parse::<u32>().is_ok_and(|year| year >= 2022),
        None => true,
    }
}

/// Translates the program in place.
///
/// # Errors
/// What the source says that cannot be: errors of the semantic check and of the translation.
pub(super) fn transform<'a>(
    program: &mut Program<'a>,
    allocator: &'a Allocator,
    path: &Path,
    language: &Language,
) -> Result<Scoping, Diagnostics> {
    if language.keep_side_effects && !language.verbatim && program.source_type.is_typescript() {
        keep_side_effects(program, allocator);
    }
    let semantic = SemanticBuilder::new()
        .with_check_syntax_error(true)
        .with_enum_eval(true)
        .with_excess_capacity(2.0)
        .build(program);
    if semantic.diagnostics.has_errors() {
        return Err(semantic.diagnostics);
    }
    let scoping = semantic.semantic.into_scoping();
    let options = language.options();
    let done = Transformer::new(allocator, path, &options).build_with_scoping(scoping, program);
    if done.diagnostics.has_errors() {
        return Err(done.diagnostics);
    }
    Ok(done.scoping)
}

/// Beside each import that names something, one that names nothing: it stays when the other is removed
/// (`importsNotUsedAsValues`).
fn keep_side_effects<'a>(program: &mut Program<'a>, allocator: &'a Allocator) {
    let builder = oxc::ast::builder::AstBuilder::new(allocator);
    let body = program.body.take_in(&builder);
    for statement in body {
        let bare = match &statement {
            Statement::ImportDeclaration(import)
                if import.import_kind.is_value() && import.specifiers.is_some() =>
            {
                let source = StringLiteral::new(
                    import.source.span,
                    import.source.value,
                    import.source.raw,
                    &builder,
                );
                Some(ImportDeclaration::boxed(
                    import.span,
                    None,
                    source,
                    None,
                    None,
                    ImportOrExportKind::Value,
                    &builder,
                ))
            }
            _ => None,
        };
        program.body.push(statement);
        program.body.extend(bare.map(Statement::ImportDeclaration));
    }
}

/// What is changed in the tree before it is printed.
pub(super) struct Replace<'r> {
    /// Spans of `process.env.NODE_ENV`.
    pub(super) node_env: &'r [Span],
    pub(super) node_env_value: &'r str,
}

impl Replace<'_> {
    /// Puts the value in place of the expressions, and takes the attributes off the imports.
    pub(super) fn apply<'a>(self, program: &mut Program<'a>, allocator: &'a Allocator) {
        for statement in &mut program.body {
            match statement {
                Statement::ImportDeclaration(import) => import.with_clause = None,
                Statement::ExportAllDeclaration(export) => export.with_clause = None,
                Statement::ExportFromDeclaration(export) => export.with_clause = None,
                _ => {}
            }
        }
        if !self.node_env.is_empty() {
            Replacer {
                allocator,
                replace: self,
            }
            .visit_program(program);
        }
    }
}

struct Replacer<'a, 'r> {
    allocator: &'a Allocator,
    replace: Replace<'r>,
}

impl<'a> VisitMut<'a> for Replacer<'a, '_> {
    fn visit_expression(&mut self, it: &mut Expression<'a>) {
        use oxc::span::GetSpan;
        let span = it.span();
        let member = it.is_member_expression() || matches!(it, Expression::ChainExpression(_));
        if member && self.replace.node_env.contains(&span) {
            let builder = oxc::ast::builder::AstBuilder::new(self.allocator);
            let value: &str = self.allocator.alloc_str(self.replace.node_env_value);
            *it = Expression::new_string_literal(span, value, None, &builder);
            return;
        }
        walk_mut::walk_expression(self, it);
    }
}

/// Prints the program, with the positions of what came from the source.
pub(super) fn print(program: &Program<'_>, path: &Path) -> (String, Positions) {
    let options = CodegenOptions {
        source_map_path: Some(path.to_path_buf()),
        comments: CommentOptions::disabled(),
        ..CodegenOptions::default()
    };
    let printed = Codegen::new().with_options(options).build(program);
    let mappings = printed
        .map
        .iter()
        .flat_map(|map| map.get_tokens())
        .map(|token| Mapping {
            generated: (token.get_dst_line(), token.get_dst_col()),
            original: (token.get_src_line(), token.get_src_col()),
        });
    (printed.code, Positions::map(mappings.collect()))
}
