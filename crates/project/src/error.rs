//! What keeps a project from loading, said so that the user can act.

use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::place::{Place, Source, Warning, slashed};

/// Why a project could not be loaded. The variant says which kind of trouble it is; the text is in the
/// [`Report`]. `Display` gives `file:line:column: what is wrong`, an excerpt of the source where there is
/// one, and the next step, each on lines of its own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProjectError {
    /// No wrangler configuration was found.
    #[error("{0}")]
    NoConfig(Box<Report>),
    /// The configuration (or a `.dev.vars`, `.env`, `tsconfig.json` file) is wrong.
    #[error("{0}")]
    Config(Box<Report>),
    /// A file could not be read.
    #[error("{0}")]
    Read(Box<Report>),
    /// A module does not parse, or uses what cannot be translated.
    #[error("{0}")]
    Syntax(Box<Report>),
    /// An import leads nowhere, or to a file that no loader or rule covers.
    #[error("{0}")]
    Unresolved(Box<Report>),
    /// Configuration and code disagree: a binding names a class that is not exported or has no migration.
    #[error("{0}")]
    Class(Box<Report>),
}

impl ProjectError {
    /// The text in its parts.
    pub fn report(&self) -> &Report {
        match self {
            Self::NoConfig(report)
            | Self::Config(report)
            | Self::Read(report)
            | Self::Syntax(report)
            | Self::Unresolved(report)
            | Self::Class(report) => report,
        }
    }

    fn report_mut(&mut self) -> &mut Report {
        match self {
            Self::NoConfig(report)
            | Self::Config(report)
            | Self::Read(report)
            | Self::Syntax(report)
            | Self::Unresolved(report)
            | Self::Class(report) => report,
        }
    }

    /// The same, with its place named as seen from above the project, which lies in `folder`.
    #[must_use]
    pub fn below(mut self, folder: &Path) -> Self {
        let report = self.report_mut();
        report.place = report.place.take().map(|place| place.below(folder));
        self
    }

    /// The same, with what was noticed before.
    pub(crate) fn after(mut self, warnings: Vec<Warning>) -> Self {
        self.report_mut().warnings = warnings;
        self
    }

    /// The same, with what the attempt to load has met on top of what is known already.
    pub(crate) fn having_met(mut self, met: Met) -> Self {
        let known = &mut self.report_mut().met;
        known.read.extend(met.read);
        known.missing.extend(met.missing);
        self
    }

    /// The same, and these files were read.
    pub(crate) fn having_read(self, files: impl IntoIterator<Item = PathBuf>) -> Self {
        self.having_met(Met {
            read: files.into_iter().collect(),
            missing: Vec::new(),
        })
    }

    /// Where the trouble is, when it is at a place in a file.
    pub fn place(&self) -> Option<&Place> {
        self.report().place.as_ref()
    }
}

/// What an attempt to load has met, absolute: where it has failed, a change of one of these may mend it, and nothing else
/// does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Met {
    /// The files that were there.
    pub read: Vec<PathBuf>,
    /// Where a file was looked for in vain.
    pub missing: Vec<PathBuf>,
}

/// An error in its parts: its text, and what it was found among.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub place: Option<Place>,
    /// What is wrong: one line, no final period.
    pub what: String,
    /// What was expected, or what to do next; may have several lines.
    pub help: Option<String>,
    /// The source line with carets below it.
    pub excerpt: Option<String>,
    /// What was noticed before, which may be the cause: a misspelt key, say. `Display` leaves it out.
    pub warnings: Vec<Warning>,
    /// What was read and looked for. `Display` leaves it out.
    pub met: Met,
}

impl Report {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self {
            place: None,
            what: what.into(),
            help: None,
            excerpt: None,
            warnings: Vec::new(),
            met: Met::default(),
        }
    }

    pub(crate) fn at(place: Place, what: impl Into<String>) -> Self {
        Self {
            place: Some(place),
            ..Self::new(what)
        }
    }

    /// At `length` bytes from `offset` of a source, with the excerpt.
    pub(crate) fn in_source(
        source: Source<'_>,
        offset: usize,
        length: usize,
        what: impl Into<String>,
    ) -> Self {
        let excerpt = Some(source.excerpt(offset, length));
        Self {
            excerpt,
            ..Self::at(source.place(offset), what)
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn read(path: &Path, error: &std::io::Error) -> Self {
        let report = Self::new(format!("cannot read {}: {error}", slashed(path)));
        match error.kind() {
            ErrorKind::InvalidData => report.help("save the file as UTF-8"),
            _ => report,
        }
    }

    pub(crate) fn config(self) -> ProjectError {
        ProjectError::Config(Box::new(self))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.what)?;
        if let Some(excerpt) = &self.excerpt {
            write!(f, "\n{excerpt}")?;
        }
        for line in self.help.iter().flat_map(|help| help.lines()) {
            write!(f, "\n  {line}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_place_what_excerpt_help() {
        let source = Source {
            file: Path::new("wrangler.jsonc"),
            text: "{\n  \"name\": 3\n}",
        };
        let error = Report::in_source(source, 12, 1, "\"name\" is a number")
            .help("expected a string\nfor example \"chat\"")
            .config();
        assert_eq!(
            error.to_string(),
            "wrangler.jsonc:2:11: \"name\" is a number\n  2 |   \"name\": 3\n    |           ^\n  expected a string\n  for example \"chat\""
        );
        assert_eq!(error.place().unwrap().line, 2);
    }
}
