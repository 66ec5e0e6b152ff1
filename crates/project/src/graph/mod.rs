//! The module graph: every module the Worker can reach, as plain JavaScript.

mod build;
mod check;
mod commonjs;
mod decorators;
pub(crate) mod defines;
mod edits;
mod explain;
mod exports;
mod helpers;
mod load;
mod met;
mod positions;
mod queue;
mod resolve;
pub(crate) mod rules;
mod scan;
mod transform;
mod translate;
mod translations;

use std::path::PathBuf;

use oxc::ast::ast::{Expression, StringLiteral};
use serde::{Deserialize, Serialize};

pub(crate) use build::{Input, build};
pub use exports::Exports;
pub use positions::{Mappings, Positions};
pub use translations::{TranslationChanges, TranslationDigest, Translations};

use crate::place::{Place, Warning};

/// Index of a module in [`ModuleGraph::modules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub usize);

/// All modules that the entry module reaches by requests with literal specifiers, in breadth-first order
/// from it: the same files always give the same graph.
#[derive(Clone, Debug)]
pub struct ModuleGraph {
    pub modules: Vec<Module>,
    pub main: ModuleId,
    /// Every file that was read, absolute: what a watcher must watch.
    pub files: Vec<PathBuf>,
    pub warnings: Vec<Warning>,
}

impl ModuleGraph {
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.0]
    }
}

/// One module: one file in one form.
#[derive(Clone, Debug)]
pub struct Module {
    pub id: ModuleId,
    /// Absolute, symlinks followed. Modules that are not files (helpers of translated code, files that a
    /// `browser` field blanks) have a path that does not exist.
    pub path: PathBuf,
    /// As stack traces show it: relative to the project root where it lies below, with `/`.
    pub display: String,
    pub kind: ModuleKind,
    /// In the order of the source. The same specifier may stand here more than once, also with different
    /// targets (`import` and `require` of a package that tells them apart).
    pub requests: Vec<Request>,
    /// How this module's imports of CommonJS modules read `default`: if set (`.mjs`, `.mts`, or in a package
    /// with `"type": "module"`), it is always `module.exports`; if not, it is `exports.default` where the
    /// other module sets `__esModule`. This is the bundlers' common rule.
    pub node_interop: bool,
    /// For each request, the names imported from it.
    asked: Vec<Vec<String>>,
    exports: exports::Static,
    hints: resolve::Hints,
    typescript: bool,
}

/// What a module is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModuleKind {
    /// An ES module. If it calls `require` with a literal (bundled packages do), the code ends with
    /// `import require from "holdfast:require"`, which is then among the requests as a builtin.
    Esm {
        code: String,
        positions: Positions,
    },
    /// The body of `function (exports, require, module, __filename, __dirname)`.
    CommonJs {
        code: String,
        positions: Positions,
        /// The names an ES module may import: those that reading finds, and every name that an importer in
        /// the graph asks for. Never `default`. A name may turn out to be undefined.
        exports: Vec<String>,
        /// Whether reading finds that `__esModule` is set; what the module does at run time decides.
        es_module: bool,
    },
    Json {
        /// Valid JSON.
        text: String,
        /// The keys of the top-level object that are identifiers: they can be imported by name.
        exports: Vec<String>,
    },
    Text {
        text: String,
    },
    Data {
        bytes: Vec<u8>,
    },
    Wasm {
        bytes: Vec<u8>,
    },
}

/// Something a module asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub specifier: String,
    pub kind: RequestKind,
    pub target: Target,
    pub place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RequestKind {
    /// `import … from`, `export … from`.
    Import,
    /// `require("…")`.
    Require,
    /// `import("…")`.
    DynamicImport,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Module(ModuleId),
    /// `cloudflare:workers`, `node:buffer`: whether there is such a module is for the loader to say. Names of
    /// Node's modules have the prefix here even where the source leaves it out.
    Builtin(String),
    /// Leads nowhere; asking at run time throws an Error with this message. Only for `require` inside `try`
    /// and for `import()`.
    Missing(String),
}

/// The string literals an expression may be, where it is a literal, a template without parts, or a choice
/// between such.
fn literals<'e, 'a>(expression: &'e Expression<'a>, out: &mut Vec<&'e StringLiteral<'a>>) {
    match expression.get_inner_expression() {
        Expression::StringLiteral(literal) => out.push(literal),
        Expression::ConditionalExpression(choice) => {
            literals(&choice.consequent, out);
            literals(&choice.alternate, out);
        }
        _ => {}
    }
}
