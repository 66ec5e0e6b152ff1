//! Where something stands in a user's file, and what the line looks like.

use std::fmt;
use std::path::{Component, Path, PathBuf};

/// A position in a file of the project.
///
/// `file` is relative to the project root where it can be (`src/index.ts`), absolute where it cannot
/// (a package linked from elsewhere). `line` and `column` count from 1; a column is a Unicode scalar,
/// which is what editors show for all but the rarest text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    pub file: PathBuf,
    pub line: u32,
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", slashed(&self.file), self.line, self.column)
    }
}

impl Place {
    /// The same, as seen from above the project, which lies in `folder`.
    pub(crate) fn below(self, folder: &Path) -> Place {
        Place {
            file: folder.join(self.file),
            ..self
        }
    }
}

/// Something worth telling, that does not keep the project from running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub place: Option<Place>,
    pub text: String,
}

impl Warning {
    /// The same, with its place named as seen from above the project, which lies in `folder`.
    #[must_use]
    pub fn below(self, folder: &Path) -> Warning {
        Warning {
            place: self.place.map(|place| place.below(folder)),
            ..self
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", self.text),
            None => f.write_str(&self.text),
        }
    }
}

/// A path with `/` between its parts on every system, as stack traces and messages show it.
pub(crate) fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

/// `path` as messages show it: relative to `root` when it lies below.
pub(crate) fn shown(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).to_path_buf()
}

/// The path without `.` and `..`: as it is written, links are not followed.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// The text of one file and the name it is shown by; turns byte offsets into places.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'t> {
    pub(crate) file: &'t Path,
    pub(crate) text: &'t str,
}

impl Source<'_> {
    /// The place of a byte offset. Offsets past the end, or inside a character, give the nearest before.
    pub(crate) fn place(&self, offset: usize) -> Place {
        let (start, line) = self.line_of(offset);
        let offset = self.text.floor_char_boundary(offset);
        let column = self.text[start..offset].chars().count() + 1;
        Place {
            file: self.file.to_path_buf(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    /// The line at `offset` with a caret line below it, `length` bytes underlined (at least one column,
    /// at most the rest of the line). Long lines (bundled packages) are cut around the offset.
    pub(crate) fn excerpt(&self, offset: usize, length: usize) -> String {
        const SHOWN_BEFORE: usize = 60;
        const SHOWN_MAX: usize = 120;
        let (start, line) = self.line_of(offset);
        let offset = self.text.floor_char_boundary(offset);
        let before: Vec<char> = self.text[start..offset].chars().collect();
        let rest: Vec<char> = self.text[offset..]
            .chars()
            .take_while(|c| *c != '\n' && *c != '\r')
            .collect();
        let cut = before.len().saturating_sub(SHOWN_BEFORE);
        let cut = if before.len() + rest.len() <= SHOWN_MAX {
            0
        } else {
            cut
        };
        let shown: String = before[cut..]
            .iter()
            .chain(rest.iter())
            .take(SHOWN_MAX)
            .map(|c| if *c == '\t' { ' ' } else { *c })
            .collect();
        let carets = self.text[offset..]
            .char_indices()
            .take_while(|(at, c)| *at < length && *c != '\n' && *c != '\r')
            .count()
            .clamp(1, SHOWN_MAX);
        let number = line.to_string();
        let gutter = " ".repeat(number.len());
        let indent = " ".repeat(before.len() - cut);
        format!(
            "  {number} | {}\n  {gutter} | {indent}{}",
            shown.trim_end(),
            "^".repeat(carets)
        )
    }

    /// The byte offset where the line of `offset` begins, and its number from 1.
    fn line_of(&self, offset: usize) -> (usize, usize) {
        let head = &self.text.as_bytes()[..offset.min(self.text.len())];
        let start = head
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |at| at + 1);
        (start, head.iter().filter(|b| **b == b'\n').count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source<'_> {
        Source {
            file: Path::new("a.ts"),
            text,
        }
    }

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let s = source("äb\ncd");
        assert_eq!(s.place(0).to_string(), "a.ts:1:1");
        assert_eq!(s.place(2).to_string(), "a.ts:1:2");
        assert_eq!(
            s.place(1).to_string(),
            "a.ts:1:1",
            "inside a character is its start"
        );
        assert_eq!(s.place(5).to_string(), "a.ts:2:2");
        assert_eq!(s.place(99).to_string(), "a.ts:2:3");
    }

    #[test]
    fn excerpts_point_at_the_columns() {
        assert_eq!(
            source("let a;\nlet b = ;\n").excerpt(15, 1),
            "  2 | let b = ;\n    |         ^"
        );
        assert_eq!(source("x + y").excerpt(0, 99), "  1 | x + y\n    | ^^^^^");
    }

    #[test]
    fn excerpts_of_long_lines_are_cut_around_the_place() {
        let text = format!("{}HERE{}", "a".repeat(5_000), "b".repeat(5_000));
        let excerpt = source(&text).excerpt(5_000, 4);
        let (line, carets) = excerpt.split_once('\n').unwrap();
        assert!(line.len() < 140, "{line}");
        assert_eq!(line.find("HERE"), carets.find("^^^^"));
    }
}
