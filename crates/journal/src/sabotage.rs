//! Planted mistakes, which prove that the checkers notice them. Without the feature nothing of this is left.

/// A mistake to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "sabotage"),
    expect(unreachable_pub, reason = "only tests with the feature name it")
)]
pub enum Sabotage {
    /// Report commits as durable without flushing them.
    SkipFlush,
    /// Do not begin a new epoch with a checkpoint, so that replay leans on pages in the objects' files.
    KeepEpoch,
}

/// The mistake that was planted, if one was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planted {
    #[cfg(feature = "sabotage")]
    mistake: Option<Sabotage>,
}

impl Planted {
    pub(crate) const NOTHING: Planted = Planted {
        #[cfg(feature = "sabotage")]
        mistake: None,
    };

    #[cfg(feature = "sabotage")]
    pub(crate) const fn new(mistake: Sabotage) -> Planted {
        Planted {
            mistake: Some(mistake),
        }
    }

    pub(crate) fn is(self, mistake: Sabotage) -> bool {
        #[cfg(feature = "sabotage")]
        return self.mistake == Some(mistake);
        #[cfg(not(feature = "sabotage"))]
        {
            let _ = mistake;
            false
        }
    }
}
