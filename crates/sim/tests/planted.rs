//! Planted mistakes: each must be noticed within some seeds, or the checkers prove nothing.
#![cfg(feature = "sabotage")]

use holdfast_journal::Sabotage as OfJournal;
use holdfast_object::Sabotage as OfObject;
use holdfast_sim::{Mistake, run_with};
use holdfast_storage::Sabotage as OfStorage;

/// Seeds after which a mistake counts as not noticed.
const SEEDS_MAX: u64 = 200;

fn is_noticed(mistake: Mistake) {
    is_noticed_among(mistake, 0..SEEDS_MAX);
}

/// Only a disk that fails shows it, which few seeds have ([`holdfast_sim::run_with`]).
fn is_noticed_by_faults(mistake: Mistake) {
    let seeds = (0..4 * SEEDS_MAX).filter(|seed| holdfast_sim::has_faults(*seed));
    is_noticed_among(mistake, seeds);
}

fn is_noticed_among(mistake: Mistake, seeds: impl Iterator<Item = u64>) {
    for seed in seeds {
        if let Err(failure) = run_with(seed, Some(mistake)) {
            println!("{mistake:?}: {failure}");
            return;
        }
    }
    panic!("{mistake:?} was not noticed");
}

macro_rules! planted {
    ($($name:ident: $mistake:expr;)*) => {
        $(#[test]
        fn $name() {
            is_noticed($mistake);
        })*
    };
}

planted! {
    planted_reply_before_flush: Mistake::ReplyBeforeFlush;
    planted_release_early: Mistake::Object(OfObject::ReleaseEarly);
    planted_forget_failed_alarm: Mistake::Object(OfObject::ForgetAlarm);
    planted_skip_flush: Mistake::Journal(OfJournal::SkipFlush);
    planted_confirm_early: Mistake::Journal(OfJournal::ConfirmEarly);
    planted_drop_tail: Mistake::Journal(OfJournal::DropTail);
    planted_skip_folder_flush: Mistake::Journal(OfJournal::SkipFolderFlush);
    planted_keep_epoch: Mistake::Journal(OfJournal::KeepEpoch);
    planted_read_past_torn: Mistake::Journal(OfJournal::ReadPastTorn);
    planted_trust_checksum: Mistake::Journal(OfJournal::TrustChecksum);
    planted_mix_uses: Mistake::Journal(OfJournal::MixUses);
    planted_confirm_unflushed: Mistake::Journal(OfJournal::ConfirmUnflushed);
    planted_skip_page: Mistake::Storage(OfStorage::SkipPage);
    planted_skip_home_flush: Mistake::Storage(OfStorage::SkipHomeFlush);
    planted_superblock_first: Mistake::Storage(OfStorage::SuperblockFirst);
    planted_drop_changed: Mistake::Storage(OfStorage::DropChanged);
    planted_trim_early: Mistake::Storage(OfStorage::TrimEarly);
    planted_go_on_after_failure: Mistake::Storage(OfStorage::GoOnAfterFailure);
    planted_lose_page: Mistake::Storage(OfStorage::LosePage);
    planted_forget_alarm: Mistake::Storage(OfStorage::ForgetAlarm);
    planted_skip_catalogue: Mistake::Storage(OfStorage::SkipCatalogue);
    planted_keep_deleted: Mistake::Storage(OfStorage::KeepDeleted);
}

#[test]
fn planted_retry_flush() {
    is_noticed_by_faults(Mistake::Journal(OfJournal::RetryFlush));
}
