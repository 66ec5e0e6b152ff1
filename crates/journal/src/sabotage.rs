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
    /// Report commits as durable before they are written.
    ConfirmEarly,
    /// Try a flush that failed again, and believe it.
    RetryFlush,
    /// Leave the last commit of a batch out of its frame.
    DropTail,
    /// Do not flush the names of new segments.
    SkipFolderFlush,
    /// Do not begin a new epoch with a checkpoint, so that replay leans on pages in the objects' files.
    KeepEpoch,
    /// Read on behind a frame that cannot be read.
    ReadPastTorn,
    /// Believe a frame whose checksum is wrong.
    TrustChecksum,
    /// Take frames of an earlier use of the file for new ones.
    MixUses,
    /// Confirm what was read at a start without flushing it.
    ConfirmUnflushed,
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
    pub(crate) const fn new(mistake: Option<Sabotage>) -> Planted {
        Planted { mistake }
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
