//! From a position in generated code back to the user's source.

use serde::{Deserialize, Serialize};

/// Maps positions of a module's code to positions of its file. Lines and columns count from 1; a column is
/// a UTF-16 code unit, as in SpiderMonkey's stack traces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Positions {
    /// The code is the file: nothing was moved.
    #[default]
    Identity,
    /// The code was printed anew.
    Map(Mappings),
}

/// Sorted by generated position.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mappings(Box<[Mapping]>);

/// The start of a stretch of generated code, and where it came from. All count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mapping {
    pub(crate) generated: (u32, u32),
    pub(crate) original: (u32, u32),
}

impl Positions {
    pub(crate) fn map(mut mappings: Vec<Mapping>) -> Self {
        mappings.sort_by_key(|mapping| mapping.generated);
        Self::Map(Mappings(mappings.into_boxed_slice()))
    }

    /// The place in the source that the code at `line`, `column` came from: the nearest mapping at or before
    /// it. Code that was made up (helpers before the first mapping) gives the first mapped place.
    pub fn original(&self, line: u32, column: u32) -> (u32, u32) {
        let Self::Map(Mappings(mappings)) = self else {
            return (line, column);
        };
        let wanted = (line.saturating_sub(1), column.saturating_sub(1));
        let after = mappings.partition_point(|mapping| mapping.generated <= wanted);
        match mappings.get(after.saturating_sub(1)) {
            Some(mapping) => (mapping.original.0 + 1, mapping.original.1 + 1),
            None => (1, 1),
        }
    }

    /// In the order of the code; none for identity.
    pub(super) fn mappings(&self) -> &[Mapping] {
        match self {
            Self::Identity => &[],
            Self::Map(Mappings(mappings)) => mappings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_is_identity() {
        assert_eq!(Positions::Identity.original(7, 9), (7, 9));
    }

    #[test]
    fn the_nearest_mapping_before_wins() {
        let map = Positions::map(vec![
            Mapping {
                generated: (2, 4),
                original: (10, 1),
            },
            Mapping {
                generated: (0, 0),
                original: (3, 0),
            },
            Mapping {
                generated: (2, 0),
                original: (9, 0),
            },
        ]);
        assert_eq!(map.original(1, 1), (4, 1));
        assert_eq!(map.original(3, 4), (10, 1));
        assert_eq!(map.original(3, 5), (11, 2));
        assert_eq!(map.original(9, 9), (11, 2));
        assert_eq!(Positions::map(Vec::new()).original(5, 5), (1, 1));
    }
}
