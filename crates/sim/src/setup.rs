//! What is chosen once for a run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use holdfast_journal::{Clock, Error, LogOptions, ObjectRef};
use holdfast_storage::{Store, StoreOptions};

use crate::disk::SimDisk;
use crate::rng::Rng;

/// The time at which every run begins, in ms since 1970.
const EPOCH_MS: u64 = 1_700_000_000_000;

/// A mistake that a run makes on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// An object answers before its writes are durable.
    ReplyBeforeFlush,
    /// Of the output gate or the alarm.
    #[cfg(feature = "sabotage")]
    Object(holdfast_object::Sabotage),
    /// Of the log.
    #[cfg(feature = "sabotage")]
    Journal(holdfast_journal::Sabotage),
    /// Of the store.
    #[cfg(feature = "sabotage")]
    Storage(holdfast_storage::Sabotage),
}

/// The objects of a run, and the bounds of its store.
pub(crate) struct Setup {
    pub(crate) objects: Vec<(ObjectRef, Option<Arc<str>>)>,
    options: StoreOptions,
    clock: Arc<SimClock>,
    pub(crate) mistake: Option<Mistake>,
}

/// A clock that stands still unless it is told.
pub(crate) struct SimClock(AtomicU64);

impl Clock for SimClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Setup {
    pub(crate) fn new(mistake: Option<Mistake>, rng: &mut Rng) -> Setup {
        let objects = (0..2 + rng.below(4)).map(|number| {
            let mut id = [0; 32];
            id[..8].copy_from_slice(&rng.draw().to_le_bytes());
            id[31] = number as u8;
            let class = Arc::from(format!("worker-Class{}", rng.below(3)));
            let name = rng
                .percent(60)
                .then(|| Arc::from(format!("object {number}")));
            (ObjectRef { class, id }, name)
        });
        let objects = objects.collect();
        let options = StoreOptions {
            log: LogOptions {
                segment_bytes: 4096 << rng.below(5),
                queue_bytes_max: 64 << 20,
                frame_bytes_max: 300 << rng.below(8),
                spares_max: rng.index(4),
            },
            log_bytes_max: 64 << 10,
            overlay_bytes_max: 64 << 10,
            // None, one that is thrown away all the time, or all of it.
            history_ms: [0, 3_000, 1 << 40][rng.index(3)],
            history_bytes_max: [u64::MAX, 30_000][rng.index(2)],
        };
        Setup {
            objects,
            options,
            clock: Arc::new(SimClock(AtomicU64::new(EPOCH_MS))),
            mistake,
        }
    }

    pub(crate) fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }

    /// Lets time go by.
    pub(crate) fn advance(&self, ms: u64) {
        self.clock.0.fetch_add(ms, Ordering::Relaxed);
    }

    /// Opens the store on a disk, with the mistake if one is planted.
    pub(crate) fn open(&self, disk: &SimDisk) -> Result<Store, Error> {
        let disk_object = Arc::new(disk.clone());
        let clock = Arc::clone(&self.clock);
        #[cfg(not(feature = "sabotage"))]
        let store = Store::open(disk_object, clock, self.options, 7)?;
        #[cfg(feature = "sabotage")]
        let store = {
            let mistakes = match self.mistake {
                Some(Mistake::Storage(mistake)) => (Some(mistake), None),
                Some(Mistake::Journal(mistake)) => (None, Some(mistake)),
                _ => (None, None),
            };
            Store::open_sabotaged(disk_object, clock, self.options, 7, mistakes)?
        };
        // What the recovered log holds counts as confirmed: whoever asks the object now sees it.
        disk.confirm(store.durable().0);
        let confirming = disk.clone();
        store.subscribe(Box::new(move |news| {
            if let holdfast_journal::Durability::Reached(position) = news {
                confirming.confirm(position.0);
            }
        }));
        Ok(store)
    }
}
