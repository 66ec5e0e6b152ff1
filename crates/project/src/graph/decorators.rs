//! Standard decorators and `accessor` fields, which the engine does not know, in terms of what it does.
//!
//! A decorated class becomes the result of a function called at once, which keeps what the decorators made in
//! a constant of its own; the work is done by the helper module [`super::helpers`]. In short:
//!
//! ```js
//! @onClass class C extends B { @onMethod m() {} @onField x = 1; }
//! // becomes
//! let C = (() => { const $ = decorators([onClass], [[onMethod], [onField]]); let C; ({ "C": class extends B {
//!   static { C = $.apply(this, [/* what each member is */]); } #start = $.start(this);
//!   m() {} x = $.field(1, this, 1); #after = $.after(1, this);
//! } }); $.finish(C); return C; })();
//! ```
//!
//! Two things differ from the standard: decorators are evaluated before the computed keys of the class, and
//! when a class decorator gives another class, static fields stay on the first one. Decorators of private
//! methods are refused.

use oxc::allocator::Allocator;
use oxc::ast::ast::*;
use oxc::ast_visit::{Visit, walk};
use oxc::parser::{ParseOptions, Parser};
use oxc::span::{GetSpan, SourceType, Span};

use super::edits::Edits;
use super::resolve::HELPER_PREFIX;

/// The name of a class's own state, in the code around and in it.
const STATE: &str = "$holdfast_d";
const IMPORTED: &str = "$holdfast_decorators";

/// What cannot be translated: a span of the code, and why.
pub(super) type Refused = (Span, &'static str);

/// What translating gives.
pub(super) struct Lowered {
    pub(super) edits: Edits,
    /// The helper module's specifier, if the code needs it now.
    pub(super) helper: Option<String>,
}

/// Translates printed code (which has no comments, and so no decorators in them).
pub(super) fn lower(
    code: &str,
    es_module: bool,
    allocator: &Allocator,
) -> Result<Lowered, Refused> {
    let text = allocator.alloc_str(code);
    let source_type = if es_module {
        SourceType::mjs()
    } else {
        SourceType::cjs()
    };
    let options = ParseOptions {
        allow_return_outside_function: true,
        ..ParseOptions::default()
    };
    let parsed = Parser::new(allocator, text, source_type)
        .with_options(options)
        .parse();
    let helper = format!("{HELPER_PREFIX}helpers/classDecorators");
    let make = if es_module {
        IMPORTED.to_owned()
    } else {
        format!("require(\"{helper}\")")
    };
    let mut lowering = Lowering {
        code,
        make,
        edits: Edits::default(),
        used: false,
        name: None,
        refused: None,
    };
    lowering.visit_program(&parsed.program);
    if let Some(refused) = lowering.refused {
        return Err(refused);
    }
    if lowering.used && es_module {
        lowering.edits.insert(
            code.len(),
            format!("\nimport {IMPORTED} from \"{helper}\";\n"),
        );
    }
    Ok(Lowered {
        edits: lowering.edits,
        helper: lowering.used.then_some(helper),
    })
}

struct Lowering<'c> {
    code: &'c str,
    /// The expression that gives the helper.
    make: String,
    edits: Edits,
    used: bool,
    /// The name that the next class expression has if it gives itself none.
    name: Option<String>,
    refused: Option<Refused>,
}

/// How a class stands in the code: what goes before and after its translation.
struct Setting {
    /// From here up to the keyword `class` all is replaced.
    start: u32,
    before: String,
    after: String,
    /// The name a class without one has here.
    name: Option<String>,
}

/// One member that takes part.
#[derive(Default)]
struct Member {
    /// Sources of its decorators.
    decorators: Vec<String>,
    /// The object literal that describes it; empty for one without decorators.
    description: String,
    /// Whether it may add initializers that run when an instance is made.
    starts: bool,
}

impl<'a> Visit<'a> for Lowering<'_> {
    fn visit_statement(&mut self, it: &Statement<'a>) {
        let start = it.span().start;
        match it {
            Statement::ClassDeclaration(class) => self.declaration(class, start, ""),
            Statement::ExportDeclaration(export) => match &export.declaration {
                Declaration::ClassDeclaration(class) => self.declaration(class, start, "export "),
                _ => walk::walk_statement(self, it),
            },
            Statement::ExportDefaultDeclaration(export) => match &export.declaration {
                ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                    self.default_declaration(class, start);
                }
                _ => walk::walk_statement(self, it),
            },
            _ => walk::walk_statement(self, it),
        }
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        if let (BindingPattern::BindingIdentifier(id), Some(Expression::ClassExpression(_))) =
            (&it.id, &it.init)
        {
            self.name = Some(id.name.to_string());
        }
        walk::walk_variable_declarator(self, it);
    }

    fn visit_class(&mut self, it: &Class<'a>) {
        // Declarations are met as statements; what arrives here is an expression.
        let name = self.name.take();
        let setting = Setting {
            start: it.span.start,
            before: String::new(),
            after: String::new(),
            name,
        };
        self.class(it, setting);
    }
}

impl<'a> Lowering<'_> {
    fn text(&self, span: Span) -> &str {
        &self.code[span.start as usize..span.end as usize]
    }

    fn declaration(&mut self, class: &Class<'a>, start: u32, export: &str) {
        let name = class
            .id
            .as_ref()
            .map(|id| id.name.as_str())
            .unwrap_or_default();
        let before = format!("{export}let {name} = ");
        self.class(
            class,
            Setting {
                start,
                before,
                after: ";".to_owned(),
                name: None,
            },
        );
    }

    fn default_declaration(&mut self, class: &Class<'a>, start: u32) {
        let setting = match &class.id {
            Some(id) => Setting {
                start,
                before: format!("let {} = ", id.name),
                after: format!("; export {{ {} as default }};", id.name),
                name: None,
            },
            None => Setting {
                start,
                before: "export default ".to_owned(),
                after: ";".to_owned(),
                name: Some("default".to_owned()),
            },
        };
        self.class(class, setting);
    }

    fn class(&mut self, class: &Class<'a>, setting: Setting) {
        let mut members = Vec::new();
        for (position, element) in class.body.body.iter().enumerate() {
            members.extend(self.member(element, members.len(), position));
        }
        let decorated = !class.decorators.is_empty() || !members.is_empty();
        let start = setting.start.min(class.span.start);
        let mut close = String::new();
        if decorated {
            self.used = true;
            close = self.open(class, &members, start, setting);
        }
        if let Some(heritage) = &class.heritage {
            self.visit_class_heritage(heritage);
        }
        let mut index = 0;
        for (position, element) in class.body.body.iter().enumerate() {
            self.element(element, &mut index, position);
        }
        self.edits.insert(class.span.end as usize, close);
    }

    /// Replaces what stands before the body; gives what must stand behind the class.
    fn open(
        &mut self,
        class: &Class<'a>,
        members: &[Member],
        start: u32,
        setting: Setting,
    ) -> String {
        let from = class
            .decorators
            .last()
            .map_or(class.span.start, |last| last.span.end);
        let keyword = from as usize + self.code[from as usize..].find("class").unwrap_or_default();
        let onclass = self.sources(&class.decorators).join(", ");
        let onmembers: Vec<_> = members
            .iter()
            .map(|member| format!("[{}]", member.decorators.join(", ")))
            .collect();
        let mut head = format!(
            "{}(() => {{ const {STATE} = {}([{onclass}], [{}]); ",
            setting.before,
            self.make,
            onmembers.join(", ")
        );
        let own = class.id.as_ref().map(|id| id.name.to_string());
        let name = own.clone().or(setting.name);
        // With class decorators the name inside the class means what they give, so the class itself goes
        // without one and gets its `name` from being a property.
        let binding = own.clone().unwrap_or_else(|| "$holdfast_c".to_owned());
        let replaced = !class.decorators.is_empty();
        let keyed = replaced || own.is_none();
        let quoted = format!("\"{}\"", name.as_deref().unwrap_or_default());
        if replaced {
            head.push_str(&format!("let {binding}; ({{ {quoted}: "));
        } else if keyed {
            head.push_str(&format!("return ({{ {quoted}: "));
        } else {
            head.push_str("return ");
        }
        self.edits.replace(start as usize..keyword, head);
        if let (true, Some(id)) = (replaced, &class.id) {
            self.edits
                .replace(keyword + "class".len()..id.span.end as usize, "");
        }

        let described: Vec<_> = members
            .iter()
            .filter(|member| !member.description.is_empty())
            .map(|member| member.description.as_str())
            .collect();
        let assign = if replaced {
            format!("{binding} = ")
        } else {
            String::new()
        };
        let mut first = format!(
            " static {{ {assign}{STATE}.apply(this, [{}]); }}",
            described.join(", ")
        );
        if members.iter().any(|member| member.starts) {
            first.push_str(&format!(" #holdfast_start = {STATE}.start(this);"));
        }
        self.edits.insert(class.body.span.start as usize + 1, first);

        let close = match (replaced, keyed) {
            (true, _) => format!(" }}); {STATE}.finish({binding}); return {binding}; }})()"),
            (false, true) => format!(" }})[{quoted}]; }})()"),
            (false, false) => "; })()".to_owned(),
        };
        close + &setting.after
    }

    fn sources(&self, decorators: &[Decorator<'a>]) -> Vec<String> {
        decorators
            .iter()
            .map(|decorator| self.text(decorator.expression.span()).to_owned())
            .collect()
    }

    /// What there is to know of a member before the class; `None` if it needs no part of the helper. `index`
    /// is its place among those that do, which [`Self::element`] counts in the same way.
    fn member(
        &mut self,
        element: &ClassElement<'a>,
        index: usize,
        position: usize,
    ) -> Option<Member> {
        let (decorators, key, computed, is_static, kind) = match element {
            ClassElement::MethodDefinition(method) => {
                let kind = match method.kind {
                    MethodDefinitionKind::Get => "getter",
                    MethodDefinitionKind::Set => "setter",
                    MethodDefinitionKind::Method | MethodDefinitionKind::Constructor => "method",
                };
                (
                    &method.decorators,
                    &method.key,
                    method.computed,
                    method.r#static,
                    kind,
                )
            }
            ClassElement::PropertyDefinition(field) => (
                &field.decorators,
                &field.key,
                field.computed,
                field.r#static,
                "field",
            ),
            ClassElement::AccessorProperty(field) => (
                &field.decorators,
                &field.key,
                field.computed,
                field.r#static,
                "accessor",
            ),
            ClassElement::StaticBlock(_) | ClassElement::TSIndexSignature(_) => return None,
        };
        if decorators.is_empty() {
            return (kind == "accessor" && computed).then(Member::default);
        }
        let private = matches!(key, PropertyKey::PrivateIdentifier(_));
        let is_field = matches!(kind, "field" | "accessor");
        if private && !is_field {
            let span = decorators[0].span;
            self.refused
                .get_or_insert((span, "decorators of private methods are not supported yet"));
        }
        let mut description = format!("{{ index: {index}, kind: \"{kind}\", static: {is_static}");
        describe_key(&mut description, key, computed);
        if private && kind == "accessor" {
            let storage = storage(position);
            description.push_str(&format!(
                ", storage: {{ get: (o) => o.{storage}, set: (o, v) => {{ o.{storage} = v; }} }}"
            ));
        }
        description.push_str(" }");
        Some(Member {
            decorators: self.sources(decorators),
            description,
            starts: !is_static && !is_field,
        })
    }

    fn element(&mut self, element: &ClassElement<'a>, index: &mut usize, position: usize) {
        match element {
            ClassElement::MethodDefinition(method) if !method.decorators.is_empty() => {
                self.remove(&method.decorators);
                self.key(&method.key, method.computed, *index);
                *index += 1;
                self.visit_function(&method.value, oxc::syntax::scope::ScopeFlags::Function);
            }
            ClassElement::PropertyDefinition(field) if !field.decorators.is_empty() => {
                self.remove(&field.decorators);
                self.key(&field.key, field.computed, *index);
                let key_end = self.key_end(&field.key, field.computed);
                self.initial(field.value.as_ref(), key_end, Some(*index));
                self.after(field.span.end, field.r#static, *index);
                *index += 1;
            }
            ClassElement::AccessorProperty(field) => self.accessor(field, index, position),
            _ => walk::walk_class_element(self, element),
        }
    }

    fn remove(&mut self, decorators: &[Decorator<'a>]) {
        for decorator in decorators {
            let span = decorator.span;
            self.edits
                .replace(span.start as usize..span.end as usize, "");
        }
    }

    /// A computed key is told to the helper as it is evaluated.
    fn key(&mut self, key: &PropertyKey<'a>, computed: bool, index: usize) {
        if computed {
            let span = key.span();
            self.edits
                .insert(span.start as usize, format!("{STATE}.key({index}, "));
            self.visit_property_key(key);
            self.edits.insert(span.end as usize, ")");
        }
    }

    /// The end of the key, with its bracket.
    fn key_end(&self, key: &PropertyKey<'a>, computed: bool) -> usize {
        let end = key.span().end as usize;
        if computed {
            end + self.code[end..].find(']').map_or(0, |at| at + 1)
        } else {
            end
        }
    }

    /// The initial value goes through the initializers, if the member has decorators.
    fn initial(&mut self, value: Option<&Expression<'a>>, key_end: usize, index: Option<usize>) {
        match (value, index) {
            (Some(value), Some(index)) => {
                let span = value.span();
                self.edits.insert(
                    span.start as usize,
                    format!("{STATE}.field({index}, this, "),
                );
                self.visit_expression(value);
                self.edits.insert(span.end as usize, ")");
            }
            (Some(value), None) => self.visit_expression(value),
            (None, Some(index)) => {
                self.edits.insert(
                    key_end,
                    format!(" = {STATE}.field({index}, this, undefined)"),
                );
            }
            (None, None) => {}
        }
    }

    /// What separates a member from one put behind it: printed members have their semicolon.
    fn separator(&self, end: u32) -> &'static str {
        if self.code[..end as usize].ends_with(';') {
            ""
        } else {
            ";"
        }
    }

    /// Initializers that a field's decorators add run once it is there.
    fn after(&mut self, end: u32, is_static: bool, index: usize) {
        let separator = self.separator(end);
        let text = if is_static {
            format!("{separator} static {{ {STATE}.after({index}, this); }}")
        } else {
            format!("{separator} #holdfast_after{index} = {STATE}.after({index}, this);")
        };
        self.edits.insert(end as usize, text);
    }

    /// `accessor x = 1` is a private field, a getter and a setter.
    fn accessor(&mut self, field: &AccessorProperty<'a>, index: &mut usize, position: usize) {
        let decorated = !field.decorators.is_empty();
        let counted = (decorated || field.computed).then_some(*index);
        let storage = storage(position);
        let is_static = if field.r#static { "static " } else { "" };
        let key_end = self.key_end(&field.key, field.computed);
        let start = field.decorators.first().map_or(field.span.start, |first| {
            first.span.start.min(field.span.start)
        });
        let key = self.text(field.key.span()).to_owned();
        let (get, set) = match counted {
            Some(index) if field.computed => (
                format!("[{STATE}.key({index}, {key})]"),
                format!("[{STATE}.keys[{index}]]"),
            ),
            _ => (key.clone(), key),
        };
        self.edits
            .replace(start as usize..key_end, format!("{is_static}{storage}"));
        let through = counted.filter(|_| decorated);
        self.initial(field.value.as_ref(), key_end, through);
        let (read, write) = match through {
            Some(index) if matches!(field.key, PropertyKey::PrivateIdentifier(_)) => (
                format!("{STATE}.get({index}, this)"),
                format!("{STATE}.set({index}, this, value)"),
            ),
            _ => (format!("this.{storage}"), format!("this.{storage} = value")),
        };
        let separator = self.separator(field.span.end);
        self.edits.insert(
            field.span.end as usize,
            format!("{separator} {is_static}get {get}() {{ return {read}; }} {is_static}set {set}(value) {{ {write}; }}"),
        );
        if let Some(index) = through {
            self.after(field.span.end, field.r#static, index);
        }
        if counted.is_some() {
            *index += 1;
        }
    }
}

/// The private field behind an `accessor`; a class nested in this one may use the same name for its own.
fn storage(position: usize) -> String {
    format!("#holdfast_{position}")
}

fn describe_key(text: &mut String, key: &PropertyKey<'_>, computed: bool) {
    match key {
        PropertyKey::PrivateIdentifier(name) => {
            let name = format!("#{}", name.name);
            text.push_str(&format!(
                ", private: true, name: \"{name}\", access: {{ has: (o) => {name} in o, get: (o) => o.{name}, set: (o, v) => {{ o.{name} = v; }} }}"
            ));
        }
        _ if computed => text.push_str(", private: false"),
        _ => {
            let name = serde_json::Value::from(key.static_name().unwrap_or_default().as_ref());
            text.push_str(&format!(", private: false, name: {name}"));
        }
    }
}
