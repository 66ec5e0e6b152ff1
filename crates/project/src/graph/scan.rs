//! One walk over a module's syntax tree: what it asks for, what it exports, and which parts of its text
//! must be replaced.

use std::collections::HashSet;

use oxc::ast::ast::*;
use oxc::ast_visit::{Visit, walk};
use oxc::semantic::Scoping;
use oxc::span::{GetSpan, Span};
use oxc::syntax::scope::ScopeFlags;
use serde::{Deserialize, Serialize};

use super::commonjs::CommonJsExports;
use super::{RequestKind, literals};

/// What one walk finds. What only the translation needs is not kept with it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Scan {
    pub(super) requests: Vec<Asked>,
    pub(super) exports: EsExports,
    pub(super) commonjs: CommonJsExports,
    /// `process.env.NODE_ENV`, where it is read.
    #[serde(skip)]
    pub(super) node_env: Vec<Span>,
    /// `with { … }` and `assert { … }` of imports: taken into account here, not known to every engine.
    #[serde(skip)]
    pub(super) attributes: Vec<Span>,
    /// Free names of CommonJS: `require`, `module` or `exports`.
    pub(super) commonjs_names: bool,
    /// `require("…")` with a literal.
    pub(super) requires: bool,
    pub(super) jsx: bool,
    /// Decorators, or fields that say `accessor`.
    pub(super) decorated: bool,
    /// The first decorator of a parameter.
    #[serde(skip)]
    pub(super) decorated_parameter: Option<Span>,
}

/// One request as the source makes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) specifier: String,
    pub(super) kind: RequestKind,
    #[serde(with = "Ends")]
    pub(super) span: Span,
    /// Failing is foreseen: inside `try`, or an `import()` with a rejection handler.
    pub(super) guarded: bool,
    /// The `type` of the import attributes.
    pub(super) attribute: Option<String>,
    /// The names imported from the target: what a CommonJS target must offer.
    pub(super) names: Vec<String>,
}

/// How a span is kept.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Span")]
struct Ends {
    #[serde(getter = "start")]
    start: u32,
    #[serde(getter = "end")]
    end: u32,
}

fn start(span: &Span) -> u32 {
    span.start
}

fn end(span: &Span) -> u32 {
    span.end
}

impl From<Ends> for Span {
    fn from(Ends { start, end }: Ends) -> Span {
        Span::new(start, end)
    }
}

/// What an ES module exports, as written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct EsExports {
    pub(super) names: Vec<String>,
    /// `export { a as b } from "…"`, also by way of an import: index into the requests, imported name,
    /// exported name.
    pub(super) indirect: Vec<Indirect>,
    /// `export * from "…"`: indices into the requests.
    pub(super) stars: Vec<usize>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Indirect {
    pub(super) request: usize,
    pub(super) imported: String,
    pub(super) exported: String,
}

/// Walks the program. `scoping` is needed to tell free names from bound ones; without it no name counts as
/// free, so it may be left out only for text that has none of `require`, `exports` and `NODE_ENV`.
pub(super) fn scan(program: &Program<'_>, scoping: Option<&Scoping>) -> Scan {
    let mut walker = Walker {
        scoping,
        found: Scan::default(),
        guard: 0,
        namespaces: Vec::new(),
    };
    // Imports first: they may stand below their uses.
    let mut imported = Vec::new();
    for statement in &program.body {
        walker.module_statement(statement, &mut imported);
    }
    for statement in &program.body {
        walker.export_list(statement, &imported);
    }
    walker.visit_program(program);
    walker.finish()
}

/// A local name bound by an import: the request's index and the imported name.
type Imported = (String, usize, String);

/// A namespace object bound by `import * as local`.
struct Namespace {
    local: String,
    request: usize,
    members: HashSet<String>,
}

pub(super) struct Walker<'s> {
    scoping: Option<&'s Scoping>,
    pub(super) found: Scan,
    /// How many `try` blocks of the current function are around.
    guard: usize,
    namespaces: Vec<Namespace>,
}

impl Walker<'_> {
    fn finish(mut self) -> Scan {
        for namespace in self.namespaces {
            let mut members: Vec<_> = namespace.members.into_iter().collect();
            members.sort_unstable();
            self.found.requests[namespace.request].names.extend(members);
        }
        self.found
    }

    fn ask(&mut self, source: &StringLiteral<'_>, kind: RequestKind) -> usize {
        self.found.requests.push(Asked {
            specifier: source.value.to_string(),
            kind,
            span: source.span,
            guarded: self.guard > 0,
            attribute: None,
            names: Vec::new(),
        });
        self.found.requests.len() - 1
    }

    fn attributes(&mut self, request: usize, clause: Option<&WithClause<'_>>) {
        let Some(clause) = clause else { return };
        // The clause's own span leaves out the keyword, which follows the specifier.
        let after = self.found.requests[request].span.end;
        self.found
            .attributes
            .push(Span::new(after, clause.span.end));
        for entry in &clause.with_entries {
            let key = match &entry.key {
                ImportAttributeKey::Identifier(name) => name.name.as_str(),
                ImportAttributeKey::StringLiteral(name) => name.value.as_str(),
            };
            if key == "type" {
                self.found.requests[request].attribute = Some(entry.value.value.to_string());
            }
        }
    }

    /// Imports, re-exports and exported declarations of the top level.
    fn module_statement(&mut self, statement: &Statement<'_>, imported: &mut Vec<Imported>) {
        match statement {
            Statement::ImportDeclaration(import) if import.import_kind.is_value() => {
                let request = self.ask(&import.source, RequestKind::Import);
                self.attributes(request, import.with_clause.as_deref());
                for specifier in import.specifiers.iter().flatten() {
                    let (local, name) = match specifier {
                        ImportDeclarationSpecifier::ImportSpecifier(named) => {
                            if named.import_kind.is_type() {
                                continue;
                            }
                            (&named.local, named.imported.name().to_string())
                        }
                        ImportDeclarationSpecifier::ImportDefaultSpecifier(default) => {
                            (&default.local, "default".to_owned())
                        }
                        ImportDeclarationSpecifier::ImportNamespaceSpecifier(namespace) => {
                            self.namespaces.push(Namespace {
                                local: namespace.local.name.to_string(),
                                request,
                                members: HashSet::new(),
                            });
                            continue;
                        }
                    };
                    self.found.requests[request].names.push(name.clone());
                    imported.push((local.name.to_string(), request, name));
                }
            }
            Statement::ExportAllDeclaration(export) if export.export_kind.is_value() => {
                let request = self.ask(&export.source, RequestKind::Import);
                self.attributes(request, export.with_clause.as_deref());
                match &export.exported {
                    Some(name) => self.found.exports.names.push(name.name().to_string()),
                    None => self.found.exports.stars.push(request),
                }
            }
            Statement::ExportFromDeclaration(export) if export.export_kind.is_value() => {
                let request = self.ask(&export.source, RequestKind::Import);
                self.attributes(request, export.with_clause.as_deref());
                for specifier in &export.specifiers {
                    if specifier.export_kind.is_type() {
                        continue;
                    }
                    let imported = specifier.local.name().to_string();
                    let exported = specifier.exported.name().to_string();
                    self.found.requests[request].names.push(imported.clone());
                    self.found.exports.names.push(exported.clone());
                    self.found.exports.indirect.push(Indirect {
                        request,
                        imported,
                        exported,
                    });
                }
            }
            Statement::ExportDefaultDeclaration(_) => {
                self.found.exports.names.push("default".to_owned());
            }
            Statement::ExportDeclaration(export) => self.declared(&export.declaration),
            _ => {}
        }
    }

    fn declared(&mut self, declaration: &Declaration<'_>) {
        let names = &mut self.found.exports.names;
        match declaration {
            Declaration::VariableDeclaration(variables) => {
                for variable in &variables.declarations {
                    bound_names(&variable.id, names);
                }
            }
            Declaration::FunctionDeclaration(function) => {
                names.extend(function.id.as_ref().map(|id| id.name.to_string()));
            }
            Declaration::ClassDeclaration(class) => {
                names.extend(class.id.as_ref().map(|id| id.name.to_string()));
            }
            // What is left of TypeScript's own declarations are types.
            _ => {}
        }
    }

    /// `export { a, b as c }`.
    fn export_list(&mut self, statement: &Statement<'_>, imported: &[Imported]) {
        let Statement::ExportNamedDeclaration(export) = statement else {
            return;
        };
        if export.export_kind.is_type() {
            return;
        }
        for specifier in &export.specifiers {
            if specifier.export_kind.is_type() {
                continue;
            }
            let exported = specifier.exported.name().to_string();
            let local = specifier.local.name();
            self.found.exports.names.push(exported.clone());
            if let Some((_, request, name)) =
                imported.iter().find(|(name, ..)| *name == local.as_str())
            {
                let (request, imported) = (*request, name.clone());
                self.found.exports.indirect.push(Indirect {
                    request,
                    imported,
                    exported,
                });
            }
        }
    }

    fn is_free(&self, identifier: &IdentifierReference<'_>) -> bool {
        let reference = self.scoping.zip(identifier.reference_id.get());
        reference.is_some_and(|(scoping, id)| scoping.get_reference(id).symbol_id().is_none())
    }

    pub(super) fn is_free_name(&self, expression: &Expression<'_>, name: &str) -> bool {
        matches!(expression, Expression::Identifier(id) if id.name == name && self.is_free(id))
    }

    fn dynamic_import(&mut self, import: &ImportExpression<'_>, handled: bool) {
        let mut found = Vec::new();
        literals(&import.source, &mut found);
        for literal in found {
            let request = self.ask(literal, RequestKind::DynamicImport);
            self.found.requests[request].guarded |= handled;
            self.found.requests[request].attribute = attribute_type(import.options.as_ref());
        }
    }
}

/// The `type` of `{ with: { type: "json" } }`.
fn attribute_type(options: Option<&Expression<'_>>) -> Option<String> {
    let find = |object: &ObjectExpression<'_>, names: &[&str]| -> Option<usize> {
        object.properties.iter().position(|property| {
            property.as_property().is_some_and(|property| {
                property
                    .key
                    .static_name()
                    .is_some_and(|key| names.contains(&key.as_ref()))
            })
        })
    };
    let Expression::ObjectExpression(options) = options? else {
        return None;
    };
    let with = options.properties[find(options, &["with", "assert"])?].as_property()?;
    let Expression::ObjectExpression(with) = &with.value else {
        return None;
    };
    let kind = with.properties[find(with, &["type"])?].as_property()?;
    match &kind.value {
        Expression::StringLiteral(kind) => Some(kind.value.to_string()),
        _ => None,
    }
}

impl<'a> Visit<'a> for Walker<'_> {
    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        if matches!(it.name.as_str(), "require" | "module" | "exports") && self.is_free(it) {
            self.found.commonjs_names = true;
        }
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        if let (BindingPattern::BindingIdentifier(id), Some(init)) = (&it.id, &it.init) {
            let mut required = Vec::new();
            self.required(init, &mut required);
            let local = id.name.as_str();
            self.found
                .commonjs
                .locals
                .extend(required.into_iter().map(|of| (local.to_owned(), of)));
        }
        if let (BindingPattern::ObjectPattern(pattern), Some(Expression::Identifier(of))) =
            (&it.id, &it.init)
        {
            self.destructured(pattern, of);
        }
        walk::walk_variable_declarator(self, it);
    }

    fn visit_static_member_expression(&mut self, it: &StaticMemberExpression<'a>) {
        if let Expression::Identifier(object) = &it.object {
            for namespace in &mut self.namespaces {
                if namespace.local == object.name.as_str() {
                    namespace.members.insert(it.property.name.to_string());
                }
            }
        }
        walk::walk_static_member_expression(self, it);
    }

    fn visit_expression(&mut self, it: &Expression<'a>) {
        if self.is_node_env(it) {
            self.found.node_env.push(it.span());
            return;
        }
        walk::walk_expression(self, it);
    }

    // `process.env.NODE_ENV = …` and `delete process.env.NODE_ENV` stay as they are: their operand is no value.
    fn visit_simple_assignment_target(&mut self, it: &SimpleAssignmentTarget<'a>) {
        walk::walk_simple_assignment_target(self, it);
    }

    fn visit_unary_expression(&mut self, it: &UnaryExpression<'a>) {
        if it.operator == UnaryOperator::Delete {
            walk::walk_expression(self, &it.argument);
            return;
        }
        walk::walk_unary_expression(self, it);
    }

    fn visit_assignment_expression(&mut self, it: &AssignmentExpression<'a>) {
        match &it.left {
            AssignmentTarget::StaticMemberExpression(member) => {
                if self.is_exports(&member.object) {
                    self.found.commonjs.add(&member.property.name);
                } else if member.property.name == "exports"
                    && self.is_free_name(&member.object, "module")
                {
                    self.whole_value(&it.right);
                }
            }
            AssignmentTarget::ComputedMemberExpression(member) => {
                if let Expression::StringLiteral(name) = &member.expression
                    && self.is_exports(&member.object)
                {
                    self.found.commonjs.add(&name.value);
                }
            }
            _ => {}
        }
        walk::walk_assignment_expression(self, it);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        if self.is_free_name(&it.callee, "require") {
            let mut found = Vec::new();
            if let [argument] = it.arguments.as_slice()
                && let Some(argument) = argument.as_expression()
            {
                literals(argument, &mut found);
            }
            for literal in found {
                self.ask(literal, RequestKind::Require);
                self.found.requires = true;
            }
        }
        if let Expression::StaticMemberExpression(member) = &it.callee
            && let Expression::ImportExpression(import) = &member.object
        {
            let handled = match member.property.name.as_str() {
                "catch" => true,
                "then" => it.arguments.len() > 1,
                _ => false,
            };
            self.dynamic_import(import, handled);
            self.visit_arguments(&it.arguments);
            return;
        }
        self.call_exports(it);
        walk::walk_call_expression(self, it);
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        self.dynamic_import(it, false);
        walk::walk_import_expression(self, it);
    }

    fn visit_try_statement(&mut self, it: &TryStatement<'a>) {
        self.guard += 1;
        self.visit_block_statement(&it.block);
        self.guard -= 1;
        if let Some(handler) = &it.handler {
            self.visit_catch_clause(handler);
        }
        if let Some(finalizer) = &it.finalizer {
            self.visit_block_statement(finalizer);
        }
    }

    fn visit_function(&mut self, it: &Function<'a>, flags: ScopeFlags) {
        let guard = std::mem::take(&mut self.guard);
        walk::walk_function(self, it, flags);
        self.guard = guard;
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        let guard = std::mem::take(&mut self.guard);
        walk::walk_arrow_function_expression(self, it);
        self.guard = guard;
    }

    fn visit_decorator(&mut self, it: &Decorator<'a>) {
        self.found.decorated = true;
        walk::walk_decorator(self, it);
    }

    fn visit_accessor_property(&mut self, it: &AccessorProperty<'a>) {
        self.found.decorated = true;
        walk::walk_accessor_property(self, it);
    }

    fn visit_formal_parameter(&mut self, it: &FormalParameter<'a>) {
        if let Some(first) = it.decorators.first() {
            self.found.decorated_parameter.get_or_insert(first.span);
        }
        walk::walk_formal_parameter(self, it);
    }

    fn visit_jsx_element(&mut self, it: &JSXElement<'a>) {
        self.found.jsx = true;
        walk::walk_jsx_element(self, it);
    }

    fn visit_jsx_fragment(&mut self, it: &JSXFragment<'a>) {
        self.found.jsx = true;
        walk::walk_jsx_fragment(self, it);
    }
}

impl Walker<'_> {
    /// `const { a, b } = namespace`.
    fn destructured(&mut self, pattern: &ObjectPattern<'_>, of: &IdentifierReference<'_>) {
        for namespace in self
            .namespaces
            .iter_mut()
            .filter(|ns| ns.local == of.name.as_str())
        {
            let names = pattern
                .properties
                .iter()
                .filter_map(|property| property.key.static_name());
            namespace.members.extend(names.map(|name| name.to_string()));
        }
    }

    /// `process.env.NODE_ENV`, also by way of `global` or `globalThis`, with `?.` or `["…"]`.
    fn is_node_env(&self, expression: &Expression<'_>) -> bool {
        fn member<'e, 'a>(expression: &'e Expression<'a>) -> Option<(&'e Expression<'a>, &'e str)> {
            match expression {
                Expression::StaticMemberExpression(member) => {
                    Some((&member.object, member.property.name.as_str()))
                }
                Expression::ComputedMemberExpression(member) => match &member.expression {
                    Expression::StringLiteral(name) => Some((&member.object, name.value.as_str())),
                    _ => None,
                },
                Expression::ChainExpression(chain) => match &chain.expression {
                    ChainElement::StaticMemberExpression(member) => {
                        Some((&member.object, member.property.name.as_str()))
                    }
                    _ => None,
                },
                _ => None,
            }
        }
        let Some((env, "NODE_ENV")) = member(expression) else {
            return false;
        };
        let Some((process, "env")) = member(env) else {
            return false;
        };
        match member(process) {
            Some((global, "process")) => {
                self.is_free_name(global, "globalThis") || self.is_free_name(global, "global")
            }
            _ => self.is_free_name(process, "process"),
        }
    }
}

/// The names a pattern binds.
fn bound_names(pattern: &BindingPattern<'_>, out: &mut Vec<String>) {
    match pattern {
        BindingPattern::BindingIdentifier(id) => out.push(id.name.to_string()),
        BindingPattern::ObjectPattern(object) => {
            object
                .properties
                .iter()
                .for_each(|property| bound_names(&property.value, out));
            object
                .rest
                .iter()
                .for_each(|rest| bound_names(&rest.argument, out));
        }
        BindingPattern::ArrayPattern(array) => {
            array
                .elements
                .iter()
                .flatten()
                .for_each(|element| bound_names(element, out));
            array
                .rest
                .iter()
                .for_each(|rest| bound_names(&rest.argument, out));
        }
        BindingPattern::AssignmentPattern(assignment) => bound_names(&assignment.left, out),
    }
}
