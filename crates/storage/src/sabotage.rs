//! Planted mistakes, which prove that the checkers notice them. Without the feature nothing of this is left.

use std::sync::Arc;

use holdfast_journal::{Clock, Disk, Log, LogOptions, Logged, Result, State};

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
    /// The superblock is written before the pages are home.
    SuperblockFirst,
    /// The log is let go of before the superblock says that it may be.
    TrimEarly,
    /// A checkpoint that failed is followed by others.
    GoOnAfterFailure,
    /// A checkpoint drops pages that have changed while it ran.
    DropChanged,
    /// A commit leaves out its last changed page.
    LosePage,
    /// The catalogue is not told of alarms.
    ForgetAlarm,
    /// The catalogue is not told of anything.
    SkipCatalogue,
    /// The file of an object that has deleted everything stays.
    KeepDeleted,
}

/// The mistake that was planted, if one was: here, or in the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planted {
    #[cfg(feature = "sabotage")]
    mistake: Option<Sabotage>,
    #[cfg(feature = "sabotage")]
    of_log: Option<holdfast_journal::Sabotage>,
}

impl Planted {
    pub(crate) const NOTHING: Planted = Planted {
        #[cfg(feature = "sabotage")]
        mistake: None,
        #[cfg(feature = "sabotage")]
        of_log: None,
    };

    #[cfg(feature = "sabotage")]
    pub(crate) const fn new(
        (mistake, of_log): (Option<Sabotage>, Option<holdfast_journal::Sabotage>),
    ) -> Planted {
        Planted { mistake, of_log }
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

    /// [`Log::open`], with the log's mistake.
    pub(crate) fn open_log(
        self,
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
        options: LogOptions,
        state: State,
        replay: impl FnMut(Logged<'_>) -> Result<()>,
    ) -> Result<Log> {
        #[cfg(feature = "sabotage")]
        return Log::open_sabotaged(self.of_log, disk, clock, options, state, replay);
        #[cfg(not(feature = "sabotage"))]
        Log::open(disk, clock, options, state, replay)
    }
}
