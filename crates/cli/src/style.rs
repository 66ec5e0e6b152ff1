//! Colours, where they are wanted: on a terminal, unless `NO_COLOR` is set (<https://no-color.org>).

use std::fmt;
use std::io::IsTerminal;

use anstyle::{AnsiColor, Style};

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const FAINT: Style = Style::new().dimmed();
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(crate) const RED: Style = AnsiColor::Red.on_default();

/// Whether one of the standard streams shows colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colours(bool);

impl Colours {
    #[cfg(test)]
    pub(crate) const NONE: Colours = Colours(false);

    pub(crate) fn of(stream: &impl IsTerminal) -> Colours {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let refused = set("NO_COLOR").is_some() || set("TERM").is_some_and(|term| term == "dumb");
        Colours(stream.is_terminal() && !refused)
    }

    /// `value` in `style`, or as it is.
    pub(crate) fn paint<T: fmt::Display>(self, style: Style, value: T) -> Painted<T> {
        Painted {
            style: self.0.then_some(style),
            value,
        }
    }
}

pub(crate) struct Painted<T> {
    style: Option<Style>,
    value: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.style {
            // The width that the caller asks for is the value's, not that of the escape codes.
            Some(style) => {
                write!(f, "{style}")?;
                self.value.fmt(f)?;
                write!(f, "{style:#}")
            }
            None => self.value.fmt(f),
        }
    }
}
