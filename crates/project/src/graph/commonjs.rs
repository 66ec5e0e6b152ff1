//! What a CommonJS module exports, as far as its text tells.

use std::collections::HashSet;

/// Names assigned to `exports`, and modules whose names are copied there. Found by reading, so it is neither
/// complete nor certain: names that exist only at run time are missing, and a name may never be assigned.
#[derive(Clone, Debug, Default)]
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
    seen: HashSet<String>,
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
        let copied = self.locals.iter().filter(|(local, _)| self.copied.contains(local));
        self.stars.iter().map(String::as_str).chain(copied.map(|(_, of)| of.as_str()))
    }
}
