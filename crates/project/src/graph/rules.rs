//! Module rules: which files are imported as text, bytes or WebAssembly.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::error::{ProjectError, Report};
use crate::place::{Place, Warning};

/// What a rule makes of the files it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum RuleKind {
    EsModule,
    CommonJs,
    Text,
    Data,
    Wasm,
}

impl RuleKind {
    fn name(self) -> &'static str {
        match self {
            Self::EsModule => "ESModule",
            Self::CommonJs => "CommonJS",
            Self::Text => "Text",
            Self::Data => "Data",
            Self::Wasm => "CompiledWasm",
        }
    }
}

/// One of `rules`.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) kind: RuleKind,
    pub(crate) globs: Vec<String>,
    /// Whether later rules of the same type, the defaults among them, still apply. `None`: not said.
    pub(crate) fallthrough: Option<bool>,
    /// `None` for the defaults.
    pub(crate) place: Option<Place>,
}

/// The rules in force, ready to match.
#[derive(Debug)]
pub(crate) struct RuleSet {
    rules: Vec<(RuleKind, GlobSet)>,
}

impl RuleSet {
    /// The user's rules, then wrangler's defaults. A rule without `fallthrough: true` closes its type: later
    /// rules of that type are dropped, with a warning unless it says `fallthrough: false`.
    ///
    /// # Errors
    /// A glob that does not parse.
    pub(crate) fn new(user: &[Rule], warnings: &mut Vec<Warning>) -> Result<Self, ProjectError> {
        let mut rules = Vec::new();
        let mut closed: Vec<&Rule> = Vec::new();
        let defaults = defaults();
        for rule in user.iter().chain(&defaults) {
            if let Some(closer) = closed.iter().find(|closer| closer.kind == rule.kind) {
                if closer.fallthrough.is_none() && closer.place.is_some() {
                    let text = format!(
                        "this rule of type {} has no \"fallthrough\": the rule for {} is ignored; add \"fallthrough\": true to keep it, or false to silence this warning",
                        rule.kind.name(),
                        rule.globs.join(", ")
                    );
                    warnings.push(Warning {
                        place: closer.place.clone(),
                        text,
                    });
                }
                continue;
            }
            if rule.fallthrough != Some(true) {
                closed.push(rule);
            }
            rules.push((rule.kind, compile(rule)?));
        }
        Ok(Self { rules })
    }

    /// The kind that the first matching rule gives. Wrangler matches what the import says; here the path of
    /// the file below the project root is tried too, so that an alias leads to the same result.
    pub(crate) fn matching(&self, specifier: &str, path: &str) -> Option<RuleKind> {
        let hit = |set: &GlobSet| set.is_match(specifier) || set.is_match(path);
        self.rules
            .iter()
            .find(|(_, set)| hit(set))
            .map(|(kind, _)| *kind)
    }
}

fn defaults() -> [Rule; 3] {
    let rule = |kind, globs: &[&str]| Rule {
        kind,
        globs: globs.iter().map(|glob| (*glob).to_owned()).collect(),
        fallthrough: None,
        place: None,
    };
    [
        rule(RuleKind::Text, &["**/*.txt", "**/*.html", "**/*.sql"]),
        rule(RuleKind::Data, &["**/*.bin"]),
        rule(RuleKind::Wasm, &["**/*.wasm", "**/*.wasm?module"]),
    ]
}

/// Wrangler's globs know `*` (which crosses folders) only: everything else stands for itself.
fn compile(rule: &Rule) -> Result<GlobSet, ProjectError> {
    let mut set = GlobSetBuilder::new();
    for glob in &rule.globs {
        let mut escaped = String::with_capacity(glob.len());
        for c in glob.chars() {
            if matches!(c, '?' | '[' | ']' | '{' | '}' | '\\') {
                escaped.push('\\');
            }
            escaped.push(c);
        }
        let mut builder = GlobBuilder::new(&escaped);
        let glob = builder
            .literal_separator(false)
            .backslash_escape(true)
            .build()
            .map_err(|error| {
                let mut report = Report::new(format!("a glob does not parse: {}", error.kind()));
                report.place.clone_from(&rule.place);
                report.config()
            })?;
        set.add(glob);
    }
    set.build().map_err(|error| {
        let mut report = Report::new(format!("the globs do not compile: {}", error.kind()));
        report.place.clone_from(&rule.place);
        report.config()
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn rule(kind: RuleKind, glob: &str, fallthrough: Option<bool>) -> Rule {
        let place = Some(Place {
            file: PathBuf::from("wrangler.toml"),
            line: 3,
            column: 1,
        });
        Rule {
            kind,
            globs: vec![glob.to_owned()],
            fallthrough,
            place,
        }
    }

    #[test]
    fn the_defaults_are_wranglers() {
        let rules = RuleSet::new(&[], &mut Vec::new()).unwrap();
        let kind = |specifier: &str| rules.matching(specifier, "x");
        assert_eq!(kind("./a/b.txt"), Some(RuleKind::Text));
        assert_eq!(kind("../b.html"), Some(RuleKind::Text));
        assert_eq!(kind("pkg/b.sql"), Some(RuleKind::Text));
        assert_eq!(kind("./b.bin"), Some(RuleKind::Data));
        assert_eq!(kind("./b.wasm"), Some(RuleKind::Wasm));
        assert_eq!(kind("./b.wasm?module"), Some(RuleKind::Wasm));
        assert_eq!(kind("./b.wasmXmodule"), None, "? stands for itself");
        assert_eq!(kind("./b.txt.js"), None);
        assert_eq!(
            rules.matching("#schema", "db/schema.sql"),
            Some(RuleKind::Text)
        );
    }

    #[test]
    fn a_rule_closes_its_type_unless_it_falls_through() {
        let mut warnings = Vec::new();
        let user = [rule(RuleKind::Text, "**/*.md", None)];
        let rules = RuleSet::new(&user, &mut warnings).unwrap();
        assert_eq!(rules.matching("./a.md", ""), Some(RuleKind::Text));
        assert_eq!(rules.matching("./a.txt", ""), None);
        assert_eq!(rules.matching("./a.bin", ""), Some(RuleKind::Data));
        assert_eq!(warnings.len(), 1);
        assert!(
            warnings[0]
                .to_string()
                .starts_with("wrangler.toml:3:1: this rule of type Text")
        );

        for (fallthrough, expected) in [(true, Some(RuleKind::Text)), (false, None)] {
            let mut warnings = Vec::new();
            let user = [rule(RuleKind::Text, "**/*.md", Some(fallthrough))];
            let rules = RuleSet::new(&user, &mut warnings).unwrap();
            assert_eq!(rules.matching("./a.txt", ""), expected);
            assert!(warnings.is_empty());
        }
    }
}
