//! Changes of text by byte ranges, and the positions after them.

use std::ops::Range;

use super::positions::{Mapping, Positions};

/// Replacements of a text. Ranges must not overlap; insertions at one place keep their order.
#[derive(Debug, Default)]
pub(super) struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    pub(super) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.0.push((at..at, text.into()));
    }

    pub(super) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.0.push((range, text.into()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The changed text, and the positions of the old text carried over to it.
    ///
    /// # Panics
    /// If ranges overlap.
    pub(super) fn apply(mut self, code: &str, positions: &Positions) -> (String, Positions) {
        self.0.sort_by_key(|(range, _)| (range.start, range.end));
        let before = Lines::of(code);
        let mut marks: Vec<(usize, (u32, u32))> = positions
            .mappings()
            .iter()
            .map(|mapping| (before.offset(code, mapping.generated), mapping.original))
            .collect();
        marks.sort_unstable_by_key(|(offset, _)| *offset);
        let mut marks = marks.into_iter().peekable();

        let mut out = String::with_capacity(code.len());
        let mut moved = Vec::with_capacity(marks.len());
        let mut done = 0;
        for (range, text) in &self.0 {
            assert!(range.start >= done, "edits overlap at byte {}", range.start);
            while let Some((offset, original)) = marks.next_if(|(offset, _)| *offset < range.start)
            {
                moved.push((out.len() + offset - done, original));
            }
            out.push_str(&code[done..range.start]);
            let at = out.len();
            out.push_str(text);
            while let Some((_, original)) = marks.next_if(|(offset, _)| *offset < range.end) {
                moved.push((at, original));
            }
            done = range.end;
        }
        moved.extend(marks.map(|(offset, original)| (out.len() + offset - done, original)));
        out.push_str(&code[done..]);

        let after = Lines::of(&out);
        let mappings = moved.into_iter().map(|(offset, original)| Mapping {
            generated: after.position(&out, offset),
            original,
        });
        let positions = Positions::map(mappings.collect());
        (out, positions)
    }
}

/// Line and column of an offset, from 1, in UTF-16 units.
pub(super) fn line_and_column(text: &str, offset: usize) -> (u32, u32) {
    let (line, column) = Lines::of(text).position(text, offset);
    (line + 1, column + 1)
}

/// Where the lines of a text begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self(
            std::iter::once(0)
                .chain(ends.map(|(at, _)| at + 1))
                .collect(),
        )
    }

    /// The offset of a line and a column in UTF-16 units, both from 0.
    fn offset(&self, text: &str, (line, column): (u32, u32)) -> usize {
        let Some(start) = self.0.get(line as usize) else {
            return text.len();
        };
        let mut units = 0;
        for (at, c) in text[*start..].char_indices() {
            if units >= column || c == '\n' {
                return start + at;
            }
            units += c.len_utf16() as u32;
        }
        text.len()
    }

    fn position(&self, text: &str, offset: usize) -> (u32, u32) {
        let line = self.0.partition_point(|start| *start <= offset) - 1;
        let units = text[self.0[line]..offset].encode_utf16().count();
        let small = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        (small(line), small(units))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_positions_move_together() {
        let code = "ab😀c\nde f";
        let mapping = |generated, original| Mapping {
            generated,
            original,
        };
        let positions = Positions::map(vec![
            mapping((0, 0), (10, 0)),
            mapping((0, 4), (10, 4)),
            mapping((1, 0), (20, 0)),
            mapping((1, 1), (20, 1)),
            mapping((1, 3), (20, 3)),
        ]);
        let mut edits = Edits::default();
        edits.replace(8..10, "X\nY");
        edits.insert(2, "<");
        edits.insert(2, ">");
        let (out, positions) = edits.apply(code, &positions);
        assert_eq!(out, "ab<>😀c\nX\nY f");
        assert_eq!(positions.original(1, 1), (11, 1));
        assert_eq!(positions.original(1, 7), (11, 5), "c");
        assert_eq!(
            positions.original(2, 1),
            (21, 2),
            "what was replaced is where the new text begins"
        );
        assert_eq!(positions.original(3, 3), (21, 4), "f");
    }
}
