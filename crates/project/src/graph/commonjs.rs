//! What a CommonJS module exports, as far as its text tells.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use oxc::ast::ast::*;

use super::literals;
use super::scan::Walker;

/// Names assigned to `exports`, and modules whose names are copied there. Found by reading, so it is neither
/// complete nor certain: names that exist only at run time are missing, and a name may never be assigned.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct CommonJsExports {
    /// Without `default` and `__esModule`.
    pub(super) names: Vec<String>,
    /// Specifiers of modules all of whose names are exported.
    pub(super) stars: Vec<String>,
    /// Variables whose names are copied (`Object.keys(v).forEach(…)`); resolved by `locals`.
    pub(super) copied: Vec<String>,
    /// Variables that hold `require("…")`.
    pub(super) locals: Vec<(String, String)>,
    /// `exports.__esModule` is set: the file was an ES module, and its default export is `exports.default`.
    pub(super) es_module: bool,
    seen: BTreeSet<String>,
}

impl CommonJsExports {
    pub(super) fn add(&mut self, name: &str) {
        match name {
            "__esModule" => self.es_module = true,
            "default" => {}
            _ => {
                if self.seen.insert(name.to_owned()) {
                    self.names.push(name.to_owned());
                }
            }
        }
    }

    /// Specifiers of all modules whose names are exported.
    pub(super) fn all_stars(&self) -> impl Iterator<Item = &str> {
        let copied = self
            .locals
            .iter()
            .filter(|(local, _)| self.copied.contains(local));
        self.stars
            .iter()
            .map(String::as_str)
            .chain(copied.map(|(_, of)| of.as_str()))
    }
}

impl Walker<'_> {
    /// `exports` or `module.exports`.
    pub(super) fn is_exports(&self, expression: &Expression<'_>) -> bool {
        match expression {
            Expression::StaticMemberExpression(member) => {
                member.property.name == "exports" && self.is_free_name(&member.object, "module")
            }
            Expression::ParenthesizedExpression(inner) => self.is_exports(&inner.expression),
            _ => self.is_free_name(expression, "exports"),
        }
    }

    /// The literals of `require("…")`, if the expression is one, also within interop wrappers of one argument.
    pub(super) fn required(&self, expression: &Expression<'_>, out: &mut Vec<String>) {
        match expression.get_inner_expression() {
            Expression::CallExpression(call) => {
                let Some(argument) = call.arguments.first().and_then(Argument::as_expression)
                else {
                    return;
                };
                if self.is_free_name(&call.callee, "require") {
                    let mut found = Vec::new();
                    literals(argument, &mut found);
                    out.extend(found.iter().map(|literal| literal.value.to_string()));
                } else if matches!(call.callee, Expression::Identifier(_)) {
                    self.required(argument, out);
                }
            }
            Expression::ConditionalExpression(choice) => {
                self.required(&choice.consequent, out);
                self.required(&choice.alternate, out);
            }
            _ => {}
        }
    }

    /// What `module.exports = value` exports.
    pub(super) fn whole_value(&mut self, value: &Expression<'_>) {
        match value.get_inner_expression() {
            Expression::ObjectExpression(object) => {
                for property in &object.properties {
                    match property {
                        ObjectPropertyKind::ObjectProperty(property) if !property.computed => {
                            if let Some(name) = property.key.static_name() {
                                self.found.commonjs.add(&name);
                            }
                        }
                        ObjectPropertyKind::ObjectProperty(_) => {}
                        ObjectPropertyKind::SpreadProperty(spread) => {
                            let mut stars = Vec::new();
                            self.required(&spread.argument, &mut stars);
                            self.found.commonjs.stars.extend(stars);
                        }
                    }
                }
            }
            Expression::AssignmentExpression(inner) => self.whole_value(&inner.right),
            other => {
                let mut stars = Vec::new();
                self.required(other, &mut stars);
                self.found.commonjs.stars.extend(stars);
            }
        }
    }

    pub(super) fn call_exports(&mut self, call: &CallExpression<'_>) {
        let argument = |index: usize| call.arguments.get(index).and_then(Argument::as_expression);
        let callee = match &call.callee {
            Expression::Identifier(name) => name.name.as_str(),
            Expression::StaticMemberExpression(member) => member.property.name.as_str(),
            _ => return,
        };
        match callee {
            "defineProperty" => {
                if let (Some(target), Some(Expression::StringLiteral(name))) =
                    (argument(0), argument(1))
                    && self.is_exports(target)
                {
                    self.found.commonjs.add(&name.value);
                }
            }
            // TypeScript's and esbuild's `export *`.
            "__exportStar" | "__export" | "__reExport" => {
                let mut stars = Vec::new();
                for expression in call.arguments.iter().filter_map(Argument::as_expression) {
                    self.required(expression, &mut stars);
                }
                self.found.commonjs.stars.extend(stars);
            }
            // Babel's: `Object.keys(_other).forEach(function (key) { … exports[key] = … })`.
            "forEach" => {
                if let Expression::StaticMemberExpression(member) = &call.callee
                    && let Expression::CallExpression(keys) = &member.object
                    && keys.callee.is_specific_member_access("Object", "keys")
                    && let Some(Expression::Identifier(other)) =
                        keys.arguments.first().and_then(Argument::as_expression)
                {
                    self.found.commonjs.copied.push(other.name.to_string());
                }
            }
            _ => {}
        }
    }
}
