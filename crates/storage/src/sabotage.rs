//! Planted mistakes, which prove that the checkers notice them. Without the feature nothing of this is left.

/// A mistake to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "sabotage"),
    expect(unreachable_pub, reason = "only tests with the feature name it")
)]
pub enum Sabotage {
    /// A checkpoint leaves out one page.
    SkipPage,
    /// A checkpoint says that it is through before the files are flushed.
    SkipHomeFlush,
    /// The log is let go of one round too early.
    TrimEarly,
    /// A commit leaves out its last changed page.
    LosePage,
    /// The catalogue is not told of alarms.
    ForgetAlarm,
    /// `deleteAll` leaves the old pages of the file in place.
    KeepDeleted,
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
