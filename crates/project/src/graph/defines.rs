//! `define` of the configuration: expressions in place of names that nothing in the module declares.

use oxc::allocator::Allocator;
use oxc::ast::ast::Program;
use oxc::semantic::{Scoping, SemanticBuilder};
use oxc::transformer_plugins::{ReplaceGlobalDefines, ReplaceGlobalDefinesConfig};

/// What the names stand for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Defines {
    /// None if there are no names.
    config: Option<ReplaceGlobalDefinesConfig>,
    /// The last part of each name: a text without any of them has nothing to replace.
    words: Vec<String>,
    /// As they were given.
    pairs: Vec<(String, String)>,
}

impl Defines {
    /// Of pairs of a name (`NAME`, `a.b.c`, `typeof name`) and an expression.
    ///
    /// # Errors
    /// What is wrong with the first that is no name, or no expression.
    pub(crate) fn new(pairs: &[(String, String)]) -> Result<Self, String> {
        if pairs.is_empty() {
            return Ok(Self::default());
        }
        let config = ReplaceGlobalDefinesConfig::new(pairs).map_err(|problems| {
            let first = problems.into_iter().next();
            first.map_or_else(String::new, |first| {
                first.message.trim_end_matches('.').to_owned()
            })
        })?;
        let last = |name: &str| name.rsplit(['.', ' ']).next().map(str::to_owned);
        Ok(Self {
            config: Some(config),
            words: pairs.iter().filter_map(|(name, _)| last(name)).collect(),
            pairs: pairs.to_vec(),
        })
    }

    /// The names and what they stand for.
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// Whether a text may have one of the names in it.
    pub(super) fn may_occur_in(&self, text: &str) -> bool {
        // `import.meta.*` ends with what is no word.
        self.words
            .iter()
            .any(|word| word == "*" || text.contains(word.as_str()))
    }

    /// Replaces the names in a program without types, and tells anew what its names are bound to.
    pub(super) fn apply<'a>(
        &self,
        program: &mut Program<'a>,
        allocator: &'a Allocator,
    ) -> Option<Scoping> {
        let config = self.config.clone()?;
        // What was only declared for the types is free now.
        let scoping = SemanticBuilder::new()
            .build(program)
            .semantic
            .into_scoping();
        let mut replace = ReplaceGlobalDefines::new(allocator, config);
        Some(replace.build(scoping, program).scoping)
    }
}
